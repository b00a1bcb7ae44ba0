"""A soak test: the real bot answers many questions while calls fail and its process is killed."""
