"""Ranks the entries of a knowledge base for a message: pure text in, ranked entries out."""

from bot.matching.explaining import Explanation, Met
from bot.matching.matcher import Match, Matcher
from bot.matching.ranking import Scores

__all__ = ["Explanation", "Match", "Matcher", "Met", "Scores"]
