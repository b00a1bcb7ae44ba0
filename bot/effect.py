"""What an edit of the knowledge changes elsewhere, by figures and reply by reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from bot.answering import Answerer, Reply
from bot.evaluation.outcomes import Outcome, outcome
from bot.knowledge import Entry, Knowledge
from bot.tables import table

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
