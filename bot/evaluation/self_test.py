"""Finds phrasings that, asked word for word, would not get their own entry.

A message with exactly the words of a phrasing always gets the entry of that phrasing alone,
whatever else is similar (`Judge.judge`, `Answerer.verdicts`). So a phrasing can fail only if it has
no words, or the same words as one of another entry, after contractions, abbreviations, compounds
and links are read. This is decided by reading all phrasings, without training or asking.
"""

from collections.abc import Iterator

from bot.answering.answerer import phrasings_by_name
from bot.answering.decide import ELSEWHERE, SMALLTALK
from bot.answering.message import question_text
from bot.errors import Problem
from bot.knowledge import Knowledge
from bot.knowledge.read import Files
from bot.knowledge.verify import phrasings
from bot.language.reader import Reader


def self_test(content: Files, knowledge: Knowledge) -> Iterator[Problem]:
    """Yield a problem for each phrasing that does not get its own entry."""
    by_name = phrasings_by_name(knowledge)
    pairs = [(name, text) for name in sorted(by_name) for text in by_name[name]]
    texts = [question_text(text) for _, text in pairs]
    answers = [entry.answer for entry in knowledge.answerable_entries()]  # their words are known
    vocabulary = knowledge.vocabulary
    _, readings = Reader.learn([*texts, *answers], vocabulary.synonyms, vocabulary.abbreviations)
    read = dict(
        zip([text for _, text in pairs], (reading.text for reading in readings), strict=False)
    )
    winners = {read[text]: (name, text) for name, text in pairs if read[text]}  # as in the index
    for file, place, owner, text in phrasings(content):
        name = SMALLTALK + owner if place[0] == "smalltalk" else owner
        winner, twin = winners.get(read[text], ("", ""))
        if winner != name:
            yield file.problem(place, _describe(text, owner, winner, twin))


def _describe(text: str, owner: str, winner: str, twin: str) -> str:
    """Say which reply a phrasing of `owner` gets instead of its own, and how to fix it."""
    got, advice = f"is answered by '{winner}'", f"'{winner}' has the same words in '{twin}'"
    if winner.startswith(SMALLTALK):
        got = "is answered as small talk"
    elif winner == ELSEWHERE or not winner:
        got = "gets no answer"
    advice = f"{advice}: keep it only where it belongs" if winner else "reword it"
    return f"the phrasing '{text}' of '{owner}', asked as a question, {got}; {advice}"
