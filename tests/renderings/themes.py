"""Chat colours close to those of Telegram's own themes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """The colours of a chat."""

    chat: str
    bar: str
    mine: str
    theirs: str
    words: str
    soft: str
    accent: str
    quote: str
    button: str
    button_words: str


LIGHT = Theme(
    chat="#d9e2ea", bar="#ffffff", mine="#e2f6cd", theirs="#ffffff", words="#16202a",
    soft="#5b6b79", accent="#1a6fb0", quote="#eaf2f9", button="#5f7689", button_words="#ffffff",
)  # fmt: skip
DARK = Theme(
    chat="#0e1621", bar="#17212b", mine="#2b5278", theirs="#182533", words="#f2f5f7",
    soft="#8fa3b5", accent="#72bbf5", quote="#20344a", button="#24374a", button_words="#e8f1f8",
)  # fmt: skip
