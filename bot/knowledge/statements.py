"""Checks that quotations are verbatim, and that answers, events and voices say what they do."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, Levenshtein

from bot.errors import Problem
from bot.knowledge.article import Article
from bot.knowledge.format import EntryItem, Inferred
from bot.knowledge.provenance import Kind, find_unsupported, ordinary_words
from bot.knowledge.read import Files
from bot.knowledge.yaml_faults import TODO, block, describe_character, describe_lookalikes, which
from bot.knowledge.yaml_lines import Place
from bot.language.dates import date_spans, find_dates, format_day, parse_iso

# Telegram allows 4096 characters in a message; the source, notes and voices need the rest.
_MAX_LENGTH = 3500
_FEW = 3  # passages that may be wrong without the article being so
_WORDY = 120  # words: twice as many as a reply should have (STYLE.md); what is wrong can wait
_UNLIKE = 60  # percent alike; below, a passage is not a sentence of the article with slips
_CONTEXT = 20  # characters shown on each side of a difference
# What to do about words that no passage has, and what else about those of some kinds.
_MEND = "correct it, or quote the sentence of the article that has it, or leave it out"
_YEAR = '; if the article only implies the year, write: inferred: {{year: {0}, because: "…"}}'
_NO_NAME = "; if it is no name, begin the sentence with another word"
_PRECISIONS = {"year": "2002", "month": "2014-07", "day": "2019-08-02"}


def find_misstatements(content: Files) -> Iterator[Problem]:
    """What answers, events or voices say, although the article does not."""
    said = [*_statements(content)]
    ordinary = ordinary_words([content.article.text, *(one.text for one in said)])
    yield from _misquotations(said, content)
    lacking = {one.place: _unsupported(one, content, ordinary) for one in said}
    yield from _mispublished([*lacking.values()], content)
    wrong = [p for one in said for p in _misstated(one, lacking[one.place], content)]
    wrong += _imprecise(content)
    yield from wrong
    if "timeline.yaml" not in {problem.file for problem in wrong}:  # it would be a consequence
        yield from _unordered(content)
    yield from _voices(content, ordinary)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What an answer, a gap or an event says, and the passages that it cites, by place."""

    file: str
    place: Place
    owner: str
    text: str
    quotes: Mapping[Place, str]
    inferred: Inferred | None = None
    voice: str = ""
    is_gap: bool = False  # it names what the article does not mention
    dates: Mapping[Place, str] = field(default_factory=dict)  # of its key


def _statements(content: Files) -> Iterator[_Statement]:
    file = "answers.yaml"
    for place, item in content.items():
        if isinstance(item, EntryItem):
            quotes = _numbered((*place, "passages"), item.passages)
            dates = _numbered((*place, "key", "date"), item.key.date)
            where, text, inferred = (*place, "answer"), item.answer, item.inferred
            yield _Statement(file, where, item.id, text, quotes, inferred, item.voice, dates=dates)
        else:
            quotes = _numbered((*place, "nearest"), item.nearest)
            yield _Statement(file, (*place, "line"), item.id, item.line, quotes, is_gap=True)
    for place, event in content.events():
        quotes = {(*place, "passage"): event.passage}
        text = f"{event.label} ({parse_iso(event.date)})"
        where = (*place, "label")
        yield _Statement("timeline.yaml", where, event.date, text, quotes, event.inferred)


def _numbered(place: Place, texts: Iterable[str]) -> dict[Place, str]:
    return {(*place, number): text for number, text in enumerate(texts)}


def _mispublished(lacking: Sequence[dict[str, Kind]], content: Files) -> Iterator[Problem]:
    """One problem if the dateline has another day; what it supports is taken out of `lacking`."""
    source, dates = content.source, date_spans(content.article.dateline()[1][:_CONTEXT])
    told = next((date for date, start, _ in dates if start == 0 and date.day), None)
    if source and told and not told.agrees(parse_iso(str(source.published))):
        day = str(replace(told, year=None))
        if [words for words in lacking if words.pop(day, None)]:
            right = f"{told.year or source.published.year}-{told.month:02}-{told.day:02}"
            reason = f"“published: {source.published}” does not fit the article, dated {day}; write"
            yield content.yaml["source.yaml"].problem(("published",), f"{reason} {right}")


