"""Checks that quotations are verbatim, and that answers, events and voices say what they do."""

import calendar
import re
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from bot.errors import Problem
from bot.knowledge.article import Article
from bot.knowledge.format import EntryItem, EventItem, Inferred
from bot.knowledge.provenance import find_unsupported
from bot.knowledge.read import Files
from bot.knowledge.yaml_faults import describe_character, lookalikes
from bot.knowledge.yaml_lines import Place
from bot.language.dates import MONTHS, format_day

_SupportChecker = Callable[[str, Sequence[str], Inferred | None, str | None], list[str]]
# Telegram allows 4096 characters in a message; the source, notes and voices need the rest.
_MAX_LENGTH = 3500
_CONTEXT = 20  # characters shown on each side of a difference
# Words that may start a sentence without being names, even if no text has them in lower case.
_OPENERS = frozenset({"according", "both", "each", "it", "neither", "no", "nothing", "only", "yes"})
_DATE_FORMS = {
    "year": r"\d{4}",
    "month": r"\d{4}-(0[1-9]|1[0-2])",
    "day": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
}


def find_misstatements(content: Files) -> Iterator[Problem]:
    """What answers, events or voices say, although the article does not."""
    checker = _support_checker(content)
    yield from _answers(content, checker)
    yield from _events(content, checker)
    yield from _voices(content)


def _support_checker(content: Files) -> _SupportChecker:
    """Find the unsupported numbers, dates and names; none if a required file is invalid."""
    source, answers, vocabulary = content.source, content.answers, content.vocabulary
    if source is None or vocabulary is None:
        return lambda *_: []
    names, voices = vocabulary.names, vocabulary.voices
    day = format_day(source.published)
    origin = f"{source.title} {source.publisher} {source.place} {day}"
    answer_texts = [e.answer for e in answers.entries] + [g.line for g in answers.gaps]
    texts = " ".join([content.article.text, *answer_texts])
    ordinary = {*re.findall(r"\b[a-z]+\b", texts), *_OPENERS}

    def find(
        text: str, passages: Sequence[str], inferred: Inferred | None, voice: str | None
    ) -> list[str]:
        year = str(inferred.year) if inferred else ""
        support = [origin, *passages, year, voices.get(voice or "", "")]
        return find_unsupported(text, support, names, ordinary)

    return find


def _answers(content: Files, checker: _SupportChecker) -> Iterator[Problem]:
    file, article = content.yaml["answers.yaml"], content.article
    for place, item in content.items():
        if isinstance(item, EntryItem):
            text, where = item.answer, (*place, "answer")
            quotes: list[tuple[Place, str]] = [
                ((*place, "passages", n), p) for n, p in enumerate(item.passages)
            ]
            unsupported = checker(text, item.passages, item.inferred, item.voice)
        else:
            text, where = item.line, (*place, "line")
            quotes = [((*place, "nearest"), item.nearest)] if item.nearest else []
            unsupported = []  # a gap names what the article does not mention
        misquoted = [(at, quote) for at, quote in quotes if article.cite(quote) is None]
        for at, quote in misquoted:
            yield file.problem(at, _misquoted(item.id, quote, article))
        if unsupported and not misquoted:  # what is misquoted may have it
            yield file.problem(
                where,
                f"'{item.id}' says {_quoted(unsupported)}, which appears in none of its passages;"
                " cite the passage that contains it, declare an inferred year, or leave it out",
            )
        for n, date in enumerate(item.key.date):
            if not any(_is_date(date, precision) for precision in _DATE_FORMS):
                yield file.problem(
                    (*place, "key", "date", n),
                    f"'{item.id}' has the key date: {date}, which is not a date; write it like"
                    " 2002, 2014-07 or 2019-08-02",
                )
        length = len(text) + sum(len(quote) for _, quote in quotes)
        if length > _MAX_LENGTH:
            yield file.problem(
                where,
                f"'{item.id}' is {length} characters long together with its passages, but a"
                f" Telegram message has room for {_MAX_LENGTH}; shorten the answer or cite less",
            )


