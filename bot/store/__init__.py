"""Everything that must survive a restart, in one SQLite file."""

from bot.store.answers import Answers, SentAnswer
from bot.store.database import Store, open_existing
from bot.store.groups import Groups, known_groups
from bot.store.privacy import answer_key, forget_chat
from bot.store.questions import Questions
from bot.store.updates import Updates
from bot.store.votes import Votes

__all__ = [
    "Answers",
    "Groups",
    "Questions",
    "SentAnswer",
    "Store",
    "Updates",
    "Votes",
    "answer_key",
    "forget_chat",
    "known_groups",
    "open_existing",
]
