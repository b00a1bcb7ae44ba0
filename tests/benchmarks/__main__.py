"""Prints Markdown tables of accuracy and speed: `python -m tests.benchmarks`."""

import argparse
import time
from pathlib import Path

from rapidfuzz import fuzz

from bot.evaluation.command import gather
from bot.loading.cache import load_answerer
from tests.benchmarks.data import clinc, enlarged
from tests.benchmarks.measures import FALSE_ANSWERS, accuracy, speed
from tests.benchmarks.peers import Ours, Scan, peers, scans
from tests.paths import ROOT

DATA = ROOT.parent / "shared" / "datasets" / "clinc150.json"
BUDGET = 10.0  # seconds for the messages of one row
REPEATS = 5  # of each message asked of our own knowledge


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="CLINC150 as one JSON file")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0], help="of the phrasings chosen")
    parser.add_argument("--part", choices=["val", "test"], default="test")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[300, 1_500, 3_000, 30_000, 300_000]
    )
    parser.add_argument("--only", help="rows whose name contains this")
    parser.add_argument(
        "--own", type=Path, nargs="+", help="ask our own knowledge these questions; nothing else"
    )
    options = parser.parse_args()
    if options.own:
        _own(options.own)
        return 0
    if not options.data.is_file():
        parser.error(
            f"no data at {options.data}: give --data, the file of github.com/clinc/oos-eval"
        )
    for seed in options.seeds:
        _accuracy(options.data, seed, options.part, options.only or "")
    _speed(options.data, options.sizes, options.only or "")
    return 0


def _accuracy(data: Path, seed: int, part: str, only: str) -> None:
    task = clinc(data, seed, part)
    print(f"\nCLINC150, 10 phrasings an intent, seed {seed}, {part} questions\n")
    print(f"| | top-1 | top-3 | right at {FALSE_ANSWERS:.0%} false answers |\n|---|---|---|---|")
    for name, build in peers().items():
        if only in name:
            found = accuracy(build(task.entries), task)
            row = f"| {name} | {found.top1:.3f} | {found.top3:.3f} | {found.right:.3f} |"
            print(row, flush=True)


def _speed(data: Path, sizes: list[int], only: str) -> None:
    if sizes:
        print("\nMicroseconds a message, median / 99th percentile; seconds to build\n")
        print("| phrasings | | median | p99 | build |\n|---|---|---|---|---|")
    texts = [text for text, _ in clinc(data, 0, "test").questions[::15]]
    for size in sizes:
        entries = enlarged(data, size)
        for name, build in scans().items():
            if only in name:
                start = time.perf_counter()
                ranker = build(entries)
                built = time.perf_counter() - start
                found = speed(ranker, texts, BUDGET)
                row = (
                    f"| {size:,} | {name} | {found.median:,.0f} | {found.p99:,.0f} | {built:.2f} |"
                )
                print(row, flush=True)


def _own(files: list[Path]) -> None:
    answerer = load_answerer()
    knowledge = answerer.knowledge
    texts = [question.text for question in gather(files, knowledge)]
    phrasings = {entry.id: entry.wordings for entry in knowledge.entries.values()}
    count = sum(map(len, phrasings.values()))
    print(f"\nOur own {count:,} phrasings, {len(texts)} messages: microseconds a message\n")
    print("| | median | p99 |\n|---|---|---|")
    scan = Scan(phrasings, fuzz.token_sort_ratio)
    for name, ranker in (
        ("this matcher", Ours(answerer.matcher)),
        ("rapidfuzz token_sort_ratio", scan),
    ):
        found = speed(ranker, texts, BUDGET, REPEATS)
        print(f"| {name} | {found.median:,.0f} | {found.p99:,.0f} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
