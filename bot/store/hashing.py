"""Hashes that tell one person from another without telling who: keyed, the keys short-lived."""

from __future__ import annotations

import hmac
import secrets
import sqlite3


def keyed(secret: bytes, *parts: str) -> bytes:
    """A keyed hash; without the secret nobody can tell, or try, what went in."""
    return hmac.digest(secret, "\0".join(parts).encode(), "sha256")[:16]


def secret_of(connection: sqlite3.Connection, day: int) -> bytes:
    """The key of a day (days since 1 January 1970, UTC), made when it is first asked for."""
    fresh = (day, secrets.token_bytes(32))
    connection.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", fresh)
    query = "SELECT secret FROM secrets WHERE day = ?"
    found: bytes = connection.execute(query, (day,)).fetchone()[0]
    return found
