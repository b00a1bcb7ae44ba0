"""Draws the statistics: questions by outcome, and the entries asked about most; in pixels."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from PIL import Image, ImageDraw

from bot.feedback.stats import Stats, asked
from bot.knowledge import Knowledge
from bot.pictures.canvas import draw_rounded, to_png, wrap_balanced
from bot.typeface import font

_WIDTH, _LEFT = 1080, 72
_RIGHT = _WIDTH - _LEFT
_HEAD, _CHART, _ROW, _FOOT = 250, 420, 76, 40
_MAX_ENTRIES = 8
_AXIS = 70  # height below the bars, for the dates
_GAP = 0.25  # between bars, as a share of a bar's slot
_MAX_BAR_WIDTH = 90
_MAX_DATES = 7  # below the bars
_LEADING = 34
_LEGEND_SIZE = 25  # small enough to fit four four-digit counts
_SERIES = 260  # width of an entry's bars
_INK, _SOFT, _LINE, _PAPER = "#1b2733", "#51606e", "#d5dae1", "#fbfaf6"
# From the bottom of a bar to its top; the colours also differ in lightness.
_COLOURS = {
    "answered": "#0f5499",
    "known gaps": "#7fb0dc",
    "suggested": "#f0b35c",
    "unanswered": "#b23a1e",
}


def draw(stats: Stats, knowledge: Knowledge) -> bytes:
    """Draw the statistics as a PNG."""
    entries = dict(islice(stats.entries.items(), _MAX_ENTRIES))
    entries_height = 90 + _ROW * len(entries) if entries else 0
    image = Image.new("RGB", (_WIDTH, _HEAD + _CHART + _AXIS + entries_height + _FOOT), _PAPER)
    canvas = ImageDraw.Draw(image)
    _draw_head(image, stats)
    _draw_bars(canvas, stats.periods, _HEAD)
    if entries:
        questions = {name: entry.question for name, entry in knowledge.entries.items()}
        _draw_entries(canvas, entries, questions, _HEAD + _CHART + _AXIS)
    return to_png(image)


def _draw_head(image: Image.Image, stats: Stats) -> None:
    canvas = ImageDraw.Draw(image)
    total = sum(map(asked, stats.periods.values()))
    title = f"{total} {'question' if total == 1 else 'questions'}"
    canvas.text((_LEFT, 84), title, _INK, font("Semibold", 54), anchor="lm")
    votes = f"{stats.total('good')} votes for answers, {stats.total('bad')} against"
    span = f"{min(stats.periods)} to now, by the"
    subtitle = f"{span} {'week' if stats.is_weekly else 'day'} · {votes}"
    canvas.text((_LEFT, 144), subtitle, _SOFT, font("Regular", 30), anchor="lm")
    x = _LEFT
    for outcome, colour in _COLOURS.items():
        draw_rounded(image, (x, 190, x + 24, 214), 5, colour)
        label = f"{outcome} {_short(stats.total(outcome))}"
        canvas.text((x + 32, 202), label, _INK, font("Regular", _LEGEND_SIZE), anchor="lm")
        x += 32 + round(font("Regular", _LEGEND_SIZE).getlength(label)) + 30


def _draw_bars(
    canvas: ImageDraw.ImageDraw, periods: Mapping[dt.date, Counter[str]], top: int
) -> None:
    floor = top + _CHART
    most = max(map(asked, periods.values())) or 1
    slot = (_RIGHT - _LEFT) / len(periods)
    width = min(slot * (1 - _GAP), _MAX_BAR_WIDTH)
    canvas.line((_LEFT, floor, _RIGHT, floor), _LINE, 2)
    every = -(-len(periods) // _MAX_DATES)
    for number, (date, counts) in enumerate(periods.items()):
        middle = _LEFT + slot * (number + 0.5)
        lower = 0
        for outcome, colour in _COLOURS.items():
            upper = lower + counts[outcome]
            low, high = (floor - (_CHART - 50) * count / most for count in (lower, upper))
            if upper > lower:
                left, right = round(middle - width / 2), round(middle + width / 2)
                bottom = max(round(low) - 1, round(high))
                canvas.rectangle((left, round(high), right, bottom), colour)
            lower = upper
        if total := asked(counts):
            height = floor - (_CHART - 50) * total / most
            label = _short(total)
            canvas.text((middle, height - 8), label, _SOFT, font("Regular", 24), anchor="mb")
        if number % every == 0:
            label = f"{date.day} {date:%b}"
            canvas.text((middle, floor + 14), label, _SOFT, font("Regular", 26), anchor="mt")


def _draw_entries(
    canvas: ImageDraw.ImageDraw,
    entries: Mapping[str, Sequence[int]],
    questions: Mapping[str, str],
    top: int,
) -> None:
    canvas.text((_LEFT, top + 40), "Most asked", _INK, font("Semibold", 36), anchor="lm")
    face, bold = font("Regular", 28), font("Semibold", 30)
    left = _RIGHT - _SERIES
    for number, (name, series) in enumerate(entries.items()):
        middle = top + 90 + _ROW * number + _ROW // 2
        lines = wrap_balanced(questions.get(name, name), face, left - _LEFT - 110)
        canvas.text((_LEFT + 64, middle), _short(sum(series)), _INK, bold, anchor="rm")
        for row, line in enumerate(lines[:2]):
            y = middle + (2 * row - len(lines[:2]) + 1) * _LEADING // 2
            canvas.text((_LEFT + 84, y), line, _INK, face, anchor="lm")
        floor, most = middle + 26, max(series) or 1
        canvas.line((left, floor, _RIGHT, floor), _LINE, 2)
        slot = _SERIES / len(series)
        for place, count in enumerate(series):
            if count:
                x, high = left + slot * place, round(floor - 52 * count / most)
                box = (round(x + slot * 0.12), high, round(x + slot * 0.88), floor - 1)
                canvas.rectangle(box, _COLOURS["answered"])


def _short(number: int) -> str:
    """Abbreviate a count: 9999, 12k, 340k, 1.2M."""
    if number < 10_000:  # noqa: PLR2004 - five digits are too wide
        return str(number)
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"  # noqa: PLR2004
