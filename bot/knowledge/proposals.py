"""What `new` finds in an article: its names, its dates, and where its lines are only wrapped."""

import contextlib
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.knowledge.article import Article
from bot.language.dates import MONTHS, Date, date_spans, find_dates, format_day
from bot.language.normalise import FUNCTION_WORDS, normalise, word_set

_WIDTHS = range(40, 121)  # characters; narrower or wider lines are not wrapped
_NEARLY = 0.6  # of the widest line
_ITEM = re.compile(r"\s*(?:[-*•–]|\(?\w{1,3}[.)])\s")  # of a list
_MAX_NAMES = 20
_MAX_ID = 40  # characters
_CAPITALISED = r"[^\W\d_a-z][\w'’-]*"
_NAME = re.compile(rf"\b{_CAPITALISED}(?:\s+(?:(?:of|de|van|von|&)\s+)?{_CAPITALISED})*")
_PAIR = re.compile(rf"\b({_CAPITALISED}) and ({_CAPITALISED})")
_PLACED = re.compile(r"\b(?:across|along|around|at|in|near|outside) (?:the )?$", re.IGNORECASE)
_LASTING = re.compile(r"\b(?:till|until) the end of $", re.IGNORECASE)  # nothing happens then
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)}),? (?:the )?$")
_PLACES = word_set("avenue building harbour quay road row square street terrace wharf")
_ADJECTIVE = re.compile(r"\w-[a-z]+|\w+(?:ish|ese|\w{4}ian)")  # or a thing: "Polish", "T-shirt"
_TITLES = frozenset({"Dr", "Mr", "Mrs", "Ms", "Prof"})
_PRECISIONS = (("year", 4), ("month", 7), ("day", 10))  # with the length of the date
_HALF_A_YEAR = 183  # days
# "April last year", "last year in April"
_RELATIVE = re.compile(r",? (?:of )?(last|this|next) year\b(?!['’]s)", re.IGNORECASE)
_RELATIVE_BEFORE = re.compile(r"\b(last|this|next) year,? (?:in|on) $", re.IGNORECASE)
_YEARS = {"last": -1, "this": 0, "next": 1}
# What makes a date one that is still to come: "by 31 January", "until noon on 8 March".
_AHEAD = re.compile(
    r"\b(?:will|shall|must|due|planned)\b|\b(?:until|by|before)\s+"
    r"(?:(?:noon|midnight|the\s+end\s+of|the|\w+day),?\s+)?(?:on\s+)?(?:\S+\s+)?\S+$"
)
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
        whole = next((longer for longer in groups if _shortens(name, longer)), name)
        groups.setdefault(whole, []).append(name)
    ranked = sorted(groups.values(), key=lambda group: -sum(counts[name] for name in group))
    kinds: dict[str, dict[str, Sequence[str]]] = {}
    dated_at, _ = article.dateline()
    for group in ranked[:_MAX_NAMES]:
        slug = "-".join(re.findall("[a-z0-9]+", normalise(group[-1])))[:_MAX_ID].strip("-")
        is_place = (
            dated_at in group
            or not _PLACES.isdisjoint(name.split()[-1].lower() for name in group)
            or 2 * sum(placed[n] for n in group) >= sum(counts[n] for n in group)
        )
        if slug:
            kinds.setdefault("place" if is_place else "actor", {}).setdefault(slug, group)
    return kinds


def _shortens(name: str, longer: str) -> bool:
    """Whether a name leaves words out of a longer one: "Mayor Berg" for "Mayor Ida Berg"."""
    rest = iter(longer.split())
    return all(word in rest for word in name.split())


def _pairs(text: str) -> Iterator[str]:
    """Patterns of names that stand together more than once, never apart: "Lyle and Brandt"."""
    for pair, count in Counter(_PAIR.findall(text)).items():
        if count > 1 and all(len(re.findall(rf"\b{name}\b", text)) == count for name in pair):
            yield " and ".join(pair)


