"""Checks ids, references and phrasings, and what is said in the article's name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.errors import Problem
from bot.knowledge.files import PHRASINGS
from bot.knowledge.format import EntryItem, GapItem, choose
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.read import Files
from bot.knowledge.statements import find_misstatements
from bot.knowledge.yaml_lines import Place, YamlFile
from bot.language.english import ANY_NAME, english


def _duplicate_ids(content: Files) -> Iterator[Problem]:
    for name, items in (("answers.yaml", content.items()), ("vocabulary.yaml", content.chats())):
        seen: dict[str, int] = {}
        for place, item in items:
            file = content.yaml[name]
            here = (*place, "id")
            if re.fullmatch(r"p\d+", item.id):
                reason = f"the id '{item.id}' is reserved for links to paragraphs (p1, p2, …)"
                yield file.problem(here, f"{reason}; choose another, with a word in it")
            if item.id in seen:
                both = f"stands on line {seen[item.id]} and here; one of them must have another"
                yield file.problem(here, f"the id '{item.id}' {both}")
            seen.setdefault(item.id, file.line(here))


def _unknown_words(content: Files) -> Iterator[Problem]:
    """One problem for the references to each word that there is not, wherever they are."""
    known = _known_words(content)
    missing: dict[tuple[str, str, str], list[Problem]] = {}
    for file, place, owner, what, word in _references(content):
        where, words = known.get(what, ("", [word]))
        # An invalid vocabulary.yaml is a problem already.
        if word not in words and (content.vocabulary or "vocabulary" not in where):
            message = f"'{word}', in '{owner}', is not among {where} {choose(word, words)}"
            problem = content.yaml[file].problem(place, message)
            missing.setdefault((file, what, word), []).append(problem)
    for first, *others in missing.values():
        lines = ", ".join(str(problem.line) for problem in others)
        also = f" (so it is on {'lines' if others[1:] else 'line'} {lines})" if others else ""
        yield replace(first, message=first.message + also)


def _known_words(content: Files) -> Mapping[str, tuple[str, Sequence[str]]]:
    """For each kind of reference, where the words are declared, and which there are."""
    names = dict(content.raw("vocabulary.yaml", "names"))
    anybody = [id_ for ids in names.values() for id_ in ids]
    cues = [cue for cue in english().follow_ups if cue != ANY_NAME]
    members = {"agent": anybody, "patient": anybody, **names}
    add = "in vocabulary.yaml; add it there, or"
    topics = f"the topics (line {content.yaml['answers.yaml'].line(['topics'])}); add it there, or"
    return {
        "topic": (topics, content.ids("topics")),
        "voice": (f"the voices {add}", content.raw("vocabulary.yaml", "voices")),
        "entry": ("the ids of the entries;", content.ids("entries")),
        "entry or gap": ("the ids of the entries and gaps;", content.ids("entries", "gaps")),
        "follow-up": ("the follow-up words and the names in vocabulary.yaml;", [*cues, *anybody]),
        "kind": (f"the kinds of names {add}", [*EntryKey.model_fields, *names]),
        **{
            f"{kind} in its key": (f"the {'name' if ids is anybody else kind}s {add}", list(ids))
            for kind, ids in members.items()
        },
    }


def _references(content: Files) -> Iterator[tuple[str, Place, str, str, str]]:
    """Each reference with its file, place, owner and kind."""
    for place, item in content.items():
        for here, what, word in _references_of(item):
            yield "answers.yaml", (*place, *here), item.id, what, word
    for place, event in content.events():
        yield "timeline.yaml", (*place, "entry"), event.date, "entry", event.entry
    for cue in content.vocabulary.follow_ups if content.vocabulary else ():
        yield "vocabulary.yaml", ("follow_ups", cue), "follow_ups", "follow-up", cue


def _references_of(item: EntryItem | GapItem) -> Iterator[tuple[Place, str, str]]:
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


def _misused_names(content: Files) -> Iterator[Problem]:
    """A problem for each kind of names called like a key, and each entry related to itself."""
    for kind in content.raw("vocabulary.yaml", "names"):
        if kind in EntryKey.model_fields:
            problem = f"'{kind}' has another meaning in `key`; choose a word such as {kind}-name"
            yield content.yaml["vocabulary.yaml"].problem(("names", kind), problem)
    for place, item in content.items():
        if item.id in item.related:
            problem = f"'{item.id}' is related to itself; name another entry here, or none"
            yield content.yaml["answers.yaml"].problem((*place, "related"), problem)


def phrasings(content: Files) -> Iterator[tuple[YamlFile, Place, str, str]]:
    """The file, place, entry and text of each phrasing, small talk and "elsewhere" included."""
    for place, item in content.items():
        file = content.yaml["answers.yaml"]
        yield file, (*place, "question"), item.id, item.question
        for n, phrasing in enumerate(item.phrasings):
            yield file, (*place, "phrasings", n), item.id, phrasing
    for place, chat in content.chats():
        for n, phrasing in enumerate(chat.phrasings):
            yield content.yaml["vocabulary.yaml"], (*place, "phrasings", n), chat.id, phrasing
    elsewhere = content.vocabulary.elsewhere if content.vocabulary else ()
    for place, message in content.valid("elsewhere", elsewhere):
        yield content.yaml["vocabulary.yaml"], place, "elsewhere", message


def _phrasing_problems(content: Files) -> Iterator[Problem]:
    """A problem for each phrasing without words or used twice (one use would be unreachable)."""
    seen: dict[tuple[str, ...], str] = {}
    for file, place, owner, phrasing in phrasings(content):
        words = tuple(re.findall(r"\w+", phrasing.casefold()))
        if not words:
            reason = f"the phrasing '{phrasing}' of '{owner}' contains no words; write some"
            yield file.problem(place, reason)
            continue
        use = f"'{phrasing}' of '{owner}' ({':'.join(map(str, file.location(place)))})"
        first = seen.setdefault(words, use)
        if first is not use:
            reason = f"the phrasing '{phrasing}' of '{owner}' counts as the same as {first}"
            yield file.problem(place, f"{reason}; delete one of them")
    for place, item in content.items():
        file = content.yaml["answers.yaml"]
        if not item.phrasings and (*place, "phrasings") not in file.locations:
            yield file.problem(
                (*place, "id"),
                f"'{item.id}' has no phrasings; write how people ask it into"
                f" {PHRASINGS}/{item.id}.txt, one phrasing on each line",
            )


def verify(content: Files) -> list[Problem]:
    """Every problem that shows up only when the files are checked together."""
    return [
        *_duplicate_ids(content),
        *_misused_names(content),
        *_unknown_words(content),
        *_phrasing_problems(content),
        *find_misstatements(content),
    ]
