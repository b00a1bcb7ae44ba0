"""The timeline as a picture for a phone, on a card of its own that suits any theme. Pure.

All lengths are pixels of a picture 1080 wide, which a phone shows at about a third of its size.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageDraw

from bot.knowledge import Event, Knowledge
from bot.pictures.canvas import Style, balanced, draw_rounded, font, to_png
from bot.timeline import claimed_by, dateline, event_date, footnotes, is_expected

WIDTH = 1080
# Telegram reduces a photo to 2,560 at its longest side; a taller one could not be read.
HEIGHT = 3200
_LOWEST = 110  # an event's least height
_LEFT, _RAIL, _COLUMN, _RIGHT = 72, 90, 148, WIDTH - 72
_HEAD_PAD, _BODY_PAD, _FOOT_PAD = 48, 60, 40
_DATE_LEADING, _DOT, _RING, _DASH = 60, 18, 7, 10
_INK, _SOFT, _LINE, _PAPER, _FRAME = "#1b2733", "#51606e", "#b4c0cc", "#fbfaf6", "#d5dae1"
_NIGHT, _ON_NIGHT, _SOFT_ON_NIGHT = "#12304d", "#ffffff", "#b9d3ea"


class _Tone(NamedTuple):
    """The colours of a date: its words, and what is behind the words of a badge."""

    words: str
    tint: str


_PAST, _AHEAD = _Tone("#0f5499", "#e3edf7"), _Tone("#934500", "#fcebd6")


@dataclass(frozen=True, slots=True)
class _Words:
    """A text in lines; `leading` is from one line's top to the next one's."""

    lines: list[str]
    style: Style
    size: int
    leading: int
    colour: str

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)

    def draw(self, canvas: ImageDraw.ImageDraw, x: int, y: int) -> int:
        """Draw from the upper left corner; return the lower edge."""
        for line in self.lines:
            _write(canvas, x, y + self.leading // 2, line, self.style, self.size, self.colour)
            y += self.leading
        return y


@dataclass(frozen=True, slots=True)
class _Block:
    """An event; `gap` is the room before the next one."""

    date: str
    badges: list[str]
    is_ahead: bool
    words: list[_Words]
    gap: int

    @property
    def tone(self) -> _Tone:
        return _AHEAD if self.is_ahead else _PAST

    @property
    def height(self) -> int:
        return _DATE_LEADING + _height(self.words) + self.gap


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is drawn from top to bottom, measured before."""

    head: list[_Words]
    blocks: list[_Block]
    foot: list[_Words]

    @property
    def head_height(self) -> int:
        return 2 * _HEAD_PAD + _height(self.head)

    @property
    def foot_height(self) -> int:
        return 2 * _FOOT_PAD + _height(self.foot)

    @property
    def height(self) -> int:
        body = 2 * _BODY_PAD + sum(block.height for block in self.blocks)
        return self.head_height + body + self.foot_height


def draw(knowledge: Knowledge, events: Sequence[Event]) -> bytes:
    """Draw the events as a PNG; those that do not fit are counted in a line of their own."""
    count = min(len(events), HEIGHT // _LOWEST)
    plan = _plan(knowledge, events, count)
    while count > 1 and plan.height > HEIGHT:
        count -= 1
        plan = _plan(knowledge, events, count)
    image = Image.new("RGB", (WIDTH, plan.height), _PAPER)
    ImageDraw.Draw(image).rectangle((0, 0, WIDTH - 1, plan.height - 1), outline=_FRAME, width=2)
    _draw_head(image, plan)
    _draw_body(image, plan)
    _draw_foot(image, plan)
    return to_png(image)


def _plan(knowledge: Knowledge, events: Sequence[Event], count: int) -> _Plan:
    shown = events[:count]
    head = [
        _words("TIMELINE", "Semibold", 30, 50, _SOFT_ON_NIGHT, most=1),
        _words(knowledge.source.title, "Semibold", 54, 66, _ON_NIGHT, most=4),
        _words(dateline(knowledge), "Regular", 34, 58, _SOFT_ON_NIGHT, most=1),
    ]
    marks = footnotes(shown)
    blocks = [
        _block(knowledge, event, marks.get(event.note or "", ""), follower)
        for event, follower in zip(shown, [*shown[1:], None], strict=True)
    ]
    left_out = len(events) - count
    notes = [f"… and {left_out} more; a year or a word narrows it."] if left_out else []
    notes += [f"{mark} {note}." for note, mark in marks.items()]
    if shown:
        cited = sorted({event.citation.paragraph for event in shown})
        notes.append(f"{', '.join(f'p{n}' for n in cited)}: numbers of the article's passages.")
    foot = [_words(note, "Regular", 30, 42, _SOFT, most=4) for note in notes]
    return _Plan(head, blocks, foot)


def _block(knowledge: Knowledge, event: Event, mark: str, follower: Event | None) -> _Block:
    is_ahead = is_expected(event, knowledge.source.published)
    width = _RIGHT - _COLUMN
    words = [_words(event.label, "Regular", 40, 52, _INK, width=width, most=8)]
    if claimant := claimed_by(knowledge, event):
        words.append(_words(f"Voice: {claimant}", "It", 33, 46, _SOFT, width=width, most=2))
    badges = [*(["expected"] if is_ahead else []), event.citation.passage]
    gap = _gap(event, follower) if follower else 0
    return _Block(event_date(event) + mark, badges, is_ahead, words, gap)


def _gap(event: Event, follower: Event) -> int:
    """Room that grows with the time between two events, doubling by doubling."""
    days = abs((_first_day(follower) - _first_day(event)).days)
    return 34 + round(12 * math.log2(1 + days / 30))


def _first_day(event: Event) -> dt.date:
    parts = [int(part) for part in event.date.split("-")]
    return dt.date(*(*parts, 1, 1)[:3])


def _words(  # noqa: PLR0913 - a style is many things
    text: str,
    style: Style,
    size: int,
    leading: int,
    colour: str,
    *,
    width: int = _RIGHT - _LEFT,
    most: int,
) -> _Words:
    """Break a text into lines; what exceeds `most` lines is cut, with a sign of it."""
    lines = balanced(text, font(style, size), width)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-2].rstrip() + "…"]
    return _Words(lines, style, size, leading, colour)