def _misstated(said: _Statement, lacking: dict[str, Kind], content: Files) -> Iterator[Problem]:
    file = content.yaml[said.file]
    length = len(said.text) + sum(map(len, said.quotes.values()))
    if length > _MAX_LENGTH:
        yield file.problem(
            said.place,
            f"'{said.owner}' is {length} characters long together with its passages, but a"
            f" Telegram message has room for {_MAX_LENGTH}; shorten the answer or cite less",
        )
        return
    if said.inferred and str(said.inferred.year) not in said.text:
        years = [words for words, kind in lacking.items() if _is_year(words, kind)]
        lacking = {words: kind for words, kind in lacking.items() if words not in years}
        told = f", but {' and '.join(years)} (line {file.line(said.place)})" if years else ""
        reason = f"'{said.owner}' does not say {said.inferred.year}, the year that is `inferred`"
        yield file.problem((*said.place[:-1], "inferred"), f"{reason}{told}; correct one of them")
    elif not lacking:
        yield from _misdated_key(said, content)
    if lacking and (count := len(said.text.split())) > _WORDY:
        reason = f"'{said.owner}' has {count} words, of which many are in none of its passages"
        yield file.problem(said.place, f"{reason}; shorten it first, to three sentences at most")
        return
    for kind in dict.fromkeys(lacking.values()):
        words = [word for word, its_kind in lacking.items() if its_kind == kind]
        listed = " and ".join(f"'{word}'" for word in words)
        strange = describe_lookalikes("".join(words))
        is_year = _is_year(words[0], kind)
        other = _YEAR.format(words[0]) if is_year else _NO_NAME if kind == "name" else ""
        shown = f" ({_around(said.text, said.text.find(words[0]))})"
        reason = f"'{said.owner}' says {listed}{shown}, which appears in none of its passages"
        place = said.place
        if said.file == "timeline.yaml":
            reason = f"this event's date or label says {listed}, which its passage does not"
            label = said.text.rpartition(" (")[0]
            place = place if words[0] in label else (*place[:-1], "date")
        yield file.problem(place, f"{reason}; {f'it {strange}' if strange else _MEND + other}")


def _misdated_key(said: _Statement, content: Files) -> Iterator[Problem]:
    """Dates in its key that neither it nor the article has; of a day that it has, in its year."""
    if not said.dates:
        return
    told = find_dates(said.text)
    anywhere = find_dates("\n".join([said.text, *said.quotes.values(), content.article.text]))
    if content.source:
        anywhere.append(parse_iso(str(content.source.published)))
    for place, written in said.dates.items():
        date = parse_iso(written)
        same_day = [other for other in told if other.tells(replace(date, year=None))]
        if not any(other.tells(date) for other in same_day or anywhere):
            reason = f"the key of '{said.owner}' has {date}, which neither its answer nor the"
            mend = "article says; correct it"
            yield content.yaml[said.file].problem(place, f"{reason} {mend}")


def _is_year(words: str, kind: Kind) -> bool:
    return kind == "date" and words.isdecimal()


def _unsupported(said: _Statement, content: Files, ordinary: Collection[str]) -> dict[str, Kind]:
    """The numbers, dates and names without support; none if a required file is invalid."""
    source, vocabulary = content.source, content.vocabulary
    is_verbatim = all(map(content.article.cite, said.quotes.values()))  # if not, it may have it
    if source is None or vocabulary is None or said.is_gap or not is_verbatim:
        return {}
    file = "vocabulary.yaml"
    written = {k: content.raw_keys(file, *at) for k, at in content.raw_keys(file, "names").items()}
    is_complete = {k: {*ids} for k, ids in written.items()} == {
        k: {*ids} for k, ids in vocabulary.names.items()
    }
    if not is_complete or said.voice not in {"", *vocabulary.voices}:
        return {}  # what is missing in the vocabulary may have it
    others = [
        f"{source.title} {source.publisher} {source.place} {format_day(source.published)}",
        TODO,  # a problem of its own
        str(said.inferred.year) if said.inferred else "",
        vocabulary.voices.get(said.voice, " ".join(vocabulary.voices.values())),
    ]
    quotes = [*said.quotes.values()]
    return find_unsupported(said.text, quotes, vocabulary.names, ordinary, *others)


def _imprecise(content: Files) -> Iterator[Problem]:
    """Events whose date does not fit their precision."""
    for place, event in content.events():
        file = content.yaml["timeline.yaml"]
        form, date = _PRECISIONS[event.precision], event.date
        if len(date) != len(form):
            reason = f"'{date}' does not fit the line “precision: {event.precision}”; write"
            fitting = next(name for name, like in _PRECISIONS.items() if len(like) == len(date))
            shorter = date[: len(form)] if len(date) > len(form) else f"like {form}"
            mend = f"“precision: {fitting}” there, or the date {shorter}"
            yield file.problem((*place, "date"), f"{reason} {mend}")


