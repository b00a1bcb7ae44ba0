"""The handlers for each kind of update."""
