"""Records questions and votes without personal data, and reports on them to editors."""
