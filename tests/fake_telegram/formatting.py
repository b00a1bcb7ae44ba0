"""Parses Telegram's HTML with Telegram's rules and error texts.

After tdlib's do_parse_html (td/telegram/MessageEntity.cpp); offsets in errors are in UTF-8 bytes.
"""

import re
from dataclasses import dataclass

from .errors import Json, RefusedError
from .text import utf16_length

_ENTITY_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "span": "spoiler", "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "a": "text_link",
    "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(x[0-9a-fA-F]+|[0-9]+)|([a-zA-Z]+));?")
_ATTRIBUTE = re.compile(r"[^\s=>/\"']*")
_TAG_NAME = re.compile(r"[^\s>]*")
_END_TAG = re.compile(r"</([^\s>]*)\s*")
_UNQUOTED_VALUE = re.compile(r"[A-Za-z0-9.-]*")
_USER_LINK = re.compile(r"tg://user/?\?(?:.*&)?id=(\d+)")
_WEB_LINK = re.compile(r"(?:(?:https?|ftp|tg|ton)://)?[\w.-]+(?:[.:][\w-]+|/|\?)\S*", re.IGNORECASE)


@dataclass
class _OpenTag:
    tag: str
    start: int  # offset in the plain text, in UTF-16 units
    position: int  # index into the pieces of plain text
    argument: str = ""


def _user(user_id: int) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": "Somebody"}


def _error(text: str) -> RefusedError:
    return RefusedError(f"can't parse entities: {text}")


def _unescape(text: str) -> str:
    """Replace the four named references and numeric ones, and leave others unchanged."""

    def replace(match: re.Match[str]) -> str:
        number, name = match.groups()
        if name is not None:
            return _NAMED_REFERENCES.get(name, match[0])
        code = int(number[1:], 16) if number.startswith("x") else int(number)
        in_range = 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000
        return chr(code) if in_range and len(match[0].rstrip(";")) < 10 else match[0]

    return _REFERENCE.sub(replace, text) if "&" in text else text


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.length = 0
        self.open: list[_OpenTag] = []
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

    def _error_at(self, position: int, text: str, detail: str = "") -> RefusedError:
        offset = len(self.source[:position].encode("utf-8", "surrogatepass"))
        return _error(f"{text} at byte offset {offset}{detail}")

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
            raise self._error_at(begin, "Unclosed start tag")
        if tag not in _ENTITY_TYPES:
            raise self._error_at(begin, f'Unsupported start tag "{tag}"')
        opened = _OpenTag(tag, self.length, len(self.pieces))
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                break
            if not self._peek():
                raise self._error_at(begin, f'Unclosed start tag "{tag}"')
            self._attribute(opened, begin)
        self.at += 1
        if tag == "span" and opened.argument != "spoiler":
            raise self._error_at(begin, 'Tag "span" must have class "tg-spoiler"')
        self.open.append(opened)

    def _attribute(self, opened: _OpenTag, begin: int) -> None:
        match = _ATTRIBUTE.match(self.source, self.at)
        assert match is not None
        name = match[0].lower()
        if not name:
            raise self._error_at(begin, f'Empty attribute name in the tag "{opened.tag}"')
        self.at = match.end()
        self._skip_spaces()
        value = ""
        if self._peek() == "=":
            self.at += 1
            self._skip_spaces()
            value = self._value(opened.tag, begin)
        elif not self._peek():
            raise self._error_at(begin, f'Unclosed start tag "{opened.tag}"')
        _set_argument(opened, name, value)

    def _value(self, tag: str, begin: int) -> str:
        quote = self._peek()
        if not quote:
            raise self._error_at(begin, f'Unclosed start tag "{tag}"')
        if quote in "'\"":
            end = self.source.find(quote, self.at + 1)
            if end < 0 or end + 1 >= len(self.source):
                raise self._error_at(begin, "Unclosed start tag")
            value = _unescape(self.source[self.at + 1 : end])
            self.at = end + 1
            return value
        match = _UNQUOTED_VALUE.match(self.source, self.at)
        assert match is not None
        token_begin, self.at = self.at, match.end()
        if not (self._peek().isspace() or self._peek() == ">"):
            raise self._error_at(token_begin, "Unexpected end of name token")
        return match[0].lower()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._error_at(begin, "Unexpected end tag")
        match = _END_TAG.match(self.source, self.at)
        assert match is not None
        self.at = match.end()
        if self._peek() != ">":
            raise self._error_at(begin, "Unclosed end tag")
        self.at += 1
        opened, found = self.open.pop(), match[1].lower()
        if found and found != opened.tag:
            detail = f', expected "</{opened.tag}>", found "</{found}>"'
            raise self._error_at(begin, "Unmatched end tag", detail)
        if self.length > opened.start:
            self._close(opened)

    def _close(self, opened: _OpenTag) -> None:
        entity: Json = {"type": _ENTITY_TYPES[opened.tag], "offset": opened.start}
        entity["length"] = self.length - opened.start
        if opened.tag == "a":
            url = opened.argument or "".join(self.pieces[opened.position :])
            user = _USER_LINK.fullmatch(url)
            if user:
                entity |= {"type": "text_mention", "user": _user(int(user[1]))}
            elif _WEB_LINK.fullmatch(url):
                entity["url"] = url if "://" in url else f"http://{url}"
            else:
                return
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and opened.argument and self.open and self.open[-1].tag == "pre":
            self.open[-1].argument = opened.argument
            return
        elif opened.tag == "pre" and opened.argument:
            entity["language"] = opened.argument
        self.entities.append(entity)


def _set_argument(opened: _OpenTag, name: str, value: str) -> None:
    """Store the attribute if it has a meaning for this tag."""
    if (opened.tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        opened.argument = value
    elif (opened.tag, name) == ("blockquote", "expandable"):
        opened.argument = "expandable"
    elif (opened.tag, name) == ("code", "class") and value.startswith("language-"):
        opened.argument = value.removeprefix("language-")
    elif (opened.tag, name) == ("span", "class") and value.startswith("tg-"):
        opened.argument = value.removeprefix("tg-")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the plain text and its entities, outer before inner; refuse broken HTML."""
    text, entities = _Parser(source).parse()
    return text, sorted(entities, key=lambda item: (item["offset"], -item["length"]))


def strip_ends(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip whitespace from both ends as the server does, and adjust the entities."""
    body = text.rstrip()
    lead = len(body) - len(body.lstrip())
    first = min((int(item["offset"]) for item in entities), default=lead)
    lead = min(lead, first)  # all whitespace is in the BMP: one unit each
    body = body[lead:]
    size, adjusted = utf16_length(body), []
    for item in entities:
        start = item["offset"] - lead
        length = min(item["length"], size - start)
        if length > 0:
            adjusted.append(item | {"offset": start, "length": length})
    return body, adjusted
