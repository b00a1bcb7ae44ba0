"""Loads and verifies a knowledge folder: the article, its entries, timeline and vocabulary."""

from bot.errors import KnowledgeError, Problem
from bot.knowledge.article import Article, Citation, Span
from bot.knowledge.files import FILES, knowledge_files
from bot.knowledge.load import default_folder, load_knowledge
from bot.knowledge.model import Entry, Event, Key, Knowledge, Vocabulary

__all__ = [
    "FILES",
    "Article",
    "Citation",
    "Entry",
    "Event",
    "Key",
    "Knowledge",
    "KnowledgeError",
    "Problem",
    "Span",
    "Vocabulary",
    "default_folder",
    "knowledge_files",
    "load_knowledge",
]
