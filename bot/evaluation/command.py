"""`evaluate`: scores question files through the same answerer that people talk to."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tqdm import tqdm

from bot.answering import Answerer, Conversation
from bot.errors import InputError
from bot.evaluation import report
from bot.evaluation.mutate import LEFT_OUT, mutate
from bot.evaluation.outcomes import Result, Tally, outcome
from bot.evaluation.questions import Question, read_questions
from bot.evaluation.typos import with_typo
from bot.knowledge import Knowledge

_SEED = 20190705


def evaluate(knowledge: Knowledge, files: Sequence[Path], *, typos: bool = False) -> str:
    """Score question files; the report as text."""
    questions = gather(files, knowledge)
    if typos:
        source = random.Random(_SEED)  # noqa: S311 - repeatable, not secret
        questions = [with_typo(question, source) for question in questions]
    results = run(Answerer(knowledge), questions)
    titles = {entry.id: entry.question for entry in knowledge.entries.values()}
    parts = [
        report.confusions(results, titles),
        report.by_kind(results),
        report.by_entry(results),
        report.calibration(results),
        report.summary(Tally.of(results)),
    ]
    return "\n\n".join(part for part in parts if part)


def mutated(knowledge: Knowledge, at_most_wrong: float | None) -> int:
    """Print the mutation report; status 1 if left-out phrasings are answered wrongly too often.

    `at_most_wrong` is in percent.
    """
    text, rates = mutate(knowledge)
    print(text)
    wrong = 100 * next(rate.wrong_share for rate in rates if rate.kind == LEFT_OUT)
    if at_most_wrong is not None and wrong > at_most_wrong:
        print(f"{wrong:.1f} % wrong answers, {at_most_wrong} % allowed", file=sys.stderr)
        return 1
    return 0


def gather(files: Sequence[Path], knowledge: Knowledge) -> list[Question]:
    """All questions of the files; raise `InputError` if there are none."""
    questions = [q for file in files for q in read_questions(file, knowledge.article)]
    if not questions:
        raise InputError("the files hold no question that addresses the bot")
    return questions


def run(answerer: Answerer, questions: Iterable[Question]) -> list[Result]:
    """Ask every question; later turns of a dialogue in the light of the earlier ones."""
    results = []
    for question in tqdm(list(questions), desc="asking", unit="q", leave=False):
        conversation = Conversation()
        for turn in question.turns:
            conversation = conversation.after(answerer.answer(turn, conversation))
        reply = answerer.answer(question.text, conversation if question.turns else None)
        results.append(Result(question, reply, outcome(reply, question.gold)))
    return results
