"""Lengths in UTF-16 code units, and the entities that Telegram detects in plain text."""

import re

from .errors import Json

# After tdlib's find_entities (td/telegram/MessageEntity.cpp), with ASCII names only.
_PATTERNS = (
    ("url", re.compile(r"\bhttps?://[^\s<>]+[^\s<>.,:;!?)\"'»]")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    ),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, which is how Telegram counts."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_entities(text: str) -> list[Json]:
    """Find the commands, mentions, links and hashtags that the server marks in any message."""
    taken: list[tuple[int, int]] = []
    found = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= begin or start >= stop for begin, stop in taken):
                taken.append((start, end))
                offset, length = utf16_length(text[:start]), utf16_length(match[0])
                found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda item: int(item["offset"]))
