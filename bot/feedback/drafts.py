"""`unanswered --stub`: drafts of entries, and how they would change other replies."""

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from bot.answering import Answerer, Reply
from bot.evaluation.mutate import FOLDS, left_out
from bot.evaluation.questions import Outcome, outcome
from bot.feedback.scrub import REMOVED
from bot.feedback.unanswered import NearestEntry, QuestionGroup, UnansweredQuestions, nearest_entry
from bot.knowledge import Entry, Knowledge
from bot.knowledge.files import PHRASINGS
from bot.knowledge.scaffold import scalar
from bot.knowledge.yaml_faults import TODO
from bot.language.normalise import tokenize
from bot.language.text_list import TextList
from bot.text_layout import table

_SHOWN_CHANGES = 20
_MAX_DRAFTS = 5  # as many as an editor handles in one sitting
_MAX_PHRASINGS = 12  # of one draft
_QUESTION = 80  # characters, as EntryItem allows
_IDENTIFIER = 40  # characters
_MAX_SAVED = 300  # groups of saved questions to ask again
_NEAREST = 3  # entries to each phrasing of a draft, among which its effect is measured

_HEAD = f"""\
# Drafts for the knowledge folder; edit them before use. Copy the lines below the name of a file in
# phrasings/ to the end of that file. What is below "entry" is a new item for answers.yaml: fill in
# each {TODO} (`treaty-bot check` lists any that are left), or make it a gap if the article does not
# answer the question."""


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
            ranked = answerer.index.read(text).scores
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
    rows = [(name, str(found.before[name]), str(found.after[name])) for name in names]
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


def as_stub(unanswered: UnansweredQuestions, answerer: Answerer) -> str:
    """Drafts as YAML to edit, with their effect as comments."""
    drafts = make_drafts(unanswered.groups, answerer)
    if not drafts:
        return "# Nothing was saved that still needs an entry."
    saved = [group.text for group in unanswered.groups[:_MAX_SAVED]]
    found = measure_effect(answerer, drafts, saved)
    lines = [f"# {line}".rstrip() for line in effect_lines(found, drafts)]
    return "\n\n".join([_HEAD, "\n".join(lines), *map(_stub, drafts)])


def make_drafts(groups: Iterable[QuestionGroup], answerer: Answerer) -> list[Draft]:
    """Draft entries for the most frequent groups that are still open."""
    drafts: list[Draft] = []
    ids = set(answerer.knowledge.entries)
    known = {_key(w) for entry in answerer.knowledge.entries.values() for w in entry.all_phrasings}
    for group in groups:
        if len(drafts) == _MAX_DRAFTS:
            break
        nearest = nearest_entry(answerer, group.text)
        is_resolved = nearest.resolution or nearest.status == "smalltalk"
        if is_resolved and not group.voted_wrong:
            continue
        texts = [question.text.replace(REMOVED, " ") for question in group.questions]
        phrasings = tuple(_distinct(texts, known))[:_MAX_PHRASINGS]
        if phrasings:
            drafts.append(_draft(group, nearest, phrasings, answerer.knowledge, ids))
            ids.add(drafts[-1].entry.id)
    return drafts


def _draft(
    group: QuestionGroup,
    nearest: NearestEntry,
    phrasings: tuple[str, ...],
    knowledge: Knowledge,
    ids: set[str],
) -> Draft:
    entry = knowledge.entries.get(nearest.entry or "")
    if entry and nearest.status == "suggested":
        return Draft(group, nearest, entry, phrasings, is_new=False)
    question = textwrap.shorten(phrasings[0].rstrip(" ?.!"), _QUESTION - 1, placeholder="") + "?"
    question = question[0].upper() + question[1:]
    topic = entry.topic if entry else next(iter(knowledge.topics))
    new = Entry(
        _unused_id(question, ids), topic, question, TextList.of(()), TODO, (), answerable=True
    )
    return Draft(group, nearest, new, phrasings, is_new=True)


def _unused_id(question: str, ids: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", " ".join(tokenize(question)))
    stem = textwrap.shorten(words, _IDENTIFIER, placeholder="").replace(" ", "-") or "new-question"
    numbered = (f"{stem}-{number}" for number in range(2, len(ids) + 3))
    return next(name for name in (stem, *numbered) if name not in ids)


def _distinct(texts: Iterable[str], known: set[tuple[str, ...]]) -> Iterator[str]:
    """Yield the texts whose words are not in `known` yet, and add them."""
    for text in texts:
        words = _key(text)
        if words and words not in known:
            known.add(words)
            yield " ".join(text.split()).lstrip("# ")  # in a phrasing file, # starts a comment


def _key(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def apply_drafts(knowledge: Knowledge, drafts: Sequence[Draft]) -> Knowledge:
    """Add the drafts to the knowledge; a new entry cites nothing yet."""
    entries = dict(knowledge.entries)
    for draft in drafts:
        entry = entries.get(draft.entry.id, draft.entry)
        phrasings = TextList.of((*entry.phrasings, *draft.phrasings))
        entries[entry.id] = replace(entry, phrasings=phrasings)
    return replace(knowledge, entries=entries)


def _stub(draft: Draft) -> str:
    """The draft as YAML: an item for answers.yaml, if it is a new entry, and a phrasing file."""
    group, nearest, entry = draft.group, draft.nearest, draft.entry
    closest = f"{nearest.entry}, confidence {nearest.confidence:.2f}" if nearest.entry else "none"
    wrong = f"; marked as wrong {group.voted_wrong}×" if group.voted_wrong else ""
    asked = f"# asked {group.count}×, {group.dates}{wrong}; nearest: {closest}"
    # The first phrasing has become the question, and no phrasing may occur twice in the folder.
    others = [p for p in draft.phrasings if not draft.is_new or _key(p) != _key(entry.question)]
    lines = "\n  ".join(others or [f"{TODO} another way to ask it"])
    file = f"{PHRASINGS}/{entry.id}.txt: |\n  {lines}"
    if not draft.is_new:
        return f"{asked}\n{file}"
    return f"""{asked}
entry {entry.id}:
  - id: {entry.id}
    topic: {entry.topic}
    question: {scalar(entry.question)}
    answer: {TODO} what the passages say
    passages:
      - {TODO} the article's own words, copied exactly
    voice: report
{file}"""
