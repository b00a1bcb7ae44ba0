"""Answers a second and memory beside a bare echo bot: `python -m tests.soak.throughput`.

Both run as processes of their own against the same kind of fake server, in turns, with all
questions waiting when they start; the clock runs from the first answer to the last. Limits are
lifted: Telegram's 30 messages a second are what either would keep to in earnest.

The echo bot sends one message at a time, so for each it also waits for the fake, about a
millisecond; beside the rates stands what an answer costs either in time of a processor. That is
also what a busy machine changes less.
"""

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.process import RUN

ECHO = ("-m", "tests.fake_telegram.echo_bot")
QUESTION = "When does the INF Treaty end?"


@dataclass(frozen=True)
class Measured:
    """Messages a second, processor seconds for each, and peak resident memory in bytes."""

    rate: float
    cost: float
    memory: int


def measure(command: tuple[str, ...], questions: int, chats: int, folder: Path) -> Measured:
    """Let one bot answer so many questions from so many private chats."""
    env: dict[str, str | None] = {"SEND_LIMITS": "false", "LOG_LEVEL": "INFO"}
    folder.mkdir()
    with FakeTelegram() as telegram, BotProcess(telegram, folder, env=env, command=command) as bot:
        people = [telegram.private() for _ in range(chats)]
        for number in range(questions):
            telegram.say(QUESTION, chat=people[number % chats])
        bot.start()
        # The echo bot confirms first and answers later, so the queue tells nothing of it.
        telegram.wait_for(lambda: telegram.number_sent > 0, 60, "first answer")
        before, answered = bot.processor_time(), telegram.number_sent
        telegram.wait_for(lambda: telegram.number_sent >= questions, 300, "answers")
        cost = (bot.processor_time() - before) / (questions - answered)
        times = [call.at for call in telegram.calls_of("sendMessage")]
        return Measured((questions - 1) / (times[-1] - times[0]), cost, bot.peak_memory())


def main() -> int:
    """Print both and the ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.throughput", description=__doc__)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found: dict[str, list[Measured]] = {"bare echo bot": [], "treaty-bot": []}
    with tempfile.TemporaryDirectory() as temporary:
        for turn in range(given.rounds):
            for (name, rows), command in zip(found.items(), (ECHO, RUN), strict=True):
                folder = Path(temporary) / f"{name} {turn}"
                rows.append(measure(command, given.questions, given.chats, folder))
    print(f"{given.questions} questions from {given.chats} chats, median of {given.rounds}")
    for name, rows in found.items():
        rate = statistics.median(row.rate for row in rows)
        cost = statistics.median(row.cost for row in rows) * 1000
        memory = max(row.memory for row in rows) / 2**20
        print(
            f"{name:14} {rate:6.0f} answers/s  {cost:5.2f} ms of CPU each  {memory:5.0f} MiB peak"
        )
    pairs = list(zip(found["treaty-bot"], found["bare echo bot"], strict=True))
    rates = statistics.median(ours.rate / echo.rate for ours, echo in pairs)
    costs = statistics.median(echo.cost / ours.cost for ours, echo in pairs)
    print(f"ratio          {rates:6.2f}            {costs:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
