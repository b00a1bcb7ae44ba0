"""Reads and writes that may fail without harm: a failing disk is logged, and the bot goes on."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable

from bot.store.database import Store

log = logging.getLogger(__name__)


class Lenient:
    """A store whose trouble costs only what `consequence` tells."""

    def __init__(self, store: Store, consequence: str) -> None:
        self.store = store
        self._consequence = consequence

    def rows(self, query: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        """All rows of a query; none if it fails."""
        try:
            return self.store.rows(query, values)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be read (%s); %s", error, self._consequence)
            return []

    def together(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Write all that `work` does, or nothing."""
        try:
            with self.store.transaction() as connection:
                work(connection)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); %s", error, self._consequence)

    def run(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement."""
        try:
            self.store.write(statement, values)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); %s", error, self._consequence)
