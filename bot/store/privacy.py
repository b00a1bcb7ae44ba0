"""`/forget`: everything that the store knows of a chat goes."""

import hmac
import secrets
import sqlite3

from bot.store.database import Store


def keyed(secret: bytes, *parts: str) -> bytes:
    """A keyed hash; without the secret nobody can tell, or try, what went in."""
    return hmac.digest(secret, "\0".join(parts).encode(), "sha256")[:16]


def secret_of(connection: sqlite3.Connection, day: int) -> bytes:
    """The key of a day (days since 1 January 1970, UTC), made when it is first asked for.

    The transaction must have begun by writing (`Store.transaction`): then no other one makes it.
    """
    query = "SELECT secret FROM secrets WHERE day = ?"
    if found := connection.execute(query, (day,)).fetchone():
        return bytes(found[0])
    fresh = secrets.token_bytes(32)
    connection.execute("INSERT INTO secrets VALUES (?, ?)", (day, fresh))
    return fresh


def answer_key(chat_id: int, message_id: int) -> str:
    """The key of an answer in a chat, as `Votes` and `forget_chat` both make it."""
    return f"{chat_id}/{message_id}"


def is_of_chat(answer: str, chat_id: int) -> bool:
    """Whether the key of an answer is one of that chat."""
    return answer.startswith(f"{chat_id}/")


def forget_ballots(connection: sqlite3.Connection, chat_id: int) -> None:
    """Delete the ballots on all answers that a chat is known to have had."""
    found = connection.execute("SELECT secret FROM secrets").fetchall()
    query = "SELECT message_id FROM messages WHERE chat_id = ?"
    query += " UNION SELECT answer_id FROM answers WHERE chat_id = ?"
    for (message_id,) in connection.execute(query, (chat_id, chat_id)).fetchall():
        for (secret,) in found:
            answer = keyed(secret, answer_key(chat_id, message_id))
            connection.execute("DELETE FROM ballots WHERE answer = ?", (answer,))


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
