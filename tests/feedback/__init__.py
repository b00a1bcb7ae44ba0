"""The learning loop: what was asked in vain, kept without whose it was."""
