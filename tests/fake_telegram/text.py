"""Lengths in UTF-16 code units and the entities that Telegram finds in plain text."""

import re

from .errors import Json

# The patterns follow tdlib's find_entities (td/telegram/MessageEntity.cpp), ASCII names only.
_FOUND = (
    ("url", re.compile(r"\bhttps?://[^\s<>]+[^\s<>.,:;!?)\"'»]")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    ),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def utf16_length(text: str) -> int:
    """Count as Telegram counts: a character outside the BMP is two units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def entity(kind: str, text: str, start: int, end: int, **extra: object) -> Json:
    """Make the MessageEntity of the characters text[start:end]."""
    offset, length = utf16_length(text[:start]), utf16_length(text[start:end])
    return {"type": kind, "offset": offset, "length": length, **extra}


def find_entities(text: str) -> list[Json]:
    """Find commands, mentions, links and hashtags as the server does in any message."""
    taken: list[tuple[int, int]] = []
    found = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= begin or start >= stop for begin, stop in taken):
                taken.append((start, end))
                found.append(entity(kind, text, start, end))
    return sorted(found, key=lambda item: int(item["offset"]))
