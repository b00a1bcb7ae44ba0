"""Prints Markdown tables of accuracy and speed: `python -m tests.benchmarks`."""

import argparse
import time
from pathlib import Path

from rapidfuzz import fuzz

from bot.evaluation.command import gather
from bot.loading.cache import load_answerer
from tests.benchmarks.data import clinc, enlarged
from tests.benchmarks.measures import FALSE_ANSWERS, accuracy, speed
from tests.benchmarks.peers import Ours, Scan, fast_peers, peers
from tests.paths import ROOT

DATA = ROOT.parent / "shared" / "datasets" / "clinc150.json"
BUDGET = 10.0  # seconds for each row
REPEATS = 5  # of each message, with our own knowledge


def main() -> int:
    """Run the benchmarks that the options select."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="CLINC150 as one JSON file")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0], help="for choosing phrasings")
    parser.add_argument("--part", choices=["val", "test"], default="test")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[300, 1_500, 3_000, 30_000, 300_000]
    )
    parser.add_argument("--only", help="only rows whose name contains this")
    parser.add_argument(
        "--own", type=Path, nargs="+", help="only time these questions on our own knowledge"
    )
    options = parser.parse_args()
    if options.own:
        _own_knowledge(options.own)
        return 0
    if not options.data.is_file():
        parser.error(
            f"{options.data} not found; get it from github.com/clinc/oos-eval and pass --data"
        )
    for seed in options.seeds:
        _accuracy(options.data, seed, options.part, options.only or "")
    _speed(options.data, options.sizes, options.only or "")
    return 0


def _accuracy(data: Path, seed: int, part: str, only: str) -> None:
    task = clinc(data, seed, part)
    print(f"\nCLINC150, 10 phrasings per intent, seed {seed}, {part} questions\n")
    print(f"| | top-1 | top-3 | correct at {FALSE_ANSWERS:.0%} false answers |\n|---|---|---|---|")
    for name, build in peers().items():
        if only in name:
            result = accuracy(build(task.entries), task)
            row = f"| {name} | {result.top1:.3f} | {result.top3:.3f} | {result.correct:.3f} |"
            print(row, flush=True)


def _speed(data: Path, sizes: list[int], only: str) -> None:
    if sizes:
        print("\nMicroseconds per message, median and 99th percentile; seconds to build\n")
        print("| phrasings | | median | p99 | build |\n|---|---|---|---|---|")
    texts = [text for text, _ in clinc(data, 0, "test").questions[::15]]
    for size in sizes:
        entries = enlarged(data, size)
        for name, build in fast_peers().items():
            if only in name:
                start = time.perf_counter()
                ranker = build(entries)
                built = time.perf_counter() - start
                result = speed(ranker, texts, BUDGET)
                figures = f"{result.median:,.0f} | {result.p99:,.0f} | {built:.2f}"
                print(f"| {size:,} | {name} | {figures} |", flush=True)


def _own_knowledge(files: list[Path]) -> None:
    answerer = load_answerer()
    knowledge = answerer.knowledge
    texts = [q.text for _, questions in gather(files, knowledge) for q in questions]
    phrasings = {entry.id: entry.all_phrasings for entry in knowledge.entries.values()}
    count = sum(map(len, phrasings.values()))
    print(f"\nOur own {count:,} phrasings, {len(texts)} messages: microseconds per message\n")
    print("| | median | p99 |\n|---|---|---|")
    scan = Scan(phrasings, fuzz.token_sort_ratio)
    for name, ranker in (
        ("this matcher", Ours(answerer.compare)),
        ("rapidfuzz token_sort_ratio", scan),
    ):
        result = speed(ranker, texts, BUDGET, REPEATS)
        print(f"| {name} | {result.median:,.0f} | {result.p99:,.0f} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
