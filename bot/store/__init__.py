"""Everything that must survive a restart, in two SQLite files."""

from bot.store.answers import Answers
from bot.store.database import Outcome, Store, open_existing
from bot.store.groups import Groups
from bot.store.inbox import Inbox, Received, inbox_path
from bot.store.privacy import answer_key, forget_chat
from bot.store.questions import Questions
from bot.store.thread import DiskError, DiskThread
from bot.store.votes import Votes

__all__ = [
    "Answers", "DiskError", "DiskThread", "Groups", "Inbox", "Outcome", "Questions", "Received",
    "Store", "Votes", "answer_key", "forget_chat", "inbox_path", "open_existing",
]  # fmt: skip
