"""Checks ids, references and phrasings, and what is said in the article's name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.errors import Problem
from bot.knowledge.files import PHRASINGS
from bot.knowledge.format import EntryItem, GapItem, choose, subject
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.read import Files
from bot.knowledge.statements import find_misstatements
from bot.knowledge.yaml_lines import Place, YamlFile
from bot.language.english import ANY_NAME, english

TODO = "TODO"
_NAMES = "the names in vocabulary.yaml"


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


def _duplicate_ids(content: Files) -> Iterator[Problem]:
    chats = content.valid("smalltalk", content.vocabulary.smalltalk if content.vocabulary else ())
    for name, items in (("answers.yaml", content.items()), ("vocabulary.yaml", chats)):
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
    topics = list(content.raw("answers.yaml", "topics"))
    invalid_topics = any(place[0] == "topics" for place in content.left_out)
    entries, replies = content.ids("entries"), content.ids("entries", "gaps")
    for place, item in content.items():
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
                    f" or remove the reference ({choose(target, sorted(known))})",
                )


def _grouped(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem instead of those that differ only in the item: a renamed topic is one fault."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        reason = problem.message.partition("' ")[2]
        groups.setdefault((problem.file, reason), []).append(problem)
    for first, *others in groups.values():
        lines = ", ".join(str(problem.line) for problem in others)
        also = f" (so it is on {'lines' if others[1:] else 'line'} {lines})" if others else ""
        yield Problem(first.file, first.line, first.message + also)


def _unknown_words(content: Files) -> Iterator[Problem]:
    """A problem for each voice, name, kind of name and follow-up that vocabulary.yaml lacks."""
    if content.vocabulary is None:
        return
    file, voices = content.yaml["answers.yaml"], list(content.raw("vocabulary.yaml", "voices"))
    names = {k: list(ids) for k, ids in dict(content.raw("vocabulary.yaml", "names")).items()}
    cues = [cue for cue in english().follow_ups if cue != ANY_NAME]
    cues += [member for members in names.values() for member in members]
    for kind in names.keys() & EntryKey.model_fields.keys():
        reason = f"the kind '{kind}' of names has the name of another key of entries"
        problem = f"{reason}; choose another, such as {kind}-name"
        yield content.yaml["vocabulary.yaml"].problem(("names", kind), problem)
    for cue in content.vocabulary.follow_ups:
        if cue not in cues:
            reason = _unlisted("follow-up", cue, cues, _NAMES)
            problem = f"there is {reason}"
            yield content.yaml["vocabulary.yaml"].problem(("follow_ups", cue), problem)
    for place, item in content.items():
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
    for place, item in content.items():
        file = content.yaml["answers.yaml"]
        yield file, (*place, "question"), item.id, item.question
        for n, phrasing in enumerate(item.phrasings):
            yield file, (*place, "phrasings", n), item.id, phrasing
    if content.vocabulary is None:
        return
    file = content.yaml["vocabulary.yaml"]
    for place, chat in content.valid("smalltalk", content.vocabulary.smalltalk):
        for n, phrasing in enumerate(chat.phrasings):
            yield file, (*place, "phrasings", n), chat.id, phrasing
    for place, message in content.valid("elsewhere", content.vocabulary.elsewhere):
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
        *_todos(content.yaml),
        *_duplicate_ids(content),
        *_grouped([*_references(content), *_unknown_words(content)]),
        *_phrasing_problems(content),
        *find_misstatements(content),
    ]
