"""Draws the timeline for a phone, which shows it at about a third of its size in pixels."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.knowledge import Event, Knowledge
from bot.pictures.canvas import draw_rounded, to_png, wrap_balanced
from bot.timeline import dateline, event_date, first_day, footnotes, is_expected
from bot.typeface import Style, font

WIDTH = 1080
# Telegram scales photos to 2,560 pixels on the longer side; one taller than this is unreadable.
HEIGHT = 3200
_MIN_EVENT_HEIGHT = 110
_LEFT, _RAIL, _COLUMN, _RIGHT = 72, 90, 148, WIDTH - 72
_HEAD_PAD, _BODY_PAD, _FOOT_PAD = 48, 60, 40
_DATE_LEADING, _DOT, _RING, _DASH = 60, 18, 7, 10
_INK, _SOFT, _LINE, _PAPER, _FRAME = "#1b2733", "#51606e", "#b4c0cc", "#fbfaf6", "#d5dae1"
_NIGHT, _ON_NIGHT, _SOFT_ON_NIGHT = "#12304d", "#ffffff", "#b9d3ea"


# The colours of a date, and of the badges beside it.
_PAST, _AHEAD = ("#0f5499", "#e3edf7"), ("#934500", "#fcebd6")


@dataclass(frozen=True, slots=True)
class _TextBlock:
    """Lines of text; `leading` is the distance between the tops of successive lines."""

    lines: list[str]
    style: Style
    size: int
    leading: int
    colour: str

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)


@dataclass(frozen=True, slots=True)
class _EventBlock:
    """A laid-out event; `gap` is the space before the next one."""

    date: str
    badges: list[str]
    is_ahead: bool
    texts: list[_TextBlock]
    gap: int

    @property
    def colours(self) -> tuple[str, str]:
        return _AHEAD if self.is_ahead else _PAST

    @property
    def height(self) -> int:
        return _DATE_LEADING + _height(self.texts) + self.gap


@dataclass(frozen=True, slots=True)
class _Layout:
    """Everything to be drawn, from top to bottom."""

    head: list[_TextBlock]
    events: list[_EventBlock]
    foot: list[_TextBlock]

    @property
    def head_height(self) -> int:
        return 2 * _HEAD_PAD + _height(self.head)

    @property
    def foot_top(self) -> int:
        return self.head_height + 2 * _BODY_PAD + sum(event.height for event in self.events)

    @property
    def height(self) -> int:
        return self.foot_top + 2 * _FOOT_PAD + _height(self.foot)


def draw(knowledge: Knowledge, events: Sequence[Event]) -> bytes:
    """Draw the events as a PNG; a line at the bottom says how many did not fit."""
    count = min(len(events), HEIGHT // _MIN_EVENT_HEIGHT)
    layout = _lay_out(knowledge, events, count)
    while count > 1 and layout.height > HEIGHT:
        count -= 1
        layout = _lay_out(knowledge, events, count)
    image = Image.new("RGB", (WIDTH, layout.height), _PAPER)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 0, WIDTH - 1, layout.height - 1), outline=_FRAME, width=2)
    canvas.rectangle((0, 0, WIDTH, layout.head_height), _NIGHT)
    _draw_texts(canvas, layout.head, _LEFT, _HEAD_PAD)
    _draw_events(image, layout)
    canvas.rectangle((_LEFT, layout.foot_top, _RIGHT, layout.foot_top + 1), _FRAME)
    _draw_texts(canvas, layout.foot, _LEFT, layout.foot_top + _FOOT_PAD)
    return to_png(image)


def _lay_out(knowledge: Knowledge, events: Sequence[Event], count: int) -> _Layout:
    shown = events[:count]
    head = [
        _text("TIMELINE", "Semibold", 30, 50, _SOFT_ON_NIGHT, max_lines=1),
        _text(knowledge.source.title, "Semibold", 54, 66, _ON_NIGHT, max_lines=4),
        _text(dateline(knowledge), "Regular", 34, 58, _SOFT_ON_NIGHT, max_lines=1),
    ]
    marks = footnotes(shown)
    blocks = [
        _event(event, knowledge.source.published, marks.get(event.note or "", ""), following)
        for event, following in zip(shown, [*shown[1:], None], strict=True)
    ]
    left_out = len(events) - count
    notes = [f"… and {left_out} more. Add a year or a word to narrow the list."] if left_out else []
    notes += [f"{mark} {note}" for note, mark in marks.items()]
    if shown:
        cited = sorted({event.citation.paragraph for event in shown})
        text_type = knowledge.source.text_type
        notes.append(f"{', '.join(f'p{n}' for n in cited)}: passages of the {text_type}.")
    foot = [_text(note, "Regular", 30, 42, _SOFT, max_lines=4) for note in notes]
    return _Layout(head, blocks, foot)


def _event(event: Event, published: dt.date, mark: str, following: Event | None) -> _EventBlock:
    is_ahead = is_expected(event, published)
    width = _RIGHT - _COLUMN
    texts = [_text(event.label, "Regular", 40, 52, _INK, width=width, max_lines=8)]
    badges = [*(["expected"] if is_ahead else []), event.citation.passage]
    # The space before the next event grows with the logarithm of the time between the two.
    days = abs((first_day(following.date) - first_day(event.date)).days) if following else 0
    gap = 34 + round(12 * math.log2(1 + days / 30)) if following else 0
    return _EventBlock(event_date(event) + mark, badges, is_ahead, texts, gap)


def _text(  # noqa: PLR0913 - a style has many properties
    text: str,
    style: Style,
    size: int,
    leading: int,
    colour: str,
    *,
    width: int = _RIGHT - _LEFT,
    max_lines: int,
) -> _TextBlock:
    """Break text into lines, cutting it off with an ellipsis after `max_lines`."""
    lines = wrap_balanced(text, font(style, size), width)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], lines[max_lines - 1][:-2].rstrip() + "…"]
    return _TextBlock(lines, style, size, leading, colour)


def _height(texts: Sequence[_TextBlock]) -> int:
    return sum(text.height for text in texts)


def _draw_events(image: Image.Image, layout: _Layout) -> None:
    canvas = ImageDraw.Draw(image)
    y = layout.head_height + _BODY_PAD
    for event, following in zip(layout.events, [*layout.events[1:], None], strict=True):
        middle = y + _DATE_LEADING // 2
        if following:
            _draw_rail(canvas, middle, middle + event.height, is_ahead=following.is_ahead)
        _draw_dot(image, middle, event)
        _draw_date(image, middle, event)
        _draw_texts(canvas, event.texts, _COLUMN, y + _DATE_LEADING)
        y += event.height


def _draw_texts(canvas: ImageDraw.ImageDraw, texts: Sequence[_TextBlock], x: int, y: int) -> None:
    """Draw texts below one another; `x`, `y` is the upper left corner of the first."""
    for text in texts:
        for line in text.lines:
            middle = y + text.leading // 2
            _draw_line(canvas, x, middle, line, text.style, text.size, text.colour)
            y += text.leading


def _draw_rail(canvas: ImageDraw.ImageDraw, top: int, bottom: int, *, is_ahead: bool) -> None:
    """Draw the line from one event to the next, dashed if the next one is only expected."""
    step = 2 * _DASH if is_ahead else bottom - top
    for y in range(top, bottom, step):
        end = min(bottom, y + (_DASH if is_ahead else step))
        canvas.rectangle((_RAIL - 2, y, _RAIL + 2, end), _LINE)


def _draw_dot(image: Image.Image, middle: int, event: _EventBlock) -> None:
    for radius, colour in (
        (_DOT + _RING, _PAPER),
        (_DOT, event.colours[0]),
        *([(_DOT - _RING, _PAPER)] if event.is_ahead else []),
    ):
        box = (_RAIL - radius, middle - radius, _RAIL + radius, middle + radius)
        draw_rounded(image, box, radius, colour)


def _draw_date(image: Image.Image, middle: int, event: _EventBlock) -> None:
    canvas = ImageDraw.Draw(image)
    ink, paper = event.colours
    _draw_line(canvas, _COLUMN, middle, event.date, "Semibold", 46, ink)
    x = _COLUMN + round(font("Semibold", 46).getlength(event.date)) + 24
    for badge in event.badges:
        right = x + round(font("Semibold", 30).getlength(badge)) + 32
        draw_rounded(image, (x, middle - 22, right, middle + 24), 23, paper)
        _draw_line(canvas, x + 16, middle, badge, "Semibold", 30, ink)
        x = right + 12


def _draw_line(  # noqa: PLR0913, PLR0917 - all properties of a line
    canvas: ImageDraw.ImageDraw, x: int, middle: int, line: str, style: Style, size: int, ink: str
) -> None:
    """Draw a line of text with its capitals centred vertically on `middle`."""
    cap_height = 0.66 * size  # of Source Sans Pro
    canvas.text((x, middle + cap_height / 2), line, ink, font(style, size), anchor="ls")
