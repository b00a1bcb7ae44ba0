"""Draws the timeline and the statistics as PNG pictures."""
