"""What `new` finds in an article: its names, its dates, and where its lines are only wrapped."""

import contextlib
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.knowledge.article import Article
from bot.language.dates import MONTHS, date_spans
from bot.language.normalise import FUNCTION_WORDS, normalise

_WIDTHS = range(40, 121)  # characters; narrower or wider lines are not wrapped
_NEARLY = 0.6  # of the widest line
_ITEM = re.compile(r"\s*(?:[-*•–]|\(?\w{1,3}[.)])\s")  # of a list
_MAX_NAMES = 20
_MAX_ID = 40  # characters
_CAPITALISED = r"[^\W\d_a-z][\w'’-]*"
_NAME = re.compile(rf"\b{_CAPITALISED}(?:\s+(?:(?:of|de|van|von)\s+)?{_CAPITALISED})*")
_PAIR = re.compile(rf"\b({_CAPITALISED}) (?:and|&) ({_CAPITALISED})")
_PLACED = re.compile(r"\b(?:across|along|around|at|in|near|outside) (?:the )?$", re.IGNORECASE)
_LASTING = re.compile(r"\b(?:till|until) the end of $", re.IGNORECASE)  # nothing happens then
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TITLES = frozenset({"Dr", "Mr", "Mrs", "Ms", "Prof"})
_PRECISIONS = (("year", 4), ("month", 7), ("day", 10))  # with the length of the date
_NO_NAMES = frozenset({*MONTHS, *_WEEKDAYS, *(f"{day}s" for day in _WEEKDAYS)})


def unwrap(text: str) -> str:
    """Put each paragraph on one line, with an empty line between two.

    A line break is removed if the next word would not have fitted into the widest line, or if the
    line is nearly as wide and ends within a sentence.
    """
    width = max(map(len, text.splitlines()), default=0)
    if width not in _WIDTHS:
        each_line_is_one = width > max(_WIDTHS) and "\n\n" not in text.strip()
        return text.replace("\n", "\n\n") if each_line_is_one else text
    lines = text.split("\n")
    joined = lines[:1]
    for before, line in pairwise(map(str.rstrip, lines)):
        word = line.split(maxsplit=1)[0] if line else ""
        full = len(before) + 1 + len(word) >= width
        broken = len(before) > _NEARLY * width and before[-1] not in ".!?:;"
        if word and before and (full or broken) and not _ITEM.match(line):
            joined[-1] = f"{joined[-1].rstrip()} {line.lstrip()}"
        else:
            joined.append(line)
    return "\n".join(joined)


def find_names(article: Article) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The names in the body, most frequent first: by kind, ids with the ways to write the name."""
    names = re.compile("|".join([*_pairs(article.text), _NAME.pattern]))
    counts: Counter[str] = Counter()
    placed: Counter[str] = Counter()  # how often it is said that something is there
    for sentence in article.sentences[1:]:
        for found in names.finditer(sentence.text):
            if name := _name(found, article):
                before = sentence.text[: found.start() + found[0].find(name)]
                counts[name] += 1
                placed[name] += bool(_PLACED.search(before))
    groups: dict[str, list[str]] = {}  # by the longest way to write the name
    for name in sorted(counts, key=len, reverse=True):
        whole = next((longer for longer in groups if f" {name} " in f" {longer} "), name)
        groups.setdefault(whole, []).append(name)
    ranked = sorted(groups.values(), key=lambda group: -sum(counts[name] for name in group))
    kinds: dict[str, dict[str, Sequence[str]]] = {}
    for group in ranked[:_MAX_NAMES]:
        slug = "-".join(re.findall("[a-z0-9]+", normalise(group[-1])))[:_MAX_ID].strip("-")
        is_place = 2 * sum(placed[name] for name in group) >= sum(counts[name] for name in group)
        if slug:
            kinds.setdefault("place" if is_place else "actor", {}).setdefault(slug, group)
    return kinds


def _pairs(text: str) -> Iterator[str]:
    """Patterns of names that stand together more than once, never apart: "Lyle and Brandt"."""
    for pair, count in Counter(_PAIR.findall(text)).items():
        if count > 1 and all(len(re.findall(rf"\b{name}\b", text)) == count for name in pair):
            yield " (?:and|&) ".join(pair)


def _name(found: re.Match[str], article: Article) -> str:
    """The name in a run of capitalised words; "" if they are none."""
    run = words = re.sub(r"['’]s?$", "", found[0]).split()
    while words and (normalise(words[0]) in FUNCTION_WORDS or words[0] in _TITLES):
        words = words[1:]  # "The" at the start of a sentence
    if not set(words) - _NO_NAMES - {"of"}:
        return ""
    # Any word begins a sentence with a capital. A name also stands within one, and never in lower
    # case.
    word = re.escape(words[0])
    if found.start() == 0 and words == run[:1]:
        inside = re.search(rf"[\w,’'] {word}\b", article.text)
        if not inside or re.search(rf"\b{word.lower()}\b", article.text):
            return ""
    return " ".join(words)


class ProposedEvent(NamedTuple):
    """A date in the article, cut to its precision, and the sentence it stands in."""

    date: str
    precision: str
    passage: str
    year_is_inferred: bool


def find_events(article: Article, published: dt.date | None) -> list[ProposedEvent]:
    """The dates in the body, earliest first; those without a year get that of publication."""
    events = set()
    for sentence in article.sentences[1:]:
        for date, start, end in date_spans(sentence.text):
            year = date.year or (published.year if published else None)
            lasts = _LASTING.search(sentence.text[:start])
            if not year or lasts or sentence.text[start:end].islower():
                continue
            with contextlib.suppress(ValueError):  # there may be no such day
                whole = dt.date(year, date.month or 1, date.day or 1).isoformat()
                precision, length = _PRECISIONS[bool(date.month) + bool(date.day)]
                inferred = date.year is None
                events.add(ProposedEvent(whole[:length], precision, sentence.text, inferred))
    return sorted(events)
