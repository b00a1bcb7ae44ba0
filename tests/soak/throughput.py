"""Compares speed and memory with a bare echo bot: `python -m tests.soak.throughput`.

Each bot runs in its own process against a fake server of its own. They are asked in turns, so that
whatever slows down the machine slows down both. All that a bot does once it is warm is counted,
from fetching to recording. Send limits are off: in production, both would be held to Telegram's 30
messages a second.

The echo bot sends one message at a time and so also waits for the fake, about a millisecond per
message. The CPU time per answer leaves such waiting out, and depends less on other load.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.process import RUN_BOT

ECHO = ("-m", "tests.fake_telegram.echo_bot")
# The bot still knows how it read the last few messages, which saves it a tenth with these five; the
# sixty in tests/questions/dev/open.yaml show what it takes without.
QUESTIONS = (
    "When does the INF Treaty end?",
    "who signed the inf treaty",
    "What did Stoltenberg say about the missiles?",
    "why is the US leaving?",
    "is there going to be a new arms race",
)


class Rival:
    """A running bot and the people who ask it."""

    def __init__(
        self, stack: ExitStack, command: tuple[str, ...], folder: Path, chats: int
    ) -> None:
        env: dict[str, str | None] = {"SEND_LIMITS": "false", "LOG_LEVEL": "INFO"}
        folder.mkdir()
        self._telegram = stack.enter_context(FakeTelegram())
        self._people = [self._telegram.private() for _ in range(chats)]
        process = BotProcess(self._telegram, folder, env=env, command=command)
        self.bot = stack.enter_context(process).start()

    def ask(self, questions: int) -> float:
        """Have all ask at once; return the seconds until everybody has an answer."""
        telegram, people = self._telegram, self._people
        awaited = telegram.sent_count + questions
        with telegram.lock:
            for number in range(questions):
                telegram.say(QUESTIONS[number % len(QUESTIONS)], chat=people[number % len(people)])
        start = time.monotonic()
        telegram.wait_for(lambda: telegram.sent_count >= awaited, 300, "answers")
        return time.monotonic() - start


def main() -> int:
    """Print the figures of both bots and the ratios."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.throughput", description=__doc__)
    parser.add_argument("--questions", type=int, default=500, help="in each turn")
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--turns", type=int, default=10)
    options = parser.parse_args()
    total = options.turns * options.questions
    # The echo bot is last: what the other records after its last answer is counted, too.
    commands = {"treaty-bot": RUN_BOT, "bare echo bot": ECHO}
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        rivals = {
            name: Rival(stack, command, Path(temporary) / name, options.chats)
            for name, command in commands.items()
        }
        for rival in rivals.values():  # the first answers take longer
            rival.ask(options.questions)
        before = {name: rival.bot.cpu_time() for name, rival in rivals.items()}
        seconds = dict.fromkeys(rivals, 0.0)
        for _ in range(options.turns):
            for name, rival in rivals.items():
                seconds[name] += rival.ask(options.questions)
        cpu = {name: rival.bot.cpu_time() - before[name] for name, rival in rivals.items()}
        memory = {name: rival.bot.peak_memory() for name, rival in rivals.items()}
    print(f"{total} questions from {options.chats} chats, in {options.turns} turns")
    for name in rivals:
        print(
            f"{name:14} {total / seconds[name]:6.0f} answers/s"
            f"  {1000 * cpu[name] / total:5.2f} ms of CPU each"
            f"  {memory[name] / 2**20:5.0f} MiB peak"
        )
    ours, echo = rivals
    by_rate, by_cpu = seconds[echo] / seconds[ours], cpu[echo] / cpu[ours]
    print(f"ratio          {by_rate:6.2f}            {by_cpu:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
