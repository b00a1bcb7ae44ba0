"""A message's text and entities as lines of styled words that fit a width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import ImageFont

from bot.pictures.canvas import Style, font
from tests.fake_telegram import Json

_LINKS = {"text_link", "url", "mention", "text_mention", "bot_command", "hashtag", "code"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_FOLDED = 3  # lines that are seen of a long quote before it is tapped


@dataclass(frozen=True)
class Run:
    """Letters of one style; `is_link` asks for the colour of links."""

    text: str
    style: Style
    is_link: bool = False

    def face(self, size: int) -> ImageFont.FreeTypeFont:
        """Its font at a size in pixels."""
        return font(self.style, size)


Line = list[Run]


@dataclass(frozen=True)
class Block:
    """Lines that stand together: plain ones, or a quote; `is_folded` if some are hidden."""

    lines: list[Line]
    is_quote: bool = False
    is_folded: bool = False


def blocks(text: str, entities: Sequence[Json], width: int, size: int, inset: int) -> list[Block]:
    """Break a message into blocks as wide as `width`; quotes are narrower by `inset`."""
    letters = list(_letters(text, entities))
    made = []
    for start, end, quote in _parts(text, entities):
        part = letters[start:end]
        if not quote:
            part = _without_one_newline(part, at_start=start > 0, at_end=end < len(letters))
        lines = _lines(part, width - inset if quote else width, size) if part else []
        is_folded = quote == "expandable_blockquote" and len(lines) > _FOLDED
        made.append(Block(lines[:_FOLDED] if is_folded else lines, bool(quote), is_folded))
    return [block for block in made if block.lines]


def _places(text: str) -> dict[int, int]:
    """Offsets in UTF-16 units, as Telegram counts, to offsets in characters."""
    places, units = {}, 0
    for place, letter in enumerate(text):
        places[units] = place
        units += 2 if ord(letter) > 0xFFFF else 1
    return places | {units: len(text)}


def _letters(text: str, entities: Sequence[Json]) -> Iterator[Run]:
    """Each letter with the style that the entities around it give."""
    places = _places(text)
    kinds: list[set[str]] = [set() for _ in text]
    for entity in entities:
        end = places[entity["offset"] + entity["length"]]
        for place in range(places[entity["offset"]], end):
            kinds[place].add(entity["type"])
    for letter, kind in zip(text, kinds, strict=True):
        styles: dict[tuple[bool, bool], Style] = {
            (True, True): "SemiboldIt", (True, False): "Semibold",
            (False, True): "It", (False, False): "Regular",
        }  # fmt: skip
        yield Run(letter, styles["bold" in kind, "italic" in kind], bool(kind & _LINKS))


def _parts(text: str, entities: Sequence[Json]) -> Iterator[tuple[int, int, str | None]]:
    """The text cut where quotes begin and end: start, end, the quote's type or None."""
    places, last = _places(text), 0
    for entity in sorted(entities, key=lambda entity: int(entity["offset"])):
        if entity["type"] in _QUOTES:
            start, end = places[entity["offset"]], places[entity["offset"] + entity["length"]]
            if last < start:
                yield last, start, None
            yield start, end, entity["type"]
            last = end
    if last < len(text):
        yield last, len(text), None


def _without_one_newline(part: list[Run], *, at_start: bool, at_end: bool) -> list[Run]:
    """A quote begins and ends a line by itself: the newline beside it shows no empty one."""
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
                lines.append(_merged(line))
                longer = word
            line = longer
        lines.append(_merged(line))
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


def _merged(line: Line) -> Line:
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
    return width_of(_merged(letters), size)