def _name(found: re.Match[str], article: Article) -> str:
    """The name in a run of capitalised words; "" if they are none."""
    run = words = re.sub(r"['’]s?$", "", found[0]).split()
    while words and (normalise(words[0]) in FUNCTION_WORDS or words[0] in _TITLES):
        words = words[1:]  # "The" at the start of a sentence
    # "On Monday", "Remembrance Sunday", "Level 3" and a code such as D2408 neither act nor speak.
    if not words or words[-1] in _NO_NAMES or any(map(str.isdigit, words[-1])):
        return ""
    is_numbered = re.match(r" \d", found.string[found.end() :])
    if len(words) == 1 and (is_numbered or _ADJECTIVE.fullmatch(words[0])):
        return ""
    # Any word begins a sentence with a capital. A name also stands within one, and never in lower
    # case.
    if not re.search(r"[\w,’'] $", found.string[: found.start()]) and words[0] == run[0]:
        word, rest = re.escape(words[0]), " ".join(words[1:])
        if rest:  # "Later Ida Berg left"
            apart = rf"(?<!\w)(?!the )[a-z]+,? {re.escape(rest)}\b"
            return rest if " " in rest and re.search(apart, article.text) else " ".join(words)
        inside = re.search(rf"[\w,’'] {word}\b", article.text)
        if not inside or re.search(rf"\b{word.lower()}\b", article.text):
            return ""
    return " ".join(words)


class ProposedEvent(NamedTuple):
    """A date in the article, cut to its precision, and the sentence it stands in."""

    date: str
    precision: str
    passage: str
    because: str  # why it is of this year; "" if the article says so


def find_events(article: Article, published: dt.date | None) -> list[ProposedEvent]:
    """The dates, earliest first, without that of the dateline.

    One without a year gets that of its weekday ("Saturday 16 May"), or else of the day that the
    headline announces, or else of publication. What is announced ("until 8 March") is later than
    that day. Anything else that is more than half a year later gets the year before: news names
    the year of what is that far ahead, and not that of last autumn.
    """
    place, dateline = article.dateline()
    near, reason = published, f"it is dated {format_day(published)}" if published else ""
    for date in find_dates(article.sentences[0].text):
        day = first_day(date, date.year)
        if date.day and published and day and day > published:
            near, reason = day, f"its headline has {format_day(day)}"
    events = set()
    for sentence in article.sentences:
        for date, start, end in date_spans(sentence.text):
            before, written = sentence.text[:start], sentence.text[start:end]
            is_dateline = dateline.startswith(written) and before.rstrip(", ").title() == place
            if is_dateline or _LASTING.search(before) or written.islower():
                continue
            because, day = "", first_day(date, date.year)
            relative = _RELATIVE.match(sentence.text, end) or _RELATIVE_BEFORE.search(before)
            if not date.year and relative and published:
                day = first_day(date, published.year + _YEARS[relative[1].lower()])
                because = f"“{relative[1]} year” is said on {format_day(published)}"
            elif not date.year and near:
                days = [first_day(date, near.year + later) for later in (0, -1, 1)]
                weekday = _WEEKDAY.search(before)
                on_it = [d for d in days if d and weekday and _WEEKDAYS[d.weekday()] == weekday[1]]
                is_ahead = _AHEAD.search(sentence.text[:end])
                soon = [d for d in days if d and (d - near).days <= _HALF_A_YEAR]
                soon = [d for d in days if d and d >= near and is_ahead] or soon
                day = next(iter(on_it if date.day and on_it else soon), None)
                because = f"{date} is a {weekday[1]} then" if on_it and weekday else reason
            if day:
                precision, length = _PRECISIONS[bool(date.month) + bool(date.day)]
                events.add(ProposedEvent(str(day)[:length], precision, sentence.text, because))
    return sorted(events)


def first_day(date: Date, year: int | None) -> dt.date | None:
    """The first day of a date in a year; None if there is no such day."""
    with contextlib.suppress(TypeError, ValueError):
        return dt.date(year, date.month or 1, date.day or 1)  # type: ignore[arg-type]
    return None
