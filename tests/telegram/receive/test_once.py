"""If it is unknown whether an answer was delivered, it is sent once more, and not again."""

import pytest

from tests.fake_telegram import BotProcess, Chat, FakeTelegram, Json
from tests.fake_telegram.faults import FaultKind
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, free_port
from tests.waiting import wait_for_log

EARLIER_QUESTION = "How long do the works take?"


@pytest.fixture
def bot(make_bot: MakeBot) -> BotProcess:
    """Start a bot without rate limits."""
    return make_bot(SEND_LIMITS="false").start()


def chat_of(telegram: FakeTelegram, kind: str) -> Chat:
    """Make a chat with an earlier question and answer."""
    chat = telegram.private() if kind == "private" else telegram.group(kind=kind)  # type: ignore[arg-type]
    telegram.reply_to(ask(telegram, chat, EARLIER_QUESTION))
    telegram.wait_idle()
    return chat


def ask(telegram: FakeTelegram, chat: Chat, question: str = QUESTION) -> Json:
    """Ask a question, mentioning the bot in groups."""
    text = question if chat.kind == "private" else f"@{telegram.username} {question}"
    return telegram.say(text, chat=chat)


def starts(telegram: FakeTelegram, chat: Chat) -> list[bool]:
    """Whether each message the bot ever sent to a chat answers `QUESTION`."""
    return [message["text"].startswith(ANSWER) for message in telegram.sent(chat.id)]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("kind", ["private", "supergroup"])
@pytest.mark.parametrize(
    ("faults", "copies"),
    [(("502",), 1), (("drop before", "502"), 1), (("drop after",), 2)],
)
def test_a_failed_answer_is_sent_again_even_if_it_may_have_arrived(
    telegram: FakeTelegram, kind: str, faults: tuple[FaultKind, ...], copies: int
) -> None:
    """It arrives once if Telegram did not get the call, twice if only the response was lost."""
    chat = chat_of(telegram, kind)
    for fault in faults:
        telegram.faults.add(fault, "sendMessage", times=1)
    asked = ask(telegram, chat)
    telegram.wait_idle()
    assert starts(telegram, chat) == [False, *[True] * copies]
    shown = telegram.sent(chat.id)[-1]
    query = telegram.press("👍", shown)
    telegram.wait_for(lambda: telegram.answer_to(query), what="thanks for the vote")
    telegram.edit(asked, asked["text"].replace(QUESTION, EARLIER_QUESTION))
    telegram.wait_for(lambda: not shown["text"].startswith(ANSWER), what="the edited answer")
    assert telegram.violations == []


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_an_answer_sent_just_before_a_kill_is_sent_once_more(
    telegram: FakeTelegram, make_bot: MakeBot, mode: str
) -> None:
    """Answers in flight at the kill may arrive twice, but none is lost."""
    env: dict[str, str | None] = {}
    if mode == "webhook":
        port = str(free_port())
        env = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/updates", "WEBHOOK_PORT": port}
    bot = make_bot(SEND_LIMITS="false", **env).start()
    chats = [chat_of(telegram, kind) for kind in ("private", "group", "private", "supergroup")]
    telegram.faults.add("slow", "sendMessage", delay=5)
    for chat in chats:
        ask(telegram, chat)
    telegram.wait_for(
        lambda: sum(call.fault == "slow" for call in telegram.calls) == 4, what="four answers"
    )
    bot.kill()
    telegram.faults.clear()
    bot.start(ready=False)
    telegram.wait_idle()
    assert [starts(telegram, chat) for chat in chats] == [[False, True, True]] * 4
    assert telegram.violations == []


@pytest.mark.usefixtures("bot")
def test_equal_questions_get_an_answer_each(telegram: FakeTelegram) -> None:
    """The answer to one is never taken for the answer to another."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop before", "sendMessage", times=1)
    telegram.faults.add("502", "sendMessage", times=1, skip=1)
    for _ in range(3):
        ask(telegram, chat)
    telegram.wait_idle()
    assert starts(telegram, chat) == [False, True, True, True]


@pytest.mark.usefixtures("bot")
def test_every_try_of_a_follow_up_builds_on_what_came_before_it(telegram: FakeTelegram) -> None:
    """A retry does not build on its own answer, which was not sent yet."""
    chat = telegram.private()
    telegram.reply_to(ask(telegram, chat))
    telegram.wait_idle()
    telegram.faults.add("502", "sendMessage", times=4)  # more than one try of an update makes
    reply = telegram.reply_to(ask(telegram, chat, "why?"), timeout=30)
    assert "rust does not wait" in reply["text"]


def test_a_bot_blocked_between_tries_stops_retrying(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """A question is dropped if the bot is blocked after a failed try."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop before", "sendMessage", times=1)
    ask(telegram, chat)
    telegram.wait_for(lambda: any(call.fault for call in telegram.calls), what="a failure")
    chat.is_blocked = True
    wait_for_log(bot, "outcome=forbidden")
    telegram.wait_idle()
