"""Loads the answerer: from a cache, built in a subprocess, reloaded after edits."""
