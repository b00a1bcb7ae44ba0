"""Loads and verifies a knowledge folder into frozen models."""

from bot.errors import Fault, KnowledgeError
from bot.knowledge.article import Article, Citation, Span
from bot.knowledge.load import default_folder, load_knowledge
from bot.knowledge.model import FILES, Entry, Event, Key, Knowledge, Source, Vocabulary

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
