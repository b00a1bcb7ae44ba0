"""One soak: people ask, calls fail, the process is killed, and the answers are counted."""

import math
import random
import socket
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from pathlib import Path

from bot.knowledge import load_knowledge
from tests.fake_telegram import BotProcess, Chat, FakeTelegram, Json, User
from tests.fake_telegram.log import Call
from tests.soak.counting import Comparison, compare
from tests.soak.faults import inject_faults

_MAX_PENDING = 150  # questions waiting at once; more than one getUpdates returns
_WINDOW = 4  # questions; see `compare`
_MAX_QUESTIONS = 24  # different ones
_IN_FLIGHT = 1.0  # seconds between a call and its response at most, with a "slow" fault
_STALLED = 120.0  # seconds without any progress after which the soak is given up
_NO_REASON = "no reason"


@dataclass(frozen=True)
class Plan:
    """The settings. `kill_every` is in seconds, 0 for never; `faults` is a share of all calls."""

    seed: int
    questions: int
    chats: int
    faults: float
    kill_every: float
    webhook: bool
    send_limits: bool
    folder: Path


@dataclass
class Result:
    """What happened."""

    asked: int = 0
    unanswered: int = 0
    astray: int = 0
    copies: Counter[str] = field(default_factory=Counter)  # by cause
    kills: list[float] = field(default_factory=list)  # times by `time.monotonic()`
    seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    token_lines: int = 0
    peak_memory: int = 0  # bytes, of one process

    @property
    def passed(self) -> bool:
        """Whether all was answered, in order, and twice only where that is unavoidable."""
        failures = self.unanswered + self.astray + self.refused.total() + self.token_lines
        return not failures and not self.copies[_NO_REASON]


@dataclass
class _Reader:
    chat: Chat
    user: User
    expected: list[str] = field(default_factory=list)


def soak(plan: Plan) -> Result:
    """Run one soak."""
    rng = random.Random(plan.seed)
    result = Result()
    with FakeTelegram(seed=plan.seed, retry_scale=0.2) as telegram, ExitStack() as stack:
        bot = stack.enter_context(_bot(telegram, plan)).start()
        answers = _collect_answers(telegram)
        readers = [_new_reader(telegram, n, rng) for n in range(plan.chats)]
        inject_faults(telegram, plan.faults)
        start = time.monotonic()
        killer = _Killer(bot, plan.kill_every, rng, result)
        confirmed, progress_at = -1, start
        while result.asked < plan.questions or telegram.unfinished():
            room = _MAX_PENDING - len(telegram.unfinished())
            for _ in range(min(room, plan.questions - result.asked)):
                _ask(telegram, readers[result.asked % plan.chats], answers, rng)
                result.asked += 1
                if plan.webhook and rng.random() < plan.faults / 7:
                    telegram.publish({"message": {"message_id": 1, "chat": {"id": 1}}})
            now = time.monotonic()
            if (count := telegram.updates.next_id - len(telegram.unfinished())) != confirmed:
                confirmed, progress_at = count, now
                killer.note_progress(now)
            if now - progress_at > _STALLED:
                break
            killer.kill_if_due(now)
            time.sleep(0.02)
        _wait_for_answers(telegram, readers)
        result.seconds = time.monotonic() - start
        telegram.faults.clear()
        result.peak_memory = max(result.peak_memory, bot.peak_memory())
        bot.terminate()
        if status := bot.wait():
            raise RuntimeError(f"the bot should exit with 0 on SIGTERM, not {status}")
        _count(telegram, readers, bot, result)
    return result


class _Killer:
    """Kills the process some seconds after progress was made, however slow the machine is."""

    def __init__(self, bot: BotProcess, every: float, rng: random.Random, result: Result) -> None:
        self._bot, self._every, self._rng, self._result = bot, every, rng, result
        self._next = math.inf

    def note_progress(self, now: float) -> None:
        """Schedule the next kill, if none is scheduled."""
        if self._every and self._next == math.inf:
            self._next = now + self._every * self._rng.uniform(0.7, 1.3)

    def kill_if_due(self, now: float) -> None:
        """Kill the process and start it again, if it is time."""
        if now < self._next:
            return
        bot, result = self._bot, self._result
        result.peak_memory = max(result.peak_memory, bot.peak_memory())
        bot.kill()
        bot.start(ready=False)
        result.kills.append(now)
        self._next = math.inf


