"""Hashes that tell one person from another without telling who: keyed, the keys short-lived."""

from __future__ import annotations

import hmac
import secrets
import sqlite3


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
