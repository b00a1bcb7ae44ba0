"""Measures the bot on labelled questions; the editor's workbench."""
