"""The statistics as a picture: bars of what became of the questions, the entries asked most.

All lengths are pixels of a picture 1080 wide, as the timeline's.
"""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from bot.feedback.stats import Often, Period, Stats
from bot.knowledge import Knowledge
from bot.pictures.canvas import balanced, draw_rounded, font, to_png

_WIDTH, _LEFT = 1080, 72
_RIGHT = _WIDTH - _LEFT
_HEAD, _CHART, _ROW, _FOOT = 250, 420, 76, 40
_ENTRIES = 8
_AXIS = 70  # under the bars, for the dates
_GAP = 0.25  # of a bar's share of the width stays free
_WIDEST = 90
_LABELS = 7  # dates written under the bars at most
_LEADING = 34
_LEGEND = 25  # with it, four numbers of four digits fit into the line
_SERIES = 260  # width of an entry's own bars
_INK, _SOFT, _LINE, _PAPER = "#1b2733", "#51606e", "#d5dae1", "#fbfaf6"
# From the bottom of a bar to its top; told apart by their lightness too.
_PARTS = (
    ("answered", "answered", "#0f5499"),
    ("known gaps", "known gaps", "#7fb0dc"),
    ("suggested", "suggested", "#f0b35c"),
    ("unanswered", "unanswered", "#b23a1e"),
)


def draw(stats: Stats, knowledge: Knowledge) -> bytes:
    """Draw them as a PNG."""
    entries = stats.entries[:_ENTRIES]
    often = 90 + _ROW * len(entries) if entries else 0
    image = Image.new("RGB", (_WIDTH, _HEAD + _CHART + _AXIS + often + _FOOT), _PAPER)
    canvas = ImageDraw.Draw(image)
    _head(image, stats)
    _bars(canvas, stats.periods, _HEAD)
    if entries:
        questions = {name: entry.question for name, entry in knowledge.entries.items()}
        _often(canvas, entries, questions, _HEAD + _CHART + _AXIS)
    return to_png(image)


def _head(image: Image.Image, stats: Stats) -> None:
    canvas = ImageDraw.Draw(image)
    asked = sum(period.asked for period in stats.periods)
    title = f"{asked} {'question' if asked == 1 else 'questions'}"
    canvas.text((_LEFT, 84), title, _INK, font("Semibold", 54), anchor="lm")
    votes = f"{stats.total('good')} votes for answers, {stats.total('bad')} against"
    span = f"{stats.periods[0].start.isoformat()} to now, by the"
    told = f"{span} {'week' if stats.is_weekly else 'day'} · {votes}"
    canvas.text((_LEFT, 144), told, _SOFT, font("Regular", 30), anchor="lm")
    x = _LEFT
    for what, name, colour in _PARTS:
        draw_rounded(image, (x, 190, x + 24, 214), 5, colour)
        label = f"{name} {_short(stats.total(what))}"
        canvas.text((x + 32, 202), label, _INK, font("Regular", _LEGEND), anchor="lm")
        x += 32 + round(font("Regular", _LEGEND).getlength(label)) + 30


def _bars(canvas: ImageDraw.ImageDraw, periods: Sequence[Period], top: int) -> None:
    floor = top + _CHART
    most = max((period.asked for period in periods), default=0) or 1
    share = (_RIGHT - _LEFT) / len(periods)
    width = min(share * (1 - _GAP), _WIDEST)
    canvas.line((_LEFT, floor, _RIGHT, floor), _LINE, 2)
    every = -(-len(periods) // _LABELS)
    for number, period in enumerate(periods):
        middle = _LEFT + share * (number + 0.5)
        lower = 0
        for what, _, colour in _PARTS:
            upper = lower + period.counts.get(what, 0)
            low, high = (floor - (_CHART - 50) * count / most for count in (lower, upper))
            if upper > lower:
                box = (
                    round(middle - width / 2),
                    round(high),
                    round(middle + width / 2),
                    round(low),
                )
                canvas.rectangle((*box[:3], max(box[3] - 1, box[1])), colour)
            lower = upper
        if period.asked:
            height = floor - (_CHART - 50) * period.asked / most
            label = _short(period.asked)
            canvas.text((middle, height - 8), label, _SOFT, font("Regular", 24), anchor="mb")
        if number % every == 0:
            date = f"{period.start.day} {period.start:%b}"
            canvas.text((middle, floor + 14), date, _SOFT, font("Regular", 26), anchor="mt")


def _often(
    canvas: ImageDraw.ImageDraw, entries: Sequence[Often], questions: Mapping[str, str], top: int
) -> None:
    canvas.text((_LEFT, top + 40), "Most asked", _INK, font("Semibold", 36), anchor="lm")
    face = font("Regular", 28)
    left = _RIGHT - _SERIES
    for number, one in enumerate(entries):
        middle = top + 90 + _ROW * number + _ROW // 2
        lines = balanced(questions.get(one.entry, one.entry), face, left - _LEFT - 110)
        canvas.text(
            (_LEFT + 64, middle), _short(one.number), _INK, font("Semibold", 30), anchor="rm"
        )
        for row, line in enumerate(lines[:2]):
            y = middle + (2 * row - len(lines[:2]) + 1) * _LEADING // 2
            canvas.text((_LEFT + 84, y), line, _INK, face, anchor="lm")
        floor, most = middle + 26, max(one.series) or 1
        canvas.line((left, floor, _RIGHT, floor), _LINE, 2)
        share = _SERIES / len(one.series)
        for place, count in enumerate(one.series):
            if count:
                x = left + share * place
                box = (round(x + share * 0.12), round(floor - 52 * count / most))
                canvas.rectangle((*box, round(x + share * 0.88), floor - 1), _PARTS[0][2])


def _short(number: int) -> str:
    """A count that fits beside others: 9999, 12k, 340k, 1.2M."""
    if number < 10_000:  # noqa: PLR2004 - five digits are too wide
        return str(number)
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"  # noqa: PLR2004
