"""Draws the timeline as a PNG picture."""
