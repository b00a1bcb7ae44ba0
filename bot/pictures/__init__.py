"""The timeline and the statistics as PNG pictures."""
