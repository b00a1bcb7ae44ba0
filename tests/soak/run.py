"""One soak: people ask, calls fail, the process is killed, and all is counted at the end."""

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
from tests.soak.counting import Tally, match
from tests.soak.faults import order_faults

_OPEN = 150  # questions that wait at once, about: more than one getUpdates hands out
_REACH = 4  # questions by which an answer may be off; none comes twice within twice as many
_LEARNT = 24  # different questions
_ON_ITS_WAY = 0.5  # seconds that a call of a killed process may take to be carried out
_STALLED = 120.0  # seconds without any progress: the soak is over


@dataclass(frozen=True)
class Plan:
    """What to do. `kill_every` in seconds, 0 for never; `faults` is a share of all calls."""

    seed: int
    questions: int
    chats: int
    faults: float
    kill_every: float
    webhook: bool
    replicas: int
    limits: bool
    folder: Path


@dataclass
class Result:
    """What came of it."""

    seen: Tally = field(default_factory=Tally)  # by what the chats show in the end
    sent: Tally = field(default_factory=Tally)  # by all that was ever sent
    causes: Counter[str] = field(default_factory=Counter)  # of the copies sent
    kills: list[float] = field(default_factory=list)  # when, as `time.monotonic()` told
    seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    token_lines: int = 0
    peak_memory: int = 0  # bytes, of one process


@dataclass
class _Asked:
    chat: Chat
    user: User
    expected: list[str] = field(default_factory=list)


def soak(plan: Plan) -> Result:
    """Run it."""
    draw = random.Random(plan.seed)
    result = Result()
    with FakeTelegram(seed=plan.seed, retry_scale=0.2) as telegram, ExitStack() as stack:
        bots = [stack.enter_context(_bot(telegram, plan, n)) for n in range(plan.replicas)]
        for bot in bots:
            bot.start()
        answers = _learn(telegram)
        asked = [_newcomer(telegram, n, draw) for n in range(plan.chats)]
        order_faults(telegram, plan.faults)
        begun = time.monotonic()
        killer = _Killer(bots, plan.kill_every, draw, result)
        number, done, moved = 0, -1, begun
        while number < plan.questions or telegram.updates.pending:
            room = _OPEN - len(telegram.updates.pending)
            for _ in range(min(room, plan.questions - number)):
                _ask(telegram, asked[number % plan.chats], answers, draw)
                number += 1
                if plan.webhook and draw.random() < plan.faults / 7:
                    telegram.publish({"message": {"message_id": 1, "chat": {"id": 1}}})
            now = time.monotonic()
            if (state := telegram.updates.next_id - len(telegram.updates.pending)) != done:
                done, moved = state, now
                killer.headway(now)
            if now - moved > _STALLED:
                break
            killer.strike(now)
            time.sleep(0.02)
        _let_finish(telegram, asked)
        result.seconds = time.monotonic() - begun
        telegram.faults.clear()
        _let_take_back(telegram, asked)
        result.peak_memory = max(result.peak_memory, *(bot.peak_memory() for bot in bots))
        for bot in bots:
            bot.terminate()
        if statuses := [status for bot in bots if (status := bot.wait())]:
            raise RuntimeError(f"SIGTERM should end the bot with 0, not {statuses}")
        _count(telegram, asked, bots, result)
    return result


class _Killer:
    """Kills a process some seconds after there was headway, which a slow machine needs time for."""

    def __init__(
        self, bots: list[BotProcess], every: float, draw: random.Random, result: Result
    ) -> None:
        self._bots, self._every, self._draw, self._result = bots, every, draw, result
        self._next = math.inf

    def headway(self, now: float) -> None:
        """Tell of an update that was confirmed."""
        if self._every and self._next == math.inf:
            self._next = now + self._every * self._draw.uniform(0.7, 1.3)

    def strike(self, now: float) -> None:
        """Kill one and start it again, if it is time."""
        if now < self._next:
            return
        victim, result = self._draw.choice(self._bots), self._result
        result.peak_memory = max(result.peak_memory, victim.peak_memory())
        victim.kill()
        victim.start(ready=False)
        result.kills.append(now)
        self._next = math.inf


