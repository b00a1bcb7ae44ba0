"""Ranks the entries of a knowledge base for a message: text in, ranked entries out."""

from bot.matching.index import Index, Texts, learn_indexes
from bot.matching.matcher import Match, Matcher, Query
from bot.matching.similarity import Similarities

__all__ = ["Index", "Match", "Matcher", "Query", "Similarities", "Texts", "learn_indexes"]
