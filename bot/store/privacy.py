"""`/forget` deletes everything stored about a chat; people are stored only as keyed hashes."""

import hmac
import secrets

from bot.store.database import Store


def keyed_hash(secret: bytes, *parts: str | int) -> bytes:
    """Hash `parts` so that guesses cannot be checked without the secret."""
    return hmac.digest(secret, "\0".join(map(str, parts)).encode(), "sha256")[:16]


def secret_for(store: Store, day: int) -> bytes:
    """The secret of a day (since 1970), created on first use; call it inside a transaction."""
    query = "SELECT secret FROM secrets WHERE day = ?"
    if found := store.execute(query, (day,)).fetchone():
        return bytes(found[0])
    fresh = secrets.token_bytes(32)
    store.execute("INSERT INTO secrets VALUES (?, ?)", (day, fresh))
    return fresh


def answer_key(chat_id: int, message_id: int) -> str:
    """The key under which votes on an answer are stored."""
    return f"{chat_id}/{message_id}"


def belongs_to_chat(answer: str, chat_id: int) -> bool:
    """Whether an answer key belongs to this chat."""
    return answer.startswith(f"{chat_id}/")


def delete_ballots(store: Store, chat_id: int, *message_ids: int) -> None:
    """Delete the votes on some messages of a chat."""
    for (secret,) in store.execute("SELECT secret FROM secrets").fetchall():
        for message_id in message_ids:
            answer = keyed_hash(secret, answer_key(chat_id, message_id))
            store.execute("DELETE FROM ballots WHERE answer = ?", (answer,))


_TABLES = (
    "SELECT tables.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns"
    " WHERE tables.type = 'table' AND columns.name = 'chat_id'"
)


def forget_chat(store: Store, chat_id: int) -> None:
    """Delete everything about a chat, so that none of it can be recovered from the file.

    Updates in the inbox stay until they are answered. If the disk fails, raise `sqlite3.Error`
    and delete nothing.
    """
    with store.transaction():
        answers = store.execute("SELECT answer_id FROM answers WHERE chat_id = ?", (chat_id,))
        delete_ballots(store, chat_id, *(answer_id for (answer_id,) in answers))
        # The tables come from the schema, so one that is added later is covered too.
        for (table,) in store.execute(_TABLES).fetchall():
            store.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608
    store.truncate_wal()
