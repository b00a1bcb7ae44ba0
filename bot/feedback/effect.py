"""How drafts of entries would change the replies to other messages."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from bot.answering import Answerer, Reply
from bot.evaluation.mutate import FOLDS, left_out
from bot.evaluation.questions import Outcome, outcome
from bot.feedback.unanswered import NearestEntry, QuestionGroup
from bot.knowledge import Entry, Knowledge
from bot.language.text_list import TextList
from bot.text_layout import table

_SHOWN_CHANGES = 20
_NEAREST = 3  # entries to each phrasing of a draft, among which its effect is measured


@dataclass(frozen=True, slots=True)
class Draft:
    """Phrasings for an existing entry, or for a new one."""

    group: QuestionGroup
    nearest: NearestEntry
    entry: Entry  # without phrasings, if it is new
    phrasings: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A message with its replies before and after an edit."""

    text: str
    before: Reply
    after: Reply

    def concerns(self, edited: Collection[str]) -> bool:
        """Whether the reply differs in an edited entry; training anew moves others as well."""
        before, after = ((r.status, _shown_entry(r)) for r in (self.before, self.after))
        return before != after and (before[1] in edited or after[1] in edited)


@dataclass(frozen=True, slots=True)
class Effect:
    """What drafts change: outcomes for held-out phrasings, and replies in which it shows."""

    before: Counter[Outcome]
    after: Counter[Outcome]
    changes: Sequence[Change]  # among held-out phrasings
    saved_changes: Sequence[Change]  # among saved questions


def measure_effect(answerer: Answerer, drafts: Sequence[Draft], saved: Sequence[str]) -> Effect:
    """Ask held-out phrasings and `saved` questions of two bots, without and with the drafts."""
    rest, questions = left_out(nearby(answerer, drafts), 0)
    before, after = Answerer(rest), Answerer(apply_drafts(rest, drafts))
    asked = [
        Change(text, before.answer(text), after.answer(text))
        for text in tqdm(
            [*(q.text for q in questions), *saved], leave=False, disable=None, unit="q"
        )
    ]
    pairs = list(zip(questions, asked, strict=False))  # the saved questions come after these
    edited = {draft.entry.id for draft in drafts}
    return Effect(
        Counter(outcome(change.before, question.gold) for question, change in pairs),
        Counter(outcome(change.after, question.gold) for question, change in pairs),
        [change for _, change in pairs if change.concerns(edited)],
        [change for change in asked[len(questions) :] if change.concerns(edited)],
    )


def nearby(answerer: Answerer, drafts: Iterable[Draft]) -> Knowledge:
    """The knowledge with only the entries nearest to some drafts; others hardly notice them."""
    knowledge = answerer.knowledge
    names: set[str] = set()
    for draft in drafts:
        for text in (draft.entry.question, *draft.phrasings):
            ranked = answerer.compare(text).scores
            names.update([name for name in ranked if name in knowledge.entries][:_NEAREST])
    names.update(draft.entry.id for draft in drafts if not draft.is_new)
    return replace(
        knowledge,
        entries={
            name: replace(entry, related=tuple(r for r in entry.related if r in names))
            for name, entry in knowledge.entries.items()
            if name in names
        },
    )


def _shown_entry(reply: Reply) -> str | None:
    return reply.entry or next((s.entry for s in reply.suggestions), None)


def effect_lines(found: Effect, drafts: Sequence[Draft]) -> list[str]:
    """Describe the effect of drafts line by line."""
    edited = {draft.entry.id for draft in drafts}
    names: tuple[Outcome, ...] = ("right", "suggested", "missed", "wrong", "quiet", "false")
    rows = [(name, found.before[name], found.after[name]) for name in names]
    gained = [change for change in found.saved_changes if change.after.entry in edited]
    others = [change for change in found.saved_changes if change not in gained]
    first = (
        f"The effect of all drafts together on {found.before.total()} held-out phrasings, one in"
        f" {FOLDS}, of the entries nearest to them (`quiet` and `false` count those of gaps):"
    )
    last = (
        f"Of the groups of saved questions, the drafts would answer {len(gained)}, and"
        f" {len(others)} more would get a different reply{':' if others else '.'}"
    )
    return [
        first,
        "",
        *table(("outcome", "before", "after"), rows).splitlines(),
        "",
        f"{len(found.changes)} of these would get a different reply{':' if found.changes else '.'}",
        *_change_lines(found.changes),
        last,
        *_change_lines(others),
    ]


def _change_lines(changes: Sequence[Change]) -> list[str]:
    lines = [
        f"  {change.text!r}: {_short(change.before)} -> {_short(change.after)}"
        for change in changes[:_SHOWN_CHANGES]
    ]
    more = len(changes) - _SHOWN_CHANGES
    return [*lines, f"  and {more} more"] if more > 0 else lines


def _short(reply: Reply) -> str:
    return f"{reply.status} {_shown_entry(reply) or ''}".strip()


def apply_drafts(knowledge: Knowledge, drafts: Sequence[Draft]) -> Knowledge:
    """Add the drafts to the knowledge; a new entry cites nothing yet."""
    entries = dict(knowledge.entries)
    for draft in drafts:
        entry = entries.get(draft.entry.id, draft.entry)
        phrasings = TextList.of((*entry.phrasings, *draft.phrasings))
        entries[entry.id] = replace(entry, phrasings=phrasings)
    return replace(knowledge, entries=entries)
