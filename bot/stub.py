"""`unanswered --stub`: entries to begin with, and what they would change elsewhere."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import yaml

from bot.answering import Answerer
from bot.effect import effect, told
from bot.knowledge import Entry, Knowledge
from bot.knowledge.placeholders import TODO
from bot.likeness import Group
from bot.matching.text import tokens
from bot.scrubbing import GONE
from bot.unanswered import Asked, Nearest, day, nearest

_GROUPS = 5  # made into entries at once: what an editor does in one sitting
_PHRASINGS = 12  # of one group
_QUESTION = 80  # characters, as EntryItem allows
_IDENTIFIER = 40  # characters
_KEPT = 300  # groups of questions kept that are asked again

_HEAD = """\
# For answers.yaml, to be edited. An item whose id stands there already brings new phrasings for
# that entry: move them over and leave the rest. The others are new entries: fill in each TODO
# (`treaty-bot check` names those left), or make a gap of it if the article does not say it."""


class _Dumper(yaml.SafeDumper):
    """Sets lists off by two spaces, as answers.yaml does."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the library's signature
        super().increase_indent(flow, indentless=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """Phrasings for an entry that there is, or for a new one."""

    group: Group
    near: Nearest
    id: str
    topic: str
    question: str
    phrasings: tuple[str, ...]
    is_new: bool


def as_stub(asked: Asked, answerer: Answerer) -> str:
    """YAML to be edited, with its effect as comments."""
    made = drafts(asked.groups, answerer)
    if not made:
        return "# Nothing was kept that is still open."
    items = [_item(draft) for draft in made]
    kept = [group.text for group in asked.groups[:_KEPT]]
    found = effect(answerer.knowledge, partial(with_drafts, made=made), kept)
    lines = [f"# {line}".rstrip() for line in told(found, {draft.id for draft in made})]
    return "\n\n".join([_HEAD, "\n".join(lines), "entries:\n" + "\n\n".join(items)])


def drafts(groups: Iterable[Group], answerer: Answerer) -> list[Draft]:
    """Drafts for the groups asked most that need any."""
    made: list[Draft] = []
    ids = set(answerer.knowledge.entries)
    known = {_key(w) for entry in answerer.knowledge.entries.values() for w in entry.wordings}
    for group in groups:
        near = nearest(answerer, group.text)
        if len(made) == _GROUPS:
            break
        is_settled = near.settled or near.status == "smalltalk"
        if is_settled and not group.voted_wrong:
            continue
        wordings = [w.text.replace(GONE, " ") for w in group.wordings]
        phrasings = tuple(_distinct(wordings, known))[:_PHRASINGS]
        if phrasings:
            made.append(_draft(group, near, phrasings, answerer.knowledge, ids))
            ids.add(made[-1].id)
    return made


def _draft(
    group: Group, near: Nearest, phrasings: tuple[str, ...], knowledge: Knowledge, ids: set[str]
) -> Draft:
    entry = knowledge.entries.get(near.entry or "")
    if entry and near.status == "suggested":
        return Draft(group, near, entry.id, entry.topic, entry.question, phrasings, is_new=False)
    question = textwrap.shorten(phrasings[0].rstrip(" ?.!"), _QUESTION - 1, placeholder="") + "?"
    topic = entry.topic if entry else next(iter(knowledge.topics))
    name = _unused(question, ids)
    return Draft(group, near, name, topic, question[0].upper() + question[1:], phrasings, True)  # noqa: FBT003


def _unused(question: str, ids: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", " ".join(tokens(question)))
    stem = textwrap.shorten(words, _IDENTIFIER, placeholder="").replace(" ", "-") or "new-question"
    numbered = (f"{stem}-{number}" for number in range(2, len(ids) + 3))
    return next(name for name in (stem, *numbered) if name not in ids)


def _distinct(texts: Iterable[str], known: set[tuple[str, ...]]) -> Iterator[str]:
    """Texts whose words stand under no entry; from now on they do."""
    for text in texts:
        words = _key(text)
        if words and words not in known:
            known.add(words)
            yield " ".join(text.split())


def _key(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def with_drafts(knowledge: Knowledge, made: Sequence[Draft]) -> Knowledge:
    """The knowledge with the drafts in it; a new entry cites nothing yet."""
    entries = dict(knowledge.entries)
    for draft in made:
        entry = entries.get(draft.id)
        if entry is None:
            entry = Entry(draft.id, draft.topic, draft.question, (), TODO, (), known=True)
        entries[draft.id] = replace(entry, phrasings=(*entry.phrasings, *draft.phrasings))
    return replace(knowledge, entries=entries)


def _item(draft: Draft) -> str:
    group, near = draft.group, draft.near
    dates = dict.fromkeys([day(group.oldest).isoformat(), day(group.newest).isoformat()])
    nearby = f"{near.entry}, confidence {near.confidence:.2f}" if near.entry else "none"
    wrong = f"; {group.voted_wrong} times voted wrong" if group.voted_wrong else ""
    comment = f"  # asked {group.number} times, {' to '.join(dates)}{wrong}; nearest: {nearby}"
    fields: dict[str, object] = {"id": draft.id}
    if draft.is_new:
        fields |= {"topic": draft.topic, "question": draft.question}
    # No wording stands twice in the folder, and the first has become the question.
    others = [p for p in draft.phrasings if not draft.is_new or _key(p) != _key(draft.question)]
    fields["phrasings"] = others or [f"{TODO} another way to ask it"]
    if draft.is_new:
        fields["answer"] = f"{TODO} what the passages say"
        fields["passages"] = [f"{TODO} the article's own words, copied exactly"]
        fields["voice"] = "report"
    dumped = yaml.dump([fields], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return f"{comment}\n{textwrap.indent(dumped.rstrip(), '  ')}"
