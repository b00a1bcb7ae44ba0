"""Ranks the entries of a knowledge base for a message: text in, ranked entries out."""

from bot.matching.index import Index, Texts, learn_indexes
from bot.matching.matcher import Match, Matcher, Query
from bot.matching.similarity import Similarities
from bot.matching.train import Submit, train_entries

__all__ = [
    "Index",
    "Match",
    "Matcher",
    "Query",
    "Similarities",
    "Submit",
    "Texts",
    "learn_indexes",
    "train_entries",
]
