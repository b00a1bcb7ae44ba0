"""`unanswered --stub`: entries to begin with, and what they would change elsewhere."""

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import yaml
from tqdm import tqdm

from bot.answering import Answerer, Reply
from bot.evaluation.questions import Outcome, outcome
from bot.feedback.scrub import REMOVED
from bot.feedback.unanswered import Group, Nearest, UnansweredQuestions, day, nearest
from bot.knowledge import Entry, Knowledge
from bot.knowledge.verify import TODO
from bot.language.normalise import tokens
from bot.text_layout import table

EVERY = 5  # of an entry's phrasings one in so many is left out, and asked instead
MOST_ASKED = 1000  # of those left out, evenly from all of them: it bounds the time
_CHANGES = 20  # told one by one

Edit = Callable[[Knowledge], Knowledge]


@dataclass(frozen=True, slots=True)
class Change:
    """A message that would get another reply."""

    text: str
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True)
class Effect:
    """What an edit changes: outcomes of phrasings left out, and each reply that differs."""

    before: Counter[Outcome]
    after: Counter[Outcome]
    changes: tuple[Change, ...]  # of phrasings left out
    kept: tuple[Change, ...]  # of questions kept


def effect(knowledge: Knowledge, edit: Edit, kept: Sequence[str]) -> Effect:
    """Ask phrasings left out, and questions `kept`, before an edit and after it."""
    rest, probes = _left_out(knowledge)
    bots = (Answerer(rest), Answerer(edit(rest)))
    before: Counter[Outcome] = Counter()
    after: Counter[Outcome] = Counter()
    changes = []
    for text, entry in tqdm(probes, "phrasings left out", leave=False, unit="q"):
        replies = [bot.answer(text) for bot in bots]
        gold = [(c.start, c.end) for c in entry.citations] if entry.known else []
        for reply, counts in zip(replies, (before, after), strict=True):
            counts[outcome(reply, gold)] += 1
        changes += _changed(text, *replies)
    bots = (Answerer(knowledge), Answerer(edit(knowledge)))
    asked = [
        _changed(text, *(bot.answer(text) for bot in bots))
        for text in tqdm(kept, "questions kept", leave=False, unit="q")
    ]
    return Effect(before, after, tuple(changes), tuple(c for found in asked for c in found))


def _left_out(knowledge: Knowledge) -> tuple[Knowledge, list[tuple[str, Entry]]]:
    """The knowledge without a fifth of each entry's phrasings; of these, those to be asked."""
    entries, probes = {}, []
    for entry in knowledge.entries.values():
        out = entry.phrasings[EVERY - 1 :: EVERY] or entry.phrasings[1:][-1:]
        probes += [(text, entry) for text in out]
        rest = tuple(text for text in entry.phrasings if text not in out)
        entries[entry.id] = replace(entry, phrasings=rest)
    return replace(knowledge, entries=entries), probes[:: -(-len(probes) // MOST_ASKED) or 1]


def _changed(text: str, before: Reply, after: Reply) -> list[Change]:
    same = (before.status, _leading(before)) == (after.status, _leading(after))
    return [] if same else [Change(text, before, after)]


def _leading(reply: Reply) -> str | None:
    return reply.entry or next((s.entry for s in reply.suggestions), None)


def told(found: Effect, edited: Collection[str]) -> list[str]:
    """The lines that tell it; `edited` are the ids of the entries added or widened."""
    names: tuple[Outcome, ...] = ("right", "suggested", "missed", "wrong", "quiet", "false")
    rows = [(name, str(found.before[name]), str(found.after[name])) for name in names]
    gained = [change for change in found.kept if change.after.entry in edited]
    others = [change for change in found.kept if change not in gained]
    first = (
        f"The effect of all of it, on {found.before.total()} phrasings left out, up to every"
        f" {EVERY}th of each entry (quiet and false are those of gaps):"
    )
    last = (
        f"Of the groups of questions kept, {len(gained)} would be answered by it, and"
        f" {len(others)} would get another reply otherwise{':' if others else '.'}"
    )
    return [
        first,
        "",
        *table(("outcome", "before", "after"), rows).splitlines(),
        "",
        f"{len(found.changes)} of them would get another reply{':' if found.changes else '.'}",
        *_listed(found.changes),
        last,
        *_listed(others),
    ]


def _listed(changes: Sequence[Change]) -> list[str]:
    lines = [
        f"  {change.text!r}: {_short(change.before)} -> {_short(change.after)}"
        for change in changes[:_CHANGES]
    ]
    more = len(changes) - _CHANGES
    return [*lines, f"  and {more} more"] if more > 0 else lines


def _short(reply: Reply) -> str:
    return f"{reply.status} {_leading(reply) or ''}".strip()


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


def as_stub(asked: UnansweredQuestions, answerer: Answerer) -> str:
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
        wordings = [w.text.replace(REMOVED, " ") for w in group.wordings]
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
