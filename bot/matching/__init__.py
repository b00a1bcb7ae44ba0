"""Ranks the entries of a knowledge base for a message: pure text in, ranked entries out."""

from bot.matching.matcher import Match, Matcher

__all__ = ["Match", "Matcher"]
