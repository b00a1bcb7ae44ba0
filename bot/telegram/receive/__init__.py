"""Receives updates by long polling or webhook and passes them to the worker."""
