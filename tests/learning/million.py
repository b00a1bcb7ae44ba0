"""Fills a store and measures the commands that read it: `python -m tests.learning.million`.

Twice: with questions as people ask them, many in the same words, and with no two alike. Time is
that of the whole command, start-up included; memory its largest resident set (Linux, macOS).
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.evaluation.typos import one_typo
from bot.knowledge import load_knowledge
from bot.scrubbing import Scrubbed
from bot.store import Store
from bot.store.database import KEPT_DAYS
from bot.store.questions import ADD, COUNT, row

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_COMMANDS = (
    ("unanswered",),
    ("unanswered", "--json"),
    ("unanswered", "--stub"),
    ("stats",),
    ("stats", "--png", "stats.png"),
)


def main() -> int:
    """Measure; status 1 if a command fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.learning.million", description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000_000)
    count = parser.parse_args().questions
    print(
        f"\n{count:,} questions\n\n| store | command | seconds | memory, MB |\n|---|---|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as temporary:
        failed = 0
        for name, distinct in (("as asked", False), ("no two alike", True)):
            path = Path(temporary) / f"{distinct}.sqlite3"
            fill(path, count, distinct=distinct)
            print(f"| {name} | {path.stat().st_size / 1e6:.0f} MB on disk | | |", flush=True)
            for command in _COMMANDS:
                status, seconds, memory = measure(path, command)
                failed += status != 0
                told = f"| {name} | {' '.join(command)} | {seconds:.1f} | {memory / 1e6:.0f} |"
                print(told if status == 0 else f"{told} FAILED: {status}", flush=True)
    return 1 if failed else 0


def fill(path: Path, count: int, *, distinct: bool) -> None:
    """Record so many questions over the last 90 days."""
    store = Store(path)
    today = store.today()
    days = random.Random(1)
    texts = questions(count, distinct=distinct)
    with store.transaction() as connection:
        for text in texts:
            day = today - days.randrange(KEPT_DAYS)
            connection.execute(ADD, row(Scrubbed(text), "unanswered", None, day))
        entries = list(load_knowledge().entries)
        for _ in range(count):
            what = days.choice(("answered", "answered", "suggested", "unanswered", "good", "bad"))
            entry = days.choice(entries) if what != "suggested" else ""
            connection.execute(COUNT, (today - days.randrange(KEPT_DAYS), what, entry))
    store.close()


def questions(count: int, *, distinct: bool) -> Iterator[str]:
    """Messages made of phrasings; with `distinct`, each has words that no other has."""
    source = random.Random(2)
    entries = load_knowledge().entries.values()
    phrasings = [text for entry in entries for text in entry.phrasings]
    source.shuffle(phrasings)
    for _ in range(count):
        # Few are asked by many: one in a hundred phrasings makes up about half of all.
        text = phrasings[int(len(phrasings) ** source.random()) - 1]
        words = text.split()
        if distinct:
            words = [*source.sample(words, min(len(words), 4)), word(source), word(source)]
        else:
            if source.random() < 0.3:
                words = one_typo(text, source).split()
            if source.random() < 0.3:
                words.insert(source.randrange(len(words) + 1), source.choice(phrasings).split()[0])
        yield " ".join(words)


def word(source: random.Random) -> str:
    """A word that is in no language."""
    return "".join(source.choices(_SYLLABLES, k=4))


def measure(path: Path, command: tuple[str, ...]) -> tuple[int, float, int]:
    """Run a command; its status, seconds, and bytes of memory at most."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *command],
        cwd=path.parent,
        env=os.environ | {"DATABASE_PATH": str(path), "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, time.perf_counter() - start, usage.ru_maxrss * unit


if __name__ == "__main__":
    raise SystemExit(main())