def _events(content: Files, checker: _SupportChecker) -> Iterator[Problem]:
    if content.timeline is None:
        return
    file, article = content.yaml["timeline.yaml"], content.article
    entries = content.ids("entries")
    previous = ""
    for n, event in enumerate(content.timeline.events):
        place = ("events", n)
        if not _is_date(event.date, event.precision):
            form = {"year": "2002", "month": "2014-07", "day": "2019-08-02"}[event.precision]
            yield file.problem(
                (*place, "date"),
                f"'{event.date}' is not a date, or does not fit the precision '{event.precision}';"
                f" write it like {form}",
            )
        elif event.date < previous:
            yield file.problem(
                (*place, "date"),
                f"'{event.date}' is listed after '{previous}'; put the earlier date first",
            )
        elif article.cite(event.passage) is None:
            yield file.problem((*place, "passage"), _misquoted(event.date, event.passage, article))
        elif unsupported := _unsupported_in_event(event, checker):
            yield file.problem(
                (*place, "label"),
                f"the event of {event.date} says {_quoted(unsupported)}, which its passage does"
                " not; cite the passage that contains it or declare an inferred year",
            )
        previous = event.date
        if event.entry not in entries:
            yield file.problem(
                (*place, "entry"),
                f"the event of {event.date} refers to '{event.entry}', but there is no such entry;"
                " correct the id",
            )


def _quoted(words: Sequence[str]) -> str:
    """Words of an answer in quotes, with the characters in them that look like others."""
    strange = [describe_character(letter) for word in words for letter in lookalikes(word)]
    advice = f" (with {' and '.join(strange)}, which looks like another; type it again)"
    return " and ".join(f"'{word}'" for word in words) + (advice if strange else "")


def _is_date(text: str, precision: str) -> bool:
    if not re.fullmatch(_DATE_FORMS[precision], text):
        return False
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return year > 0 and day <= calendar.monthrange(year, month)[1]


def _unsupported_in_event(event: EventItem, checker: _SupportChecker) -> list[str]:
    parts = event.date.split("-")
    text = f"{event.label}. The year {parts[0]}."
    if len(parts) > 1:
        month = MONTHS[int(parts[1]) - 1]
        text += f" In {month}." if event.precision == "month" else f" On {int(parts[2])} {month}."
    return checker(text, [event.passage], event.inferred, None)


def _voices(content: Files) -> Iterator[Problem]:
    source = content.source
    if source is None or content.vocabulary is None:
        return
    words = set(re.findall(r"\w+", f"{content.article.text} {source.publisher} {source.place}"))
    for voice, label in content.vocabulary.voices.items():
        for name in re.findall(r"\b[A-Z]\w+", label):
            if name not in words:
                yield content.yaml["vocabulary.yaml"].problem(
                    ("voices", voice),
                    f"the voice '{voice}' is shown as '{label}', but '{name}' does not appear in"
                    " the article; write the name as the article does",
                )


def _misquoted(owner: str, quote: str, article: Article) -> str:
    nearest = article.nearest(quote)
    at = next(op for op in Levenshtein.opcodes(quote, nearest) if op.tag != "equal")
    quoted, actual = quote[at.src_start : at.src_end], nearest[at.dest_start : at.dest_end]
    names = ""
    if not (quoted + actual).isascii() and len(quoted) <= 1 and len(actual) <= 1:
        here, there = (describe_character(one) if one else "nothing" for one in (quoted, actual))
        names = f" (here: {here}; there: {there})"
    return (
        f"a passage of '{owner}' is not in article.txt: it says '{_around(quote, at.src_start)}'"
        f" where the article has '{_around(nearest, at.dest_start)}'{names}; copy the article's"
        " words exactly"
    )


def _around(text: str, at: int) -> str:
    return f"…{text[max(0, at - _CONTEXT) : at + 2 * _CONTEXT]}…"
