"""`evaluate`: scores question files through the same answerer that people talk to."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from tqdm import tqdm

from bot.answering import Answerer, Conversation
from bot.errors import InputError
from bot.evaluation import report
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
    return "\n\n".join(
        part
        for part in (
            report.confusions(results, titles),
            report.by_kind(results),
            report.summary(Tally.of(results)),
        )
        if part
    )


def gather(files: Sequence[Path], knowledge: Knowledge) -> list[Question]:
    """All questions of the files; raise `InputError` if there are none."""
    if not files:
        raise InputError("evaluate needs files of questions: treaty-bot evaluate FILE...")
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
