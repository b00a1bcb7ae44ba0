"""Compares speed and memory with a bare echo bot: `python -m tests.soak.throughput`.

Each bot runs in its own process against a fake server, in turns, with all questions waiting when
it starts; the clock runs from the first answer to the last. Send limits are off: in production,
both would be held to Telegram's 30 messages a second.

The echo bot sends one message at a time and so also waits for the fake, about a millisecond per
message. The CPU time per answer leaves such waiting out, and depends less on other load.
"""

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.process import RUN_BOT

ECHO = ("-m", "tests.fake_telegram.echo_bot")
# Several, as a bot may remember what it was just asked.
QUESTIONS = (
    "When does the INF Treaty end?",
    "who signed the inf treaty",
    "What did Stoltenberg say about the missiles?",
    "why is the US leaving?",
    "is there going to be a new arms race",
)


@dataclass(frozen=True)
class Measured:
    """Answers per second, CPU seconds per answer, and peak resident memory in bytes."""

    rate: float
    cpu: float
    memory: int


def measure(command: tuple[str, ...], questions: int, chats: int, folder: Path) -> Measured:
    """Let one bot answer a number of questions from a number of private chats."""
    env: dict[str, str | None] = {"SEND_LIMITS": "false", "LOG_LEVEL": "INFO"}
    folder.mkdir()
    with FakeTelegram() as telegram, BotProcess(telegram, folder, env=env, command=command) as bot:
        people = [telegram.private() for _ in range(chats)]
        for number in range(questions):
            telegram.say(QUESTIONS[number % len(QUESTIONS)], chat=people[number % chats])
        bot.start()
        # The echo bot confirms updates before it answers, so the queue does not show its progress.
        telegram.wait_for(lambda: telegram.sent_count > 0, 60, "first answer")
        before, answered = bot.cpu_time(), telegram.sent_count
        telegram.wait_for(lambda: telegram.sent_count >= questions, 300, "answers")
        cpu = (bot.cpu_time() - before) / (questions - answered)
        times = [call.at for call in telegram.calls_of("sendMessage")]
        return Measured((questions - 1) / (times[-1] - times[0]), cpu, bot.peak_memory())


def main() -> int:
    """Print the figures of both bots and the ratios."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.throughput", description=__doc__)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[Measured]] = {"bare echo bot": [], "treaty-bot": []}
    with tempfile.TemporaryDirectory() as temporary:
        for turn in range(options.rounds):
            for (name, rows), command in zip(found.items(), (ECHO, RUN_BOT), strict=True):
                folder = Path(temporary) / f"{name} {turn}"
                rows.append(measure(command, options.questions, options.chats, folder))
    print(f"{options.questions} questions from {options.chats} chats, median of {options.rounds}")
    for name, rows in found.items():
        rate = statistics.median(row.rate for row in rows)
        cpu = statistics.median(row.cpu for row in rows) * 1000
        memory = max(row.memory for row in rows) / 2**20
        print(f"{name:14} {rate:6.0f} answers/s  {cpu:5.2f} ms of CPU each  {memory:5.0f} MiB peak")
    pairs = list(zip(found["treaty-bot"], found["bare echo bot"], strict=True))
    rates = statistics.median(ours.rate / echo.rate for ours, echo in pairs)
    cpus = statistics.median(echo.cpu / ours.cpu for ours, echo in pairs)
    print(f"ratio          {rates:6.2f}            {cpus:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
