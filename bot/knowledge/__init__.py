"""Loads and verifies a knowledge folder into frozen models."""

from bot.knowledge.article import Article, Citation, Span
from bot.knowledge.base import Entry, Event, Key, Knowledge, Source, Vocabulary
from bot.knowledge.faults import Fault, KnowledgeError
from bot.knowledge.folder import FILES, default_folder
from bot.knowledge.loading import load_knowledge

__all__ = [
    "FILES",
    "Article",
    "Citation",
    "Entry",
    "Event",
    "Fault",
    "Key",
    "Knowledge",
    "KnowledgeError",
    "Source",
    "Span",
    "Vocabulary",
    "default_folder",
    "load_knowledge",
]
