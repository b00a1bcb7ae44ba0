"""Gets an answerer ready: from the cache, in a process of its own, again after an edit."""