def _bot(telegram: FakeTelegram, plan: Plan) -> BotProcess:
    plan.folder.mkdir(parents=True, exist_ok=True)
    env: dict[str, str | None] = {
        "SEND_LIMITS": "true" if plan.send_limits else "false",
    }
    if plan.webhook:
        port = _free_port()
        env |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}/updates", "WEBHOOK_PORT": str(port)}
    return BotProcess(telegram, plan.folder, env=env)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _collect_answers(telegram: FakeTelegram) -> dict[str, str]:
    """Ask some questions before faults begin; the same question always gets the same answer."""
    found: dict[str, str] = {}
    for entry in islice(
        filter(attrgetter("answerable"), load_knowledge().entries.values()), 2 * _MAX_QUESTIONS
    ):
        text = telegram.reply_to(telegram.say(entry.question))["text"]
        if text not in found.values():
            found[entry.question] = text
    telegram.wait_idle()
    return dict(list(found.items())[:_MAX_QUESTIONS])


def _new_reader(telegram: FakeTelegram, number: int, rng: random.Random) -> _Reader:
    user = telegram.user(f"Reader {number}")
    if rng.random() >= 0.25:
        return _Reader(telegram.private(user), user)
    # Messages in a basic group have no links, so a repeated answer is sent again in full.
    return _Reader(telegram.group(f"Group {number}", kind="group"), user)


def _ask(
    telegram: FakeTelegram, reader: _Reader, answers: dict[str, str], rng: random.Random
) -> Json:
    recent = reader.expected[-2 * _WINDOW :]
    question = rng.choice([q for q, answer in answers.items() if answer not in recent])
    reader.expected.append(answers[question])
    text = question if reader.chat.kind == "private" else f"@{telegram.username} {question}"
    return telegram.say(text, chat=reader.chat, user=reader.user)


def _wait_for_answers(telegram: FakeTelegram, readers: list[_Reader]) -> None:
    """Wait for answers to updates that the bot confirmed but still has in its inbox."""

    def done() -> bool:
        return not any(_compare(telegram, reader).unanswered for reader in readers)

    with suppress(TimeoutError):  # they will be counted as unanswered
        telegram.wait_for(done, _STALLED, "the last answers")


def _compare(telegram: FakeTelegram, reader: _Reader) -> Comparison:
    sent = [message["text"] for message in telegram.sent(reader.chat.id)]
    return compare(reader.expected, sent, _WINDOW)


def _count(telegram: FakeTelegram, readers: list[_Reader], bot: BotProcess, result: Result) -> None:
    calls: defaultdict[int, list[Call]] = defaultdict(list)  # by chat id
    for call in telegram.calls_of("sendMessage"):
        if isinstance(call.result, dict):
            calls[call.result["chat"]["id"]].append(call)
    for reader in readers:
        found = _compare(telegram, reader)
        result.unanswered += found.unanswered
        result.astray += found.astray
        originals = [calls[reader.chat.id][original] for original, _ in found.copies]
        result.copies.update(_cause(original, result.kills) for original in originals)
    result.refused.update(f"{c.method}: {c.refused}" for c in telegram.violations)
    result.faults.update(call.fault for call in telegram.calls if call.fault)
    secret = telegram.token.partition(":")[2]
    result.token_lines = sum(line.count(secret) for line in bot.log.splitlines())


def _cause(original: Call, kills: list[float]) -> str:
    """Why an answer was sent again."""
    if original.fault == "drop after":
        return "connection broke after the send"
    if any(abs(kill - original.at) <= _IN_FLIGHT for kill in kills):
        return "killed while in flight"
    return _NO_REASON
