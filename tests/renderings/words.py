"""Breaks a message's text and entities into styled lines that fit a width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import ImageFont

from bot.typeface import Style, font
from tests.fake_telegram import Json

_LINKS = {"text_link", "url", "mention", "text_mention", "bot_command", "hashtag", "code"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_FOLDED = 3  # lines of a collapsed quote


@dataclass(frozen=True)
class Run:
    """Consecutive letters of one style; `is_link` if drawn in the colour of links."""

    text: str
    style: Style
    is_link: bool = False

    def face(self, size: int) -> ImageFont.FreeTypeFont:
        """The font in a size in pixels."""
        return font(self.style, size)


Line = list[Run]


@dataclass(frozen=True)
class Block:
    """Lines of plain text or of one quote; `is_folded` if some are hidden."""

    lines: list[Line]
    is_quote: bool = False
    is_folded: bool = False


def blocks(text: str, entities: Sequence[Json], width: int, size: int, inset: int) -> list[Block]:
    """Break a message into blocks of `width` pixels, `inset` less for quotes."""
    letters = list(_letters(text, entities))
    result = []
    for start, end, quote in _parts(text, entities):
        part = letters[start:end]
        if not quote:
            part = _strip_newlines(part, at_start=start > 0, at_end=end < len(letters))
        lines = _lines(part, width - inset if quote else width, size) if part else []
        is_folded = quote == "expandable_blockquote" and len(lines) > _FOLDED
        result.append(Block(lines[:_FOLDED] if is_folded else lines, bool(quote), is_folded))
    return [block for block in result if block.lines]


def _offsets(text: str) -> dict[int, int]:
    """Map offsets in UTF-16 units, as Telegram counts, to offsets in characters."""
    offsets, units = {}, 0
    for offset, letter in enumerate(text):
        offsets[units] = offset
        units += 2 if ord(letter) > 0xFFFF else 1
    return offsets | {units: len(text)}


def _letters(text: str, entities: Sequence[Json]) -> Iterator[Run]:
    """Each letter with the style given by the entities around it."""
    offsets = _offsets(text)
    kinds: list[set[str]] = [set() for _ in text]
    for entity in entities:
        end = offsets[entity["offset"] + entity["length"]]
        for offset in range(offsets[entity["offset"]], end):
            kinds[offset].add(entity["type"])
    for letter, kind in zip(text, kinds, strict=True):
        styles: dict[tuple[bool, bool], Style] = {
            (True, True): "SemiboldIt", (True, False): "Semibold",
            (False, True): "It", (False, False): "Regular",
        }  # fmt: skip
        yield Run(letter, styles["bold" in kind, "italic" in kind], bool(kind & _LINKS))


def _parts(text: str, entities: Sequence[Json]) -> Iterator[tuple[int, int, str | None]]:
    """Split the text at quotes: start, end, and the type of the quote or None."""
    offsets, last = _offsets(text), 0
    for entity in sorted(entities, key=lambda entity: int(entity["offset"])):
        if entity["type"] in _QUOTES:
            start, end = offsets[entity["offset"]], offsets[entity["offset"] + entity["length"]]
            if last < start:
                yield last, start, None
            yield start, end, entity["type"]
            last = end
    if last < len(text):
        yield last, len(text), None


def _strip_newlines(part: list[Run], *, at_start: bool, at_end: bool) -> list[Run]:
    """Strip one newline next to a quote: a quote already begins and ends a line."""
    if at_start and part[0].text == "\n":
        part = part[1:]
    if at_end and part and part[-1].text == "\n":
        part = part[:-1]
    return part


def _lines(letters: list[Run], width: int, size: int) -> list[Line]:
    lines: list[Line] = []
    for paragraph in _split(letters, "\n"):
        line: Line = []
        for word in _split(paragraph, " "):
            longer = [*line, _space(line), *word] if line else word
            if line and _width(longer, size) > width:
                lines.append(_merge(line))
                longer = word
            line = longer
        lines.append(_merge(line))
    return lines


def _split(letters: list[Run], at: str) -> Iterator[list[Run]]:
    part: list[Run] = []
    for letter in letters:
        if letter.text == at:
            yield part
            part = []
        else:
            part.append(letter)
    yield part


def _space(line: Line) -> Run:
    return Run(" ", line[-1].style, line[-1].is_link)


def _merge(line: Line) -> Line:
    merged: Line = []
    for run in line:
        last = merged[-1] if merged else None
        if last and (last.style, last.is_link) == (run.style, run.is_link):
            merged[-1] = Run(last.text + run.text, run.style, run.is_link)
        else:
            merged.append(run)
    return merged


def width_of(line: Line, size: int) -> float:
    """The width of a line in pixels."""
    return sum(run.face(size).getlength(run.text) for run in line)


def _width(letters: Line, size: int) -> float:
    return width_of(_merge(letters), size)
