"""`/forget`: everything that the store knows of a chat goes."""

from __future__ import annotations

from bot.store.database import Store
from bot.store.votes import forget_ballots

_TABLES = (
    "SELECT tables.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns"
    " WHERE tables.type = 'table' AND columns.name = 'chat_id'"
)


def forget_chat(store: Store, chat_id: int) -> None:
    """Delete what is kept about a chat, beyond recovery from the file.

    What waits in `deferred` stays until it is answered: it was asked, and goes then.
    Raise `sqlite3.Error` if the disk fails; then nothing is deleted.
    """
    with store.transaction() as connection:
        forget_ballots(connection, chat_id)
        # Asked of the file itself: a table that is added later is not forgotten to be forgotten.
        for (table,) in connection.execute(_TABLES).fetchall():
            statement = f"DELETE FROM {table} WHERE chat_id = ?"  # noqa: S608 - from the schema
            connection.execute(statement, (chat_id,))
    store.wipe()
