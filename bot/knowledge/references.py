"""Checks that what is referred to exists; tells a slip from what was renamed or deleted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.errors import Problem
from bot.knowledge.files import PHRASINGS
from bot.knowledge.format import ID, EntryItem, GapItem, choose, closest
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.read import Files
from bot.knowledge.yaml_lines import Place
from bot.language.english import ANY_NAME, english

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
    advice: str = "add it there, or "


def reference_problems(content: Files) -> Iterator[Problem]:
    """One problem for each word that refers to nothing, and for each entry without phrasings."""
    declared, uses = _declared(content), [*_uses(content)]
    used = {(declared[use.kind].section, use.word) for use in uses if use.kind in declared}
    file = content.yaml["answers.yaml"]
    silent = {
        item.id: (*place, "id")
        for place, item in content.items()
        if not item.phrasings and (*place, "phrasings") not in file.locations
    }
    for group in _missing(declared, uses):
        known, word = declared[group[0].kind], group[0].word
        free = [w for w in known.words if (known.section, w) not in used]
        if known.section == "entries" and (silent or len(group) == 1):
            free = [*silent]
        new = _renamed(word, free)
        for id_ in new:
            silent.pop(id_, None)
        yield _describe(group, known, new, content)
    for id_, place in silent.items():
        yield file.problem(
            place,
            f"'{id_}' has no phrasings; write how people ask it into {PHRASINGS}/{id_}.txt, one"
            " phrasing on each line",
        )


def _missing(declared: Mapping[str, _Declared], uses: Sequence[_Use]) -> Sequence[Sequence[_Use]]:
    """The uses of each word that refers to nothing."""
    missing: dict[tuple[str, str], list[_Use]] = {}
    for use in uses:
        known = declared.get(use.kind)
        # An invalid word is a problem already, and may be the one that is meant.
        is_known = not known or use.word in known.words or use.word in known.others
        if known and not is_known and all(re.fullmatch(ID, word) for word in known.words):
            missing.setdefault((known.section, use.word), []).append(use)
    return [*missing.values()]


def _renamed(word: str, free: Sequence[str]) -> Sequence[str]:
    """What may be the new name of a word, among those that nothing refers to."""
    if near := closest(word, free):
        return [near]
    return free if len(free) <= _MAX_NAMES else []


def _describe(
    uses: Sequence[_Use], known: _Declared, new: Sequence[str], content: Files
) -> Problem:
    """The problem of a word that refers to nothing."""
    use, *others = uses
    file, word, names = content.yaml.get(use.file), use.word, " or ".join(map(repr, new))
    meant = choose(word, [*known.others, *known.words])
    if file and not others:
        reason = f"'{word}', in '{use.owner}', is not among {known.where}; {known.advice}{meant}"
        if use.kind == "entry" and word in content.ids("gaps"):
            reason = f"'{word}', in '{use.owner}', is a gap; name an entry, which has an answer"
        return file.problem(use.place, reason)
    if not others:
        to = f" to {new[0]}.txt, as '{new[0]}' has no phrasings," if new else ""
        reason = f"answers.yaml has no entry '{word}'; rename this file{to} or delete it"
        return Problem(use.file, None, reason if new else f"{reason}; {meant}")
    places = _places(uses, content)
    reason = (
        f"{names} may be the new name of '{word}', which is still used in {places}; if so, write"
        f" it there, too, or change it back; if you deleted '{word}', take it out there"
        if new
        else f"'{word}' is not, or no longer, among {known.where}, but used in {places}; if you"
        f" deleted it, take it out there, too; if not, {known.advice}{meant}"
    )
    place = known.words[new[0]] if len(new) == 1 else (known.section,)
    return content.yaml[known.file].problem(place, reason)


def _places(uses: Sequence[_Use], content: Files) -> str:
    """Where a word is used, such as "answers.yaml:40, 51 and phrasings/headline.txt"."""
    lines: dict[str, list[str]] = {}
    for use in uses:
        file = content.yaml.get(use.file)
        lines.setdefault(use.file, []).extend([str(file.line(use.place))] if file else [])
    parts = []
    for name, numbers in lines.items():
        shown = list(dict.fromkeys(numbers))
        more = f" and {len(shown) - _MAX_LINES} more lines" if len(shown) > _MAX_LINES else ""
        parts.append(f"{name}{':' if shown else ''}{', '.join(shown[:_MAX_LINES])}{more}")
    return " and ".join(parts)


def _declared(content: Files) -> Mapping[str, _Declared]:
    """For each kind of reference, which words there are; without those in an invalid file."""
    file = "answers.yaml"
    topics = f"the topics (line {content.yaml[file].line(['topics'])})"
    ids = content.ids("entries", "gaps")
    # An item among the gaps that is invalid may be an entry, misplaced.
    entries = {
        id_: place
        for id_, place in ids.items()
        if place[0] == "entries" or place[:2] in content.left_out
    }
    found = {"topic": _Declared(topics, file, "topics", content.raw_keys(file, "topics"))}
    if len([*content.items()]) == len([*content.all_items()]):  # no id is taken twice
        where = "the ids of the entries"
        found |= {
            "entry": _Declared(where, file, "entries", entries, advice=""),
            "entry or gap": _Declared(f"{where} and gaps", file, "entries", ids, advice=""),
        }
    if content.vocabulary is None:
        return found
    file = "vocabulary.yaml"
    voices, kinds = content.raw_keys(file, "voices"), content.raw_keys(file, "names")
    names = {kind: content.raw_keys(file, *place) for kind, place in kinds.items()}
    anybody = {id_: place for ids in names.values() for id_, place in ids.items()}
    cues = [cue for cue in english().follow_ups if cue != ANY_NAME]
    where = "the follow-up words and the names in vocabulary.yaml"
    found |= {
        "voice": _Declared("the voices in vocabulary.yaml", file, "voices", voices),
        "follow-up": _Declared(where, file, "names", anybody, cues, advice=""),
        "kind": _Declared(
            "the kinds of names in vocabulary.yaml", file, "names", kinds, [*EntryKey.model_fields]
        ),
    }
    for kind, members in {**names, "agent": anybody, "patient": anybody}.items():
        where = f"the {'name' if members is anybody else kind}s in vocabulary.yaml"
        found[f"{kind} in its key"] = _Declared(where, file, "names", members)
    return found


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
