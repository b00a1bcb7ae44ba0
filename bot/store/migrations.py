"""The database schema as migrations in `schema/`. Append new steps; never change a released one."""

from importlib.resources import files


def step(file: str, number: int) -> str:
    """The statements of one step for one of the bot's two files."""
    return (files("bot.store") / "schema" / f"{file}-{number}.sql").read_text("utf-8")


# PRAGMA user_version is the number of steps already applied to a file. No file with fewer than the
# seven steps of version 0.1.0 was ever in use; the seventh creates what is left of its schema.
MIGRATIONS = (*6 * ("",), *(step("database", number) for number in (7, 8, 9, 10)))
