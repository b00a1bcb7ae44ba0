"""Ranks the entries of a knowledge base for a message: text in, ranked entries out."""

from bot.matching.matcher import Explanation, Match, Matcher, WordMatch
from bot.matching.rank import Scores

__all__ = ["Explanation", "Match", "Matcher", "Scores", "WordMatch"]
