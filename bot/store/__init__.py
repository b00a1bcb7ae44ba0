"""What must outlive a restart, in one embedded SQLite file."""

from bot.store.database import Store
from bot.store.messages import Messages, Suspect
from bot.store.updates import Updates

__all__ = ["Messages", "Store", "Suspect", "Updates"]
