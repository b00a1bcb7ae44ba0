"""Nobody waits for those who have many messages waiting."""

from collections.abc import Callable

import pytest

from tests.fake_telegram import BotProcess, Chat, FakeTelegram
from tests.telegram.processes import QUESTION, MakeBot, free_port


@pytest.fixture(params=["polling", "webhook"])
def waiting_bot(request: pytest.FixtureRequest, make_bot: MakeBot) -> Callable[[], BotProcess]:
    """Start a bot, by polling or by webhook, with a long queue before it."""
    env: dict[str, str | None] = {"LOG_LEVEL": "INFO"}
    if request.param == "webhook":
        port = str(free_port())
        env |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}/updates", "WEBHOOK_PORT": port}
    return make_bot(**env).start


def ask(telegram: FakeTelegram, chat: Chat, times: int = 1) -> None:
    """Ask one question a number of times."""
    text = QUESTION if chat.kind == "private" else f"@{telegram.username} {QUESTION}"
    for _ in range(times):
        telegram.say(text, chat=chat, user=chat.user)


def answered_before(telegram: FakeTelegram, first: list[Chat], others: list[Chat]) -> int:
    """Wait until each of `first` has an answer; return how many `others` have by then."""
    telegram.wait_for(
        lambda: all(telegram.sent(chat.id) for chat in first), 60, "an answer for everybody"
    )
    return sum(len(telegram.sent(chat.id)) for chat in others)


def test_five_people_do_not_wait_for_one_with_1500_messages(
    telegram: FakeTelegram, waiting_bot: Callable[[], BotProcess]
) -> None:
    """They asked last, and are answered before a fifteenth of those messages are."""
    flooder, others = telegram.private(), [telegram.private() for _ in range(5)]
    ask(telegram, flooder, 1500)
    for chat in others:
        ask(telegram, chat)
    waiting_bot()
    assert answered_before(telegram, others, [flooder]) < 100


def test_forty_people_do_not_wait_for_three_busy_groups(
    telegram: FakeTelegram, waiting_bot: Callable[[], BotProcess]
) -> None:
    """After a downtime with 150 messages in each, the forty are answered before 100 of those."""
    groups = [telegram.group(f"Group {number}") for number in range(3)]
    others = [telegram.private() for _ in range(40)]
    for group in groups:
        ask(telegram, group, 150)
    for chat in others:
        ask(telegram, chat)
    waiting_bot()
    assert answered_before(telegram, others, groups) < 100
