"""Ranks the entries of a knowledge base for a message: text in, ranked entries out."""

from bot.matching.matcher import Explanation, Index, Match, Matcher, Query, WordMatch
from bot.matching.similarity import Similarities

__all__ = ["Explanation", "Index", "Match", "Matcher", "Query", "Similarities", "WordMatch"]
