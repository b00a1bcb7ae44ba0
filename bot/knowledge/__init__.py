"""Loads and verifies a knowledge folder into frozen models."""

from bot.knowledge.article import Article, Citation, Span
from bot.knowledge.base import Entry, Event, Knowledge, Vocabulary
from bot.knowledge.loading import default_folder, load_knowledge
from bot.knowledge.models import Key, SourceFile
from bot.knowledge.reading import FILES
from bot.knowledge.yamlfile import Fault, KnowledgeError

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
    "SourceFile",
    "Span",
    "Vocabulary",
    "default_folder",
    "load_knowledge",
]