def _bot(telegram: FakeTelegram, plan: Plan, number: int) -> BotProcess:
    folder = plan.folder / f"replica-{number}"
    folder.mkdir(parents=True)
    env: dict[str, str | None] = {
        "SEND_LIMITS": "true" if plan.limits else "false",
        "DATABASE_PATH": str(plan.folder / "bot.sqlite3"),
    }
    if plan.webhook:
        port = _free_port()
        env |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}/updates", "WEBHOOK_PORT": str(port)}
        telegram.webhook.backends.append(f"http://127.0.0.1:{port}")
    return BotProcess(telegram, folder, env=env)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _learn(telegram: FakeTelegram) -> dict[str, str]:
    """Ask each question once, undisturbed: the same words always get the same reply."""
    found: dict[str, str] = {}
    for entry in islice(
        filter(attrgetter("known"), load_knowledge().entries.values()), 2 * _LEARNT
    ):
        text = telegram.reply_to(telegram.say(entry.question))["text"]
        if text not in found.values():
            found[entry.question] = text
    telegram.wait_idle()
    return dict(list(found.items())[:_LEARNT])


def _newcomer(telegram: FakeTelegram, number: int, draw: random.Random) -> _Asked:
    user = telegram.user(f"Reader {number}")
    in_group = draw.random() < 0.25
    if not in_group:
        return _Asked(telegram.private(user), user)
    # Messages of a basic group have no links, so that the same answer due again comes in full.
    return _Asked(telegram.group(f"Group {number}", kind="group"), user)


def _ask(
    telegram: FakeTelegram, asked: _Asked, answers: dict[str, str], draw: random.Random
) -> Json:
    lately = asked.expected[-2 * _REACH :]
    question = draw.choice([q for q, answer in answers.items() if answer not in lately])
    asked.expected.append(answers[question])
    text = question if asked.chat.kind == "private" else f"@{telegram.username} {question}"
    return telegram.say(text, chat=asked.chat, user=asked.user)


def _let_finish(telegram: FakeTelegram, asked: list[_Asked]) -> None:
    """Wait for what the bot confirmed but keeps in its database."""

    def done() -> bool:
        return all(len(telegram.sent(one.chat.id)) >= len(one.expected) for one in asked)

    with suppress(TimeoutError):  # then the count tells
        telegram.wait_for(done, _STALLED, "the last answers")


def _let_take_back(telegram: FakeTelegram, asked: list[_Asked]) -> None:
    """Wait until the copies are gone, as long as the bot may take to look for them."""

    def done() -> bool:
        return not any(match(one.expected, _left(telegram, one), _REACH).copies for one in asked)

    with suppress(TimeoutError):  # then the count tells
        telegram.wait_for(done, _STALLED, "the end of the last copies")


def _left(telegram: FakeTelegram, one: _Asked) -> list[str]:
    """What a chat shows of the bot."""
    ours = telegram.world.bot.id
    messages = list(one.chat.messages.values())
    return [message["text"] for message in messages if message.get("from", {}).get("id") == ours]


def _count(
    telegram: FakeTelegram, asked: list[_Asked], bots: list[BotProcess], result: Result
) -> None:
    sent: defaultdict[int, list[Call]] = defaultdict(list)
    for call in telegram.calls_of("sendMessage"):
        if isinstance(call.result, dict):
            sent[call.result["chat"]["id"]].append(call)
    for one in asked:
        calls = sent[one.chat.id]
        found = match(one.expected, [_text(call) for call in calls], _REACH)
        result.sent += found.tally
        result.causes.update(_cause(calls[a], calls[b], result.kills) for a, b in found.copies)
        result.seen += match(one.expected, _left(telegram, one), _REACH).tally
    result.refused.update(f"{c.method}: {c.refused}" for c in telegram.violations)
    result.struck.update(call.fault for call in telegram.calls if call.fault)
    half = telegram.token.partition(":")[2]
    result.token_lines = sum(line.count(half) for bot in bots for line in bot.log.splitlines())


def _text(call: Call) -> str:
    return str(call.result["text"]) if isinstance(call.result, dict) else ""


def _cause(first: Call, copy: Call, kills: list[float]) -> str:
    """Why an answer that was there was sent again."""
    if first.fault == "drop after":
        return "the line broke after the send"
    if any(first.at - _ON_ITS_WAY <= kill <= copy.at for kill in kills):
        return "killed before Telegram's answer came"
    return "no reason"
