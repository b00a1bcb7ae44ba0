"""Writes every kind of row to a store, in a process that a test may kill."""

from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from bot.store import Answers, Questions, Store, Votes, answer_key
from bot.store.questions import Scrubbed

CHAT = 5


def write(path: Path, first: int, count: int, written: Connection) -> None:
    """Write rows for `count` numbers from `first` on; send each number once it is written."""
    store = Store(path)
    questions, votes, answers = Questions(store), Votes(store), Answers(store)
    for number in range(first, first + count):
        text = Scrubbed(f"question number{number % 7} of {number % 3} tolls")
        save = partial(questions.save, "unanswered", None, text)
        store.record([[save, partial(answers.save, CHAT, number, number, None, 1)]])
        key = answer_key(CHAT, number % 50)
        answered = store.now()
        votes.vote(key, number % 11, good=False, entry="a", answered_at=answered, text=text)
        votes.vote(
            key, number % 5, good=number % 2 == 0, entry="a", answered_at=answered, text=text
        )
        written.send(number)
    store.close()
