"""Telegram's HTML, parsed by Telegram's rules and refused with Telegram's errors.

After tdlib's do_parse_html (td/telegram/MessageEntity.cpp); offsets in errors count UTF-8 bytes.
"""

import re
from dataclasses import dataclass

from .errors import Json, RefusedError
from .text import utf16_length

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "span": "spoiler", "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "a": "text_link",
    "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(x[0-9a-fA-F]+|[0-9]+)|([a-zA-Z]+));?")
_ATTRIBUTE = re.compile(r"[^\s=>/\"']*")
_TAG_NAME = re.compile(r"[^\s>]*")
_END_TAG = re.compile(r"</([^\s>]*)\s*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_USER_LINK = re.compile(r"tg://user/?\?(?:.*&)?id=(\d+)")
_WEB_LINK = re.compile(r"(?:(?:https?|ftp|tg|ton)://)?[\w.-]+(?:[.:][\w-]+|/|\?)\S*", re.IGNORECASE)


@dataclass
class _Open:
    tag: str
    start: int  # in the plain text, UTF-16 units
    position: int  # in the list of plain pieces
    argument: str = ""


def _user(user_id: int) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": "Somebody"}


def _error(text: str) -> RefusedError:
    return RefusedError(f"can't parse entities: {text}")


def _unescape(text: str) -> str:
    """Replace the four named references and numeric ones; others stay as they are."""

    def one(match: re.Match[str]) -> str:
        number, name = match.groups()
        if name is not None:
            return _NAMED.get(name, match[0])
        code = int(number[1:], 16) if number.startswith("x") else int(number)
        in_range = 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000
        return chr(code) if in_range and len(match[0].rstrip(";")) < 10 else match[0]

    return _REFERENCE.sub(one, text) if "&" in text else text


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            tag = self.source.find("<", self.at)
            stop = tag if tag >= 0 else len(self.source)
            plain = _unescape(self.source[self.at : stop])
            self.pieces.append(plain)
            self.length += utf16_length(plain)
            self.at = stop
            if tag >= 0:
                self._end_tag() if self.source.startswith("</", tag) else self._start_tag()
        if self.open:
            tag_name = self.open[-1].tag
            raise _error(f'Can\'t find end tag corresponding to start tag "{tag_name}"')
        return "".join(self.pieces), self.entities

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self.at += 1

    def _start_tag(self) -> None:
        begin = self.at
        match = _TAG_NAME.match(self.source, self.at + 1)
        assert match is not None
        tag = match[0].lower()
        self.at = match.end()
        if not self._peek():
            raise _error(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _KINDS:
            raise _error(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        opened = _Open(tag, self.length, len(self.pieces))
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                break
            if not self._peek():
                raise _error(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            self._attribute(opened, begin)
        self.at += 1
        if tag == "span" and opened.argument != "spoiler":
            raise _error(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}'
            )
        self.open.append(opened)

    def _attribute(self, opened: _Open, begin: int) -> None:
        match = _ATTRIBUTE.match(self.source, self.at)
        assert match is not None
        name = match[0].lower()
        if not name:
            raise _error(
                f'Empty attribute name in the tag "{opened.tag}" at byte offset {self._byte(begin)}'
            )
        self.at = match.end()
        self._skip_spaces()
        if self._peek() != "=":
            if not self._peek():
                raise _error(
                    f'Unclosed start tag "{opened.tag}" at byte offset {self._byte(begin)}'
                )
            value = ""
        else:
            self.at += 1
            self._skip_spaces()
            value = self._value(opened.tag, begin)
        _assign(opened, name, value)

    def _value(self, tag: str, begin: int) -> str:
        quote = self._peek()
        if not quote:
            raise _error(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        if quote in "'\"":
            end = self.source.find(quote, self.at + 1)
            if end < 0 or end + 1 >= len(self.source):
                raise _error(f"Unclosed start tag at byte offset {self._byte(begin)}")
            value = _unescape(self.source[self.at + 1 : end])
            self.at = end + 1
            return value
        match = _TOKEN.match(self.source, self.at)
        assert match is not None
        token_begin, self.at = self.at, match.end()
        if not (self._peek().isspace() or self._peek() == ">"):
            offset = self._byte(token_begin)
            raise _error(f"Unexpected end of name token at byte offset {offset}")
        return match[0].lower()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _error(f"Unexpected end tag at byte offset {self._byte(begin)}")
        match = _END_TAG.match(self.source, self.at)
        assert match is not None
        self.at = match.end()
        if self._peek() != ">":
            raise _error(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        opened, found = self.open.pop(), match[1].lower()
        if found and found != opened.tag:
            raise _error(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{found}>"'
            )
        if self.length > opened.start:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        made: Json = {
            "type": _KINDS[opened.tag], "offset": opened.start, "length": self.length - opened.start
        }  # fmt: skip
        if opened.tag == "a":
            url = opened.argument or "".join(self.pieces[opened.position :])
            user = _USER_LINK.fullmatch(url)
            if user:
                made |= {"type": "text_mention", "user": _user(int(user[1]))}
            elif _WEB_LINK.fullmatch(url):
                made["url"] = url if "://" in url else f"http://{url}"
            else:
                return
        elif opened.tag == "tg-emoji":
            made["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            made["type"] = "expandable_blockquote"
        elif (
            opened.tag == "code"
            and opened.argument
            and self.open[-1:]
            and (self.open[-1].tag == "pre")
        ):
            self.open[-1].argument = opened.argument
            return
        elif opened.tag == "pre" and opened.argument:
            made["language"] = opened.argument
        self.entities.append(made)


def _assign(opened: _Open, name: str, value: str) -> None:
    """Keep the one attribute that means something for this tag."""
    if (opened.tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        opened.argument = value
    elif (opened.tag, name) == ("blockquote", "expandable"):
        opened.argument = "expandable"
    elif (opened.tag, name) == ("code", "class") and value.startswith("language-"):
        opened.argument = value.removeprefix("language-")
    elif (opened.tag, name) == ("span", "class") and value.startswith("tg-"):
        opened.argument = value.removeprefix("tg-")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the plain text and its entities, outer before inner; RefusedError if it is broken."""
    text, entities = _Parser(source).parse()
    return text, sorted(entities, key=lambda item: (item["offset"], -item["length"]))


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip the ends as the server does, and cut the entities to what is left."""
    body = text.rstrip()
    lead = len(body) - len(body.lstrip())
    first = min((int(item["offset"]) for item in entities), default=lead)
    lead = min(lead, first)  # white space is BMP: characters are units here
    body = body[lead:]
    size, kept = utf16_length(body), []
    for item in entities:
        start = item["offset"] - lead
        length = min(item["length"], size - start)
        if length > 0:
            kept.append(item | {"offset": start, "length": length})
    return body, kept