def _unordered(content: Files) -> Iterator[Problem]:
    """Events out of order: the fewest that must be moved."""
    events = [*content.events()]
    dates = [event.date for _, event in events]
    changes = Indel.opcodes(dates, sorted(dates))
    moved = [n for c in changes if c.tag == "delete" for n in range(c.src_start, c.src_end)]
    for n in moved:
        file = content.yaml["timeline.yaml"]
        later = [k for k, date in enumerate(dates) if date > dates[n] and k not in moved]
        where = f"above line {file.line(events[later[0]][0])} ({dates[later[0]]})" if later else ""
        reason = f"the events stand in the order of their dates; if {dates[n]} is right, move"
        at = file.line(events[n][0]) - 1
        lines = which(at, len(block(file.text.split("\n"), at)))
        yield file.problem((*events[n][0], "date"), f"{reason} {lines} {where or 'to the end'}")


def _voices(content: Files, ordinary: Collection[str]) -> Iterator[Problem]:
    source = content.source
    if source is None or content.vocabulary is None:
        return
    support = [content.article.text, source.publisher, source.place]
    for voice, label in content.vocabulary.voices.items():
        for name in find_unsupported(label, support, {}, ordinary):
            yield content.yaml["vocabulary.yaml"].problem(
                ("voices", voice),
                f"the voice '{voice}' is shown as '{label}', but '{name}' does not appear in the"
                " article; write the name as the article does",
            )


def _misquotations(said: Sequence[_Statement], content: Files) -> Iterator[Problem]:
    """A problem for each passage that is not verbatim; for several, if they differ in one thing."""
    article = content.article
    quotes = [(one, *quote) for one in said for quote in one.quotes.items()]
    wrong = [quote for quote in quotes if article.cite(quote[2]) is None]
    if len(wrong) > max(_FEW, len(quotes) / 4):
        reason = f"{len(wrong)} of {len(quotes)} passages are not in it, word for word"
        mend = "if you changed or replaced the article, put its own text back, with each paragraph"
        yield Problem("article.txt", None, f"{reason}; {mend} on one line")
        return
    alike: dict[object, list[tuple[str, int]]] = {}
    messages: dict[object, str] = {}
    for one, place, quote in wrong:
        difference, message = _misquoted(one.owner, quote, article)
        alike.setdefault(difference, []).append(content.yaml[one.file].location(place))
        messages.setdefault(difference, message)
    for difference, ((file, line), *others) in alike.items():
        places = ", ".join(f"{other}:{number}" for other, number in others[:_FEW])
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        same = f"; likewise {places}{more}" if others else ""
        yield Problem(file, line, messages[difference] + same)


def _misquoted(owner: str, quote: str, article: Article) -> tuple[object, str]:
    """In what a passage differs from the article, and what to do about it."""
    # The same words, but perhaps with an empty line between them.
    spaced = re.search(r"\s+".join(map(re.escape, quote.split())), article.text)
    pieces = re.split(r"\n\s*\n", spaced[0]) if spaced else []
    if len(pieces) > 1:
        parts = " and ".join(f"'{_around(piece, 0)}'" for piece in pieces)
        reason = f"a passage of '{owner}' runs over {len(pieces)} paragraphs of article.txt"
        return quote, f"{reason}; make a passage of each: {parts}"
    nearest = article.nearest(quote).strip()
    if fuzz.ratio(quote, nearest) < _UNLIKE:
        reason = f"a passage of '{owner}' is not in article.txt, nor is anything like it: '{quote}'"
        mend = "if a paragraph of article.txt is lost, put it back; otherwise copy a sentence from"
        return _UNLIKE, f"{reason}; {mend} article.txt, letter for letter"
    start = article.text.find(nearest)
    at = next(op for op in Levenshtein.opcodes(quote, nearest) if op.tag != "equal")
    line = article.text.count("\n", 0, start + at.dest_start) + 1
    quoted, actual = quote[at.src_start : at.src_end], nearest[at.dest_start : at.dest_end]
    names, difference = "", (quoted, actual, start + at.dest_start)
    both = quoted + actual
    is_seen = both.isascii() and both.isprintable() and not both.isspace()
    if not is_seen and len(quoted) <= 1 and len(actual) <= 1:
        here, there = (describe_character(one) if one else "nothing" for one in (quoted, actual))
        after = "".join(f" after “{word}”" for word in quote[: at.src_start].split()[-1:])
        names, difference = f" (here{after}: {here}; there: {there})", (quoted, actual, 0)
    return difference, (
        f"a passage of '{owner}' is not in article.txt: it says '{_around(quote, at.src_start)}'"
        f" where the article has '{_around(nearest, at.dest_start)}'{names}; copy the article's"
        f" words exactly, or if you changed line {line} of article.txt, put it back: the article"
        " stays as it was printed, misprints too"
    )


def _around(text: str, at: int) -> str:
    start, end = max(0, at - _CONTEXT), at + 2 * _CONTEXT
    shown = text[start:end].replace("\n", "⏎")
    return f"{'…' if start else ''}{shown}{'…' if text[end:] else ''}"
