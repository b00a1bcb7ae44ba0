"""`unanswered --stub`: drafts of entries."""

import re
import textwrap
from collections.abc import Iterable, Iterator

from bot.answering import Answerer
from bot.feedback.effect import Draft, effect_lines, measure_effect
from bot.feedback.scrub import REMOVED
from bot.feedback.unanswered import NearestEntry, QuestionGroup, UnansweredQuestions, nearest_entry
from bot.knowledge import Entry, Knowledge
from bot.knowledge.files import PHRASINGS
from bot.knowledge.scaffold import scalar
from bot.knowledge.yaml_faults import TODO
from bot.language.normalise import tokenize
from bot.language.text_list import TextList

_MAX_DRAFTS = 5  # as many as an editor handles in one sitting
_MAX_PHRASINGS = 12  # of one draft
_QUESTION = 80  # characters, as EntryItem allows
_IDENTIFIER = 40  # characters
_MAX_SAVED = 300  # groups of saved questions to ask again

_HEAD = f"""\
# Drafts for the knowledge folder; edit them before use. Copy the lines below the name of a file in
# phrasings/ to the end of that file. What is below "entry" is a new item for answers.yaml: fill in
# each {TODO} (`treaty-bot check` lists any that are left), or make it a gap if the article does not
# answer the question."""


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
