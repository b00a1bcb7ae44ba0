"""Prints the bot's resident memory, at rest and as chats write: `python -m tests.soak.memory`."""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.soak.throughput import QUESTIONS

BATCH = 500  # chats that write at a time


def resident(bot: BotProcess) -> str:
    """The resident memory of the running process (Linux)."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return f"{int(line.split()[1]) / 1024:.0f} MiB"


def has_sent(telegram: FakeTelegram, least: int) -> bool:
    """Whether the bot has sent this many messages."""
    return telegram.sent_count >= least


def main() -> int:
    """Let as many chats as asked for write one question each."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.memory", description=__doc__)
    parser.add_argument("--chats", type=int, default=20_000)
    options = parser.parse_args()
    env: dict[str, str | None] = {"SEND_LIMITS": "false", "LOG_LEVEL": "INFO"}
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeTelegram() as telegram,
        BotProcess(telegram, Path(folder), env=env) as bot,
    ):
        bot.start(timeout=120)
        print(f"at rest          {resident(bot)}")
        for start in range(0, options.chats, BATCH):
            for number in range(start, start + BATCH):
                telegram.say(QUESTIONS[number % len(QUESTIONS)], chat=telegram.private())
            telegram.wait_for(partial(has_sent, telegram, start + BATCH), 300, "answers")
        print(f"after {start + BATCH:6} chats {resident(bot)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
