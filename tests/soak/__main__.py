"""Prints what the bot held under faults and kills: `python -m tests.soak`."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak.run import Plan, Result, soak


def main() -> int:
    """Run one soak; status 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--faults", type=float, default=0.2, help="share of all calls")
    parser.add_argument(
        "--kill-every", type=float, default=5.0, help="seconds of headway, 0 for never"
    )
    parser.add_argument("--webhook", action="store_true", help="instead of long polling")
    parser.add_argument("--replicas", type=int, default=1, help="processes, with --webhook")
    parser.add_argument("--lift-limits", action="store_true", help="send as fast as it goes")
    parser.add_argument("--logs", type=Path, help="keep logs and database in this new folder")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so end the bot as well
    with tempfile.TemporaryDirectory() as temporary:
        plan = Plan(
            given.seed,
            given.questions,
            given.chats,
            given.faults,
            given.kill_every,
            given.webhook,
            given.replicas if given.webhook else 1,
            not given.lift_limits,
            given.logs or Path(temporary),
        )
        return _show(plan, soak(plan))


def _show(plan: Plan, result: Result) -> int:
    seen, sent = result.seen, result.sent
    way = f"webhook, {plan.replicas} replicas" if plan.webhook else "long polling"
    lines = {
        "way": f"{way}, seed {plan.seed}, limits {'kept' if plan.limits else 'lifted'}",
        "questions": f"{seen.asked} of {plan.questions} from {plan.chats} chats"
        f" in {result.seconds:.0f} s",
        "faults": ", ".join(f"{n} x {kind}" for kind, n in sorted(result.struck.items())),
        "kills": len(result.kills),
        "unanswered": seen.unanswered,
        "answered twice": f"{seen.copies} ({seen.copies / seen.asked:.2%}) shown in the end;"
        f" {sent.copies} ({sent.copies / sent.asked:.2%}) before copies were taken back",
        **{f"  {cause}": n for cause, n in sorted(result.causes.items())},
        "out of order or astray": seen.astray,
        "refused calls": sum(result.refused.values()),
        **{f"  {text}": n for text, n in result.refused.items()},
        "log lines with the token": result.token_lines,
        "peak memory": f"{result.peak_memory / 2**20:.0f} MiB",
    }
    for name, value in lines.items():
        print(f"{name:38} {value}")
    sound = seen.asked == plan.questions and not (
        seen.unanswered or seen.astray or result.refused or result.token_lines
    )
    return 0 if sound and seen.copies < seen.asked / 100 else 1


if __name__ == "__main__":
    sys.exit(main())
