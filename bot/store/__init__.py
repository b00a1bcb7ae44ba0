"""What must outlive a restart, in one embedded SQLite file."""

from bot.store.database import Store

__all__ = ["Store"]
