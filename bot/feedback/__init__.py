"""What people asked and how they voted, kept without names, and what editors learn from it."""
