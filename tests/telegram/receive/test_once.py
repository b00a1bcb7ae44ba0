"""How often an answer goes out when nobody heard whether it arrived: once more, and no more."""

import pytest

from tests.fake_telegram import BotProcess, Chat, FakeTelegram, Json
from tests.fake_telegram.faults import Kind
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, free_port, wait_for_log

BEFORE = "How long do the works take?"


@pytest.fixture
def bot(make_bot: MakeBot) -> BotProcess:
    """Start one bot that waits for no turn."""
    return make_bot(SEND_LIMITS="false").start()


def chat_of(telegram: FakeTelegram, kind: str) -> Chat:
    """Make a chat in which something was said before."""
    chat = telegram.private() if kind == "private" else telegram.group(kind=kind)  # type: ignore[arg-type]
    telegram.reply_to(ask(telegram, chat, BEFORE))
    telegram.wait_idle()
    return chat


def ask(telegram: FakeTelegram, chat: Chat, question: str = QUESTION) -> Json:
    """Put a question as it is put in such a chat."""
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
def test_an_answer_is_sent_again_only_if_it_may_not_have_arrived(
    telegram: FakeTelegram, kind: str, faults: tuple[Kind, ...], copies: int
) -> None:
    """What never left or was refused goes out once; what was cut off after the send, twice."""
    chat = chat_of(telegram, kind)
    for fault in faults:
        telegram.faults.add(fault, "sendMessage", times=1)
    asked = ask(telegram, chat)
    telegram.wait_idle()
    assert starts(telegram, chat) == [False, *[True] * copies]
    shown = telegram.sent(chat.id)[-1]
    query = telegram.press("👍 Right", shown)
    telegram.wait_for(lambda: telegram.answer_to(query), what="thanks for the vote")
    telegram.edit(asked, asked["text"].replace(QUESTION, BEFORE))
    telegram.wait_for(lambda: not shown["text"].startswith(ANSWER), what="the edited answer")
    assert telegram.violations == []


@pytest.mark.parametrize("way", ["by polling", "by webhook"])
def test_an_answer_sent_just_before_a_kill_goes_out_once_more(
    telegram: FakeTelegram, make_bot: MakeBot, way: str
) -> None:
    """What was on its way at the kill may go out twice, and nothing is lost."""
    env: dict[str, str | None] = {}
    if way == "by webhook":
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
    """The answer to the one is never taken for the answer to the other."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop before", "sendMessage", times=1)
    telegram.faults.add("502", "sendMessage", times=1, skip=1)
    for _ in range(3):
        ask(telegram, chat)
    telegram.wait_idle()
    assert starts(telegram, chat) == [False, True, True, True]


@pytest.mark.usefixtures("bot")
def test_a_follow_up_leans_on_what_came_before_it_in_every_try(telegram: FakeTelegram) -> None:
    """Not on its own answer, which did not go out yet."""
    chat = telegram.private()
    telegram.reply_to(ask(telegram, chat))
    telegram.wait_idle()
    telegram.faults.add("502", "sendMessage", times=4)  # more than one try of an update makes
    told = telegram.reply_to(ask(telegram, chat, "why?"), timeout=30)
    assert "rust does not wait" in told["text"]


def test_a_blocked_bot_tries_no_further(telegram: FakeTelegram, bot: BotProcess) -> None:
    """Where it may not write any more the question is left, as without a failure before."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop before", "sendMessage", times=1)
    ask(telegram, chat)
    telegram.wait_for(lambda: any(call.fault for call in telegram.calls), what="a failure")
    chat.is_blocked = True
    wait_for_log(bot, "outcome=forbidden")
    telegram.wait_idle()