def _height(parts: Sequence[_Words]) -> int:
    return sum(part.height for part in parts)


def _draw_head(image: Image.Image, plan: _Plan) -> None:
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 0, WIDTH, plan.head_height), _NIGHT)
    y = _HEAD_PAD
    for words in plan.head:
        y = words.draw(canvas, _LEFT, y)


def _draw_body(image: Image.Image, plan: _Plan) -> None:
    canvas = ImageDraw.Draw(image)
    y = plan.head_height + _BODY_PAD
    for block, follower in zip(plan.blocks, [*plan.blocks[1:], None], strict=True):
        middle = y + _DATE_LEADING // 2
        if follower:
            _draw_rail(canvas, middle, middle + block.height, is_ahead=follower.is_ahead)
        _draw_dot(image, middle, block)
        _draw_date(image, middle, block)
        below = y + _DATE_LEADING
        for words in block.words:
            below = words.draw(canvas, _COLUMN, below)
        y += block.height


def _draw_rail(canvas: ImageDraw.ImageDraw, top: int, bottom: int, *, is_ahead: bool) -> None:
    """The line from one event to the next, in dashes where it leads to one that is ahead."""
    step = 2 * _DASH if is_ahead else bottom - top
    for y in range(top, bottom, step):
        end = min(bottom, y + (_DASH if is_ahead else step))
        canvas.rectangle((_RAIL - 2, y, _RAIL + 2, end), _LINE)


def _draw_dot(image: Image.Image, middle: int, block: _Block) -> None:
    for radius, colour in (
        (_DOT + _RING, _PAPER),
        (_DOT, block.tone.words),
        *([(_DOT - _RING, _PAPER)] if block.is_ahead else []),
    ):
        box = (_RAIL - radius, middle - radius, _RAIL + radius, middle + radius)
        draw_rounded(image, box, radius, colour)


def _draw_date(image: Image.Image, middle: int, block: _Block) -> None:
    canvas = ImageDraw.Draw(image)
    _write(canvas, _COLUMN, middle, block.date, "Semibold", 46, block.tone.words)
    x = _COLUMN + round(font("Semibold", 46).getlength(block.date)) + 24
    for badge in block.badges:
        right = x + round(font("Semibold", 30).getlength(badge)) + 32
        draw_rounded(image, (x, middle - 22, right, middle + 24), 23, block.tone.tint)
        _write(canvas, x + 16, middle, badge, "Semibold", 30, block.tone.words)
        x = right + 12


def _draw_foot(image: Image.Image, plan: _Plan) -> None:
    canvas = ImageDraw.Draw(image)
    y = plan.height - plan.foot_height
    canvas.rectangle((_LEFT, y, _RIGHT, y + 1), _FRAME)
    y += _FOOT_PAD
    for words in plan.foot:
        y = words.draw(canvas, _LEFT, y)


def _write(  # noqa: PLR0913, PLR0917 - one line's every property
    canvas: ImageDraw.ImageDraw, x: int, middle: int, line: str, style: Style, size: int, ink: str
) -> None:
    """Write a line whose capitals stand around `middle`."""
    capitals = 0.66 * size  # their height in Source Sans Pro
    canvas.text((x, middle + capitals / 2), line, ink, font(style, size), anchor="ls")
