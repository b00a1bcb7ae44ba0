"""Wraps text, writes plurals, and lays out Markdown tables for a terminal."""

import textwrap
from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table: the first column left-aligned, the others right-aligned."""
    body = [list(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *body, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return f"| {' | '.join(padded)} |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:])])
    return "\n".join([line(headings), f"|{rule}|", *map(line, body)])


def counted(number: int, noun: str) -> str:
    """A number of things: "1 problem", "2 problems"."""
    return f"{number} {noun}{'s' * (number != 1)}"


WIDTH = 80


def wrap(text: str, indent: str = "") -> str:
    """Wrap to `WIDTH` characters, with lines after the first indented to the width of `indent`."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
