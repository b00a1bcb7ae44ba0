"""Finds phrasings that, asked word for word, would not get their own entry.

A message with exactly the words of a phrasing always gets the entry of that phrasing alone,
whatever else is similar (`Judge.judge`, `Answerer.verdicts`). So a phrasing can fail only if it has
no words, or the same words as one of another entry, once contractions, abbreviations, compounds and
links are read. This is decided by reading all phrasings, without training or asking.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from bot.answering.decide import ELSEWHERE
from bot.answering.learning import learn_reader, phrasings_by_name
from bot.answering.question_text import question_text
from bot.answering.small_talk import SMALLTALK
from bot.errors import Problem
from bot.knowledge import Knowledge
from bot.knowledge.read import Files
from bot.language.normalise import tokenize
from bot.language.reader import Reader, expand, expansions


class _Read(NamedTuple):
    """A phrasing with its words."""

    name: str
    text: str
    words: str


def self_test(content: Files, knowledge: Knowledge) -> Iterator[Problem]:
    """Yield a problem for each phrasing that does not get its own entry."""
    twins = _twins(knowledge)
    for file, place, owner, text in content.phrasings():
        name = SMALLTALK + owner if place[0] == "smalltalk" else owner
        winner, twin = twins.get(text, (name, text))
        if winner != name:
            is_own = winner != ELSEWHERE or twin in knowledge.vocabulary.elsewhere
            yield file.problem(place, _describe(text, owner, winner, twin, is_own=is_own))


def _twins(knowledge: Knowledge) -> dict[str, tuple[str, str]]:
    """For each phrasing that may not be alone with its words: who gets it, and by which phrasing.

    A phrasing without words gets ("", "").
    """
    by_name, table = phrasings_by_name(knowledge), expansions(knowledge.vocabulary.abbreviations)
    # A compound may be written as one word or as two, so at first only the letters are compared.
    same_letters: defaultdict[str, list[_Read]] = defaultdict(list)
    chats = {SMALLTALK + i.id: i.all_phrasings for i in knowledge.vocabulary.smalltalk}
    # As when a message is read: of two, the last gets it.
    for name, own in [*chats.items(), *sorted(by_name.items())]:
        for text in own:
            words = expand(tokenize(question_text(text)), table)
            same_letters["".join(words)].append(_Read(name, text, " ".join(words)))
    twins = {read.text: ("", "") for read in same_letters.pop("", ())}
    reader = cache(lambda: learn_reader(knowledge))  # which is slow, but rarely needed
    for group in same_letters.values():
        if len({read.name for read in group}) == 1:
            continue
        differ = len({read.words for read in group}) > 1
        joined = _joined(reader(), group) if differ else group
        winners = {read.words: (read.name, read.text) for read in joined}
        twins |= {read.text: winners[read.words] for read in joined}
    return twins


def _joined(reader: Reader, group: Sequence[_Read]) -> list[_Read]:
    """Read phrasings with the compounds that the bot joins."""
    return [read._replace(words=reader.read(question_text(read.text)).text) for read in group]


def _describe(text: str, owner: str, winner: str, twin: str, *, is_own: bool) -> str:
    """Say which reply a phrasing of `owner` gets instead of its own, and how to fix it."""
    got = f"is answered by '{winner}'"
    advice = f"'{winner}' has the same words in '{twin}': keep it only where it belongs"
    if winner.startswith(SMALLTALK):
        got = "is answered as small talk"
    elif not winner:
        got = "gets no answer: but for a link, a username or the like, it has no words"
        advice = "write how people ask, or delete it"
    elif winner == ELSEWHERE:
        got = "gets no answer"
    if not is_own:
        advice = f"it is an everyday message ('{twin}'), which no folder answers: reword it"
    return f"the phrasing '{text}' of '{owner}', asked as a question, {got}; {advice}"
