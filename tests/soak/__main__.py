"""Runs the bot through faults and kills, and prints what went wrong: `python -m tests.soak`."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak.run import Plan, Result, soak


def main() -> int:
    """Run one soak; exit status 1 if an answer was lost or needlessly sent twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--faults", type=float, default=0.2, help="share of calls that fail")
    parser.add_argument(
        "--kill-every", type=float, default=5.0, help="seconds of progress between kills, 0: never"
    )
    parser.add_argument("--webhook", action="store_true", help="instead of long polling")
    parser.add_argument("--lift-limits", action="store_true", help="send as fast as possible")
    parser.add_argument("--logs", type=Path, help="keep logs and database in this new folder")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the bot is stopped too
    with tempfile.TemporaryDirectory() as temporary:
        plan = Plan(
            options.seed,
            options.questions,
            options.chats,
            options.faults,
            options.kill_every,
            options.webhook,
            not options.lift_limits,
            options.logs or Path(temporary),
        )
        result = soak(plan)
    _print(plan, result)
    return 0 if result.passed and result.asked == plan.questions else 1


def _print(plan: Plan, result: Result) -> None:
    mode = "webhook" if plan.webhook else "long polling"
    copies = result.copies.total()
    lines = {
        "mode": f"{mode}, seed {plan.seed}, send limits {'on' if plan.send_limits else 'off'}",
        "questions": f"{result.asked} of {plan.questions} from {plan.chats} chats"
        f" in {result.seconds:.0f} s",
        "faults": ", ".join(f"{n} x {kind}" for kind, n in sorted(result.faults.items())),
        "kills": len(result.kills),
        "unanswered": result.unanswered,
        "answered twice": f"{copies} ({copies / result.asked:.2%})",
        **{f"  {cause}": n for cause, n in sorted(result.copies.items())},
        "astray": result.astray,
        "refused calls": result.refused.total(),
        **{f"  {text}": n for text, n in result.refused.items()},
        "log lines with the token": result.token_lines,
        "peak memory": f"{result.peak_memory / 2**20:.0f} MiB",
    }
    for name, value in lines.items():
        print(f"{name:38} {value}")


if __name__ == "__main__":
    sys.exit(main())
