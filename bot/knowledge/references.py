"""Checks that what is referred to exists; tells a slip from what was renamed or deleted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from bot.errors import Problem
from bot.knowledge.files import PHRASINGS
from bot.knowledge.format import ID, EntryItem, GapItem
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.format_errors import BETWEEN_IDS
from bot.knowledge.nearest import choose, meant_word
from bot.knowledge.read import Files
from bot.knowledge.yaml_faults import describe_lookalikes
from bot.knowledge.yaml_lines import HEADLESS_HERE, Place
from bot.language.english import ACCEPTED, ANY_NAME, english

_MAX_LINES = 6  # listed of those where a word is used
_MAX_NAMES = 2  # that may be the new one


class _Use(NamedTuple):
    """A word that refers to something, with its place, its owner, and what it refers to."""

    file: str
    place: Place
    owner: str
    kind: str
    word: str


class _Declared(NamedTuple):
    """What may be referred to: words with their places, and others that need no declaration."""

    where: str
    file: str
    section: str
    words: Mapping[str, Place]
    others: Sequence[str] = ()
    # Other words for some, which an editor may write.
    labels: Mapping[str, Sequence[str]] = MappingProxyType({})


def reference_problems(content: Files) -> Iterator[Problem]:
    """One problem for each word that refers to nothing, and for each entry without phrasings."""
    declared, file = _declared(content), content.yaml["answers.yaml"]
    uses = [use for use in _uses(content) if use.kind in declared]
    used = {(declared[use.kind].section, use.word) for use in uses}
    missing: dict[tuple[str, str], list[_Use]] = {}
    for use in uses:
        known = declared[use.kind]
        if use.word not in known.words and use.word not in known.others:
            missing.setdefault((known.section, use.word), []).append(use)
    silent = {
        item.id: (*place, "id")
        for place, item in content.items()
        if not item.phrasings and (*place, "phrasings") not in file.locations
    }
    for (section, word), group in missing.items():
        known = declared[group[0].kind]
        free = [other for other in known.words if (section, other) not in used]
        if section == "entries" and (silent or len(group) == 1):
            free = [*silent]
        new = _renamed(word, free, section)
        silent = {id_: place for id_, place in silent.items() if id_ not in new}
        yield _describe(group, known, new, content)
    for id_, place in silent.items():
        where = f"{PHRASINGS}/{id_}.txt, one phrasing on each line"
        reason = f"'{id_}' has no phrasings; write how people ask it into {where}"
        yield file.problem(place, reason)


def _renamed(word: str, free: Sequence[str], section: str) -> Sequence[str]:
    """What may be the new name of a word, among those that nothing refers to."""
    if near := meant_word(word, free):
        return [near]
    return free if len(free) <= _MAX_NAMES and section in {"entries", "topics"} else []


def _describe(
    uses: Sequence[_Use], known: _Declared, new: Sequence[str], content: Files
) -> Problem:
    """The problem of a word that refers to nothing."""
    use, *others = uses
    choice = choose(use.word, known.words, known.labels, known.others)
    if others:
        return _lost(uses, known, new, choice, content)
    if file := content.yaml.get(use.file):
        return file.problem(use.place, _slip(use, known, choice, content))
    to = f" to {new[0]}.txt, as '{new[0]}' has no phrasings," if new else ""
    reason = f"answers.yaml has no entry '{use.word}'; rename this file{to} or delete it"
    return Problem(use.file, None, reason if new else f"{reason}; {choice}")


def _slip(use: _Use, known: _Declared, choice: str, content: Files) -> str:
    """What to say of a word that is used once."""
    word, parts = use.word, re.split(BETWEEN_IDS, use.word)
    if use.kind == "entry" and word in content.ids("gaps"):
        return f"'{word}', in '{use.owner}', is a gap; name an entry, which has an answer"
    if strange := describe_lookalikes(word):
        return f"'{word}' {strange}"
    if len(parts) > 1 and all(part in known.words for part in parts):
        return f"“{word}” is not one id but several; write: {', '.join(parts)}"
    is_new = known.section != "entries" and use.kind != "follow-up" and re.fullmatch(ID, word)
    if is_new and not choice.startswith("did you mean"):
        choice = f"add it there, or {choice}"
    return f"'{word}', in '{use.owner}', is not among {known.where}; {choice}"


def _lost(
    uses: Sequence[_Use], known: _Declared, new: Sequence[str], choice: str, content: Files
) -> Problem:
    """The problem of a word that is used often: it was renamed or deleted."""
    word, places = uses[0].word, _places(uses, content)
    if new:
        reason = (
            f"{' or '.join(map(repr, new))} may be the new name of '{word}', which is still used in"
            f" {places}; if so, write it there, too, or change it back; if you deleted '{word}',"
            " take it out of those lines"
        )
    else:
        is_needed = known.section in {"topics", "voices"} or uses[0].file == "timeline.yaml"
        is_needed |= uses[0].kind == "follow-up"  # of the words, there are only a few
        mend = choice if is_needed else "take it out of those lines"
        add = "write an entry with that id" if known.section == "entries" else "add it there"
        reason = (
            f"'{word}' is used in {places}, but is not among {known.where}; {add}, or put it back"
            f" if you deleted it, or {mend}"
        )
    place = known.words[new[0]] if len(new) == 1 else (known.section,)
    return content.yaml[known.file].problem(place, reason)


def _places(uses: Sequence[_Use], content: Files) -> str:
    """Where a word is used, such as "answers.yaml:40, 51 and phrasings/headline.txt"."""
    parts = []
    for name, group in groupby(uses, attrgetter("file")):
        file = content.yaml.get(name)
        lines = dict.fromkeys(str(file.line(use.place)) for use in group if file)
        more = f" and {len(lines) - _MAX_LINES} more lines" if len(lines) > _MAX_LINES else ""
        parts.append(f"{name}{':' * bool(lines)}{', '.join([*lines][:_MAX_LINES])}{more}")
    return " and ".join(parts)


def _declared(content: Files) -> Mapping[str, _Declared]:
    """For each kind of reference, which words there are.

    Kinds with an invalid word are left out: it is a problem already, and may be what is meant.
    """
    file = "answers.yaml"
    topics = f"the topics (line {content.yaml[file].line(['topics'])})"
    ids = content.ids("entries", "gaps")
    # An item among the gaps that is invalid may be an entry, misplaced.
    entries = {
        id_: place
        for id_, place in ids.items()
        if place[0] == "entries" or place[:2] in content.left_out
    }
    titles = {topic: [title] for topic, title in content.answers.topics.items()}
    questions = {item.id: [item.question] for _, item in content.items()}
    words = content.raw_keys(file, "topics")
    found = {"topic": _Declared(topics, file, "topics", words, labels=titles)}
    is_unique = len([*content.items()]) == len([*content.all_items()])
    if is_unique and HEADLESS_HERE not in [
        problem.message for problem in content.yaml[file].problems
    ]:
        where = "the ids of the entries"
        found["entry"] = _Declared(where, file, "entries", entries, labels=questions)
        where += " and gaps"
        found["entry or gap"] = _Declared(where, file, "entries", ids, labels=questions)
    if vocabulary := content.vocabulary:
        file, here = "vocabulary.yaml", "in vocabulary.yaml"
        kinds = content.raw_keys(file, "names")
        names = {kind: content.raw_keys(file, *place) for kind, place in kinds.items()}
        anybody = {id_: place for ids in names.values() for id_, place in ids.items()}
        cues = [cue for cue in english().follow_ups if cue not in {ANY_NAME, ACCEPTED}]
        shown = {voice: [label] for voice, label in vocabulary.voices.items()}
        written = {id_: w for ids in vocabulary.names.values() for id_, w in ids.items()}
        voices = content.raw_keys(file, "voices")
        found["voice"] = _Declared(f"the voices {here}", file, "voices", voices, labels=shown)
        where = f"the kinds of names {here}"
        found["kind"] = _Declared(where, file, "names", kinds, [*EntryKey.model_fields])
        where = f"the follow-up words or the ids of names {here}"
        found["follow-up"] = _Declared(where, file, "names", anybody, cues, written)
        for kind, members in {**names, "agent": anybody, "patient": anybody}.items():
            where = f"the {'name' if members is anybody else kind}s {here}"
            found[f"{kind} in its key"] = _Declared(where, file, "names", members, labels=written)
    return {
        kind: known
        for kind, known in found.items()
        if all(re.fullmatch(ID, word) for word in known.words)
    }


def _uses(content: Files) -> Iterator[_Use]:
    """Every reference; a file of phrasings refers to its entry."""
    for place, item in content.items():
        for here, kind, word in _uses_in(item):
            yield _Use("answers.yaml", (*place, *here), item.id, kind, word)
    for place, event in content.events():
        yield _Use("timeline.yaml", (*place, "entry"), event.date, "entry", event.entry)
    for cue in content.vocabulary.follow_ups if content.vocabulary else ():
        yield _Use("vocabulary.yaml", ("follow_ups", cue), "follow_ups", "follow-up", cue)
    for id_ in content.unclaimed:
        yield _Use(f"{PHRASINGS}/{id_}.txt", (), id_, "entry or gap", id_)


def _uses_in(item: EntryItem | GapItem) -> Iterator[tuple[Place, str, str]]:
    yield ("topic",), "topic", item.topic
    for n, target in enumerate(item.related):
        yield ("related", n), "entry", target
    if isinstance(item, EntryItem):
        yield ("voice",), "voice", item.voice
        for cue, target in item.follow_ups.items():
            yield ("follow_ups", cue), "follow-up", cue
            yield ("follow_ups", cue), "entry or gap", target
    roles = {"agent": item.key.agent, "patient": item.key.patient}
    for kind, ids in {**roles, **item.key.names}.items():
        yield ("key", kind), "kind", kind
        for id_ in ids:
            yield ("key", kind), f"{kind} in its key", id_
