"""Checks that ids and references are valid, quotations verbatim and answers supported."""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar

from rapidfuzz.distance import Levenshtein

from bot.errors import Problem
from bot.knowledge.article import Article
from bot.knowledge.files import PHRASINGS
from bot.knowledge.format import EntryItem, EventItem, GapItem, Inferred, choose, subject
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.provenance import find_unsupported
from bot.knowledge.read import Files
from bot.knowledge.yaml_faults import describe_character, lookalikes
from bot.knowledge.yaml_lines import Place, YamlFile
from bot.language.dates import MONTHS, format_day
from bot.language.english import ANY_NAME, english
from bot.language.normalise import tokenize

TODO = "TODO"
_NAMES = "the names in vocabulary.yaml"
_Item = TypeVar("_Item")
_SupportChecker = Callable[[str, Sequence[str], Inferred | None, str | None], list[str]]


def _todos(files: Mapping[str, YamlFile]) -> Iterator[Problem]:
    """A problem for each value that still begins with `TODO`."""
    for file in files.values():
        for place, value in _values(file.data, ()):
            if value.startswith(TODO):
                yield file.problem(
                    place,
                    f"{subject(place)} has not been filled in yet;"
                    f" replace '{value}' with the right words",
                )


def _values(data: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _values(value, (*place, str(key)))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _values(value, (*place, number))


def _items(content: Files) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
    """Every valid entry and gap with its place in answers.yaml."""
    yield from _valid(content, "entries", content.answers.entries)
    yield from _valid(content, "gaps", content.answers.gaps)


def _valid(
    content: Files, section: str, items: Iterable[_Item]
) -> Iterator[tuple[tuple[str, int], _Item]]:
    """The valid items of a list with their places in the file, where others may be invalid."""
    places = ((section, n) for n in count() if (section, n) not in content.left_out)
    yield from zip(places, items, strict=False)


def _ids(content: Files, *lists: str) -> set[str]:
    """The ids that may be referred to, including those of invalid entries or gaps."""
    raw = [item for name in lists for item in _raw(content, "answers.yaml", name) or ()]
    written = [str(item.get("id")) for item in raw if isinstance(item, dict)]
    # An id with a capital or a Cyrillic letter is reported where it stands, and only there.
    return {*written, *("-".join(tokenize(id_)) for id_ in written)}


def _raw(content: Files, file: str, *keys: str) -> Any:  # noqa: ANN401 - unchecked YAML
    """The value as written, valid or not, so that an invalid one is not reported twice."""
    data = content.yaml[file].data if file in content.yaml else None
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data or ()


def _duplicate_ids(content: Files) -> Iterator[Problem]:
    chats = _valid(content, "smalltalk", content.vocabulary.smalltalk if content.vocabulary else ())
    for name, items in (("answers.yaml", _items(content)), ("vocabulary.yaml", chats)):
        seen: dict[str, int] = {}
        for place, item in items:
            line = content.yaml[name].line((*place, "id"))
            if re.fullmatch(r"p\d+", item.id):
                reason = f"the id '{item.id}' is that of a link to a paragraph of the article"
                yield Problem(name, line, f"{reason}; choose another, with a word in it")
            if item.id in seen:
                used = f"is already used on line {seen[item.id]}; choose another"
                yield Problem(name, line, f"the id '{item.id}' {used}")
            seen.setdefault(item.id, line)


def _references(content: Files) -> Iterator[Problem]:
    """A problem for each topic, voice, name or entry that an item refers to and there is not."""
    file = content.yaml["answers.yaml"]
    topics = list(_raw(content, "answers.yaml", "topics"))
    invalid_topics = any(place[0] == "topics" for place in content.left_out)
    entries, replies = _ids(content, "entries"), _ids(content, "entries", "gaps")
    for place, item in _items(content):
        if item.topic not in topics and not invalid_topics:
            reason = _unlisted("topic", item.topic, topics, "the topics at the top of the file")
            yield file.problem((*place, "topic"), f"'{item.id}' has {reason}")
        if item.id in item.related:
            yield file.problem(
                (*place, "related", item.related.index(item.id)),
                f"'{item.id}' is related to itself; remove that or name another entry",
            )
        targets: list[tuple[Place, str, set[str]]] = [
            ((*place, "related", n), target, entries) for n, target in enumerate(item.related)
        ]
        if isinstance(item, EntryItem):
            led_to = item.follow_ups.items()
            targets += [((*place, "follow_ups", cue), target, replies) for cue, target in led_to]
        for where, target, known in targets:
            if target not in known:
                yield file.problem(
                    where,
                    f"'{item.id}' refers to '{target}', but there is no such entry; correct the id"
                    f" or remove the reference ({choose(target, known)})",
                )


def _unknown_words(content: Files) -> Iterator[Problem]:
    """A problem for each voice, name, kind of name and follow-up that vocabulary.yaml lacks."""
    if content.vocabulary is None:
        return
    file, voices = content.yaml["answers.yaml"], list(_raw(content, "vocabulary.yaml", "voices"))
    names = {k: list(ids) for k, ids in dict(_raw(content, "vocabulary.yaml", "names")).items()}
    cues = [cue for cue in english().follow_ups if cue != ANY_NAME]
    cues += [member for members in names.values() for member in members]
    for cue in content.vocabulary.follow_ups:
        if cue not in cues:
            reason = _unlisted("follow-up", cue, cues, _NAMES)
            problem = f"there is {reason}"
            yield content.yaml["vocabulary.yaml"].problem(("follow_ups", cue), problem)
    for place, item in _items(content):
        if isinstance(item, EntryItem):
            if item.voice not in voices:
                reason = _unlisted("voice", item.voice, voices, "the voices in vocabulary.yaml")
                yield file.problem((*place, "voice"), f"'{item.id}' has {reason}")
            for cue in [cue for cue in item.follow_ups if cue not in cues]:
                reason = _unlisted("follow-up", cue, cues, _NAMES)
                yield file.problem((*place, "follow_ups", cue), f"'{item.id}' has {reason}")
        for kind, reason in _unknown_names(item, names):
            yield file.problem((*place, "key", kind), f"'{item.id}' has {reason}")


def _unknown_names(
    item: EntryItem | GapItem, names: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """The keys with kinds or ids that are not among `names`, each with what is wrong."""
    anybody = [member for members in names.values() for member in members]
    known = {"agent": anybody, "patient": anybody, **names}
    roles = {"agent": item.key.agent, "patient": item.key.patient}
    for kind, members in {**roles, **item.key.names}.items():
        if kind not in known:
            kinds = [*EntryKey.model_fields, *names]
            yield kind, _unlisted("kind of name in its key", kind, kinds, _NAMES)
            continue
        for member in members:
            if member not in known[kind]:
                yield kind, _unlisted(f"{kind} in its key", member, known[kind], _NAMES)


def _unlisted(what: str, word: str, known: Sequence[str], where: str) -> str:
    return (
        f"the {what} '{word}', which is not among {where}; add it there, or {choose(word, known)}"
    )


def phrasings(content: Files) -> Iterator[tuple[YamlFile, Place, str, str]]:
    """The file, place, entry and text of each phrasing, small talk and "elsewhere" included."""
    for place, item in _items(content):
        file = content.yaml["answers.yaml"]
        yield file, (*place, "question"), item.id, item.question
        for n, phrasing in enumerate(item.phrasings):
            yield file, (*place, "phrasings", n), item.id, phrasing
    if content.vocabulary is None:
        return
    file = content.yaml["vocabulary.yaml"]
    for place, chat in _valid(content, "smalltalk", content.vocabulary.smalltalk):
        for n, phrasing in enumerate(chat.phrasings):
            yield file, (*place, "phrasings", n), chat.id, phrasing
    for place, message in _valid(content, "elsewhere", content.vocabulary.elsewhere):
        yield file, place, "elsewhere", message


def _phrasing_problems(content: Files) -> Iterator[Problem]:
    """A problem for each phrasing without words or used twice (one use would be unreachable)."""
    seen: dict[tuple[str, ...], tuple[str, str, int]] = {}
    for file, place, owner, phrasing in phrasings(content):
        words = tuple(re.findall(r"\w+", phrasing.casefold()))
        if not words:
            reason = f"the phrasing '{phrasing}' of '{owner}' contains no words; write some"
            yield file.problem(place, reason)
            continue
        use = (owner, *file.location(place))
        first = seen.setdefault(words, use)
        if first is not use:
            yield file.problem(
                place,
                f"the phrasing '{phrasing}' of '{owner}' is already used by '{first[0]}'"
                f" ({first[1]}:{first[2]}); keep it only where it belongs",
            )
    for place, item in _items(content):
        file = content.yaml["answers.yaml"]
        if not item.phrasings and (*place, "phrasings") not in file.locations:
            yield file.problem(
                (*place, "id"),
                f"'{item.id}' has no phrasings; write how people ask it into"
                f" {PHRASINGS}/{item.id}.txt, one phrasing on each line",
            )


# Telegram allows 4096 characters in a message; the source, notes and voices need the rest.
_MAX_LENGTH = 3500
_CONTEXT = 20  # characters shown on each side of a difference
# Words that may start a sentence without being names, even if no text has them in lower case.
_OPENERS = frozenset({"according", "both", "each", "neither", "no", "nothing", "only", "yes"})
_DATE_FORMS = {
    "year": r"\d{4}",
    "month": r"\d{4}-(0[1-9]|1[0-2])",
    "day": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
}


def verify(content: Files) -> list[Problem]:
    """Every problem that shows up only when the files are checked together."""
    checker = _support_checker(content)
    return [
        *_todos(content.yaml),
        *_duplicate_ids(content),
        *_references(content),
        *_unknown_words(content),
        *_phrasing_problems(content),
        *_answers(content, checker),
        *_events(content, checker),
        *_voices(content),
    ]


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
    for place, item in _items(content):
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
    entries = _ids(content, "entries")
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
