"""Ranks the entries of a knowledge base for a message: pure text in, ranked entries out."""

from bot.matching.matcher import Explanation, Match, Matcher, Met
from bot.matching.rank import Scores

__all__ = ["Explanation", "Match", "Matcher", "Met", "Scores"]
