"""An answer of which nobody heard whether it arrived is looked for before it is sent again."""

import pytest

from tests.delivery.conftest import ANSWER, QUESTION, MakeBot, free_port, wait_for_log
from tests.fake_telegram import BotProcess, Chat, FakeTelegram, Json
from tests.fake_telegram.faults import Kind

BEFORE, OTHER = "How long do the works take?", "Why is the bridge being repaired?"
BY_WEBHOOK = "by webhook"


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
def test_whatever_breaks_an_answer_is_sent_once(telegram: FakeTelegram, kind: str) -> None:
    """After the send, before it, or both in turn: one message, which then works as any."""
    chat = chat_of(telegram, kind)
    rows: tuple[tuple[str, tuple[Kind, ...]], ...] = (
        (OTHER, ("drop after",)),
        (QUESTION, ("502", "drop before", "drop after")),
        ("Will the closure hurt the summer trade?", ("drop before", "502")),
    )
    for number, (question, faults) in enumerate(rows):
        for fault in faults:
            telegram.faults.add(fault, "sendMessage", times=1)
        asked = ask(telegram, chat, question)
        telegram.wait_idle()
        telegram.faults.clear()
        assert starts(telegram, chat) == [False, False, True, False][: number + 2]
    shown = telegram.sent(chat.id)[-1]
    query = telegram.press("👍 Right", shown)
    telegram.wait_for(lambda: telegram.answer_to(query), what="thanks for the vote")
    telegram.edit(asked, asked["text"].replace(rows[-1][0], QUESTION))
    telegram.wait_for(lambda: shown["text"].startswith(ANSWER), what="the edited answer")
    assert telegram.violations == []


@pytest.mark.parametrize("way", ["by polling", BY_WEBHOOK])
def test_an_answer_sent_just_before_a_kill_is_not_sent_again(
    telegram: FakeTelegram, make_bot: MakeBot, way: str
) -> None:
    """The next process finds it, among other people's messages and those to other chats."""
    env: dict[str, str | None] = {}
    if way == BY_WEBHOOK:
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
    telegram.say("Meanwhile", chat=telegram.private())
    bot.start(ready=False)
    telegram.wait_idle()
    wait_for_log(bot, "it is not sent again", times=4)
    assert [starts(telegram, chat) for chat in chats] == [[False, True]] * 4
    assert telegram.violations == []


def test_messages_that_the_bot_never_sees_are_not_taken_for_its_own(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """In a group with privacy mode the talk of others takes numbers as well."""
    telegram.world.privacy_mode = True
    bot = make_bot().start()
    chat = telegram.group()
    first, second = (telegram.user() for _ in range(2))
    telegram.faults.add("drop before", "sendMessage", times=1)
    telegram.say(f"/ask {QUESTION}", chat=chat, user=first)
    telegram.wait_for(lambda: any(call.fault for call in telegram.calls), what="a failure")
    for _ in range(5):
        telegram.say("And what about lunch?", chat=chat, user=second)
    telegram.faults.add("drop after", "sendMessage", times=1)
    telegram.wait_idle()
    assert starts(telegram, chat) == [True]
    assert bot.log.count("it is not sent again") == 1
    assert telegram.violations == []


@pytest.mark.usefixtures("bot")
def test_equal_questions_get_an_answer_each(telegram: FakeTelegram) -> None:
    """The answer to the one is never taken for the answer to the other."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop after", "sendMessage", times=1)
    telegram.faults.add("drop before", "sendMessage", times=1)
    telegram.faults.add("502", "sendMessage", times=1, skip=1)
    for _ in range(3):
        ask(telegram, chat)
    telegram.wait_idle()
    assert starts(telegram, chat) == [False, True, True, True]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("kind", ["drop after", "drop before"])
def test_a_message_without_buttons_is_sent_once(telegram: FakeTelegram, kind: Kind) -> None:
    """Who polls is alone: any unknown message of its own can only be the one."""
    chat = chat_of(telegram, "private")
    telegram.faults.add(kind, "sendMessage", times=1)
    asked = telegram.say(chat=chat, dice={"emoji": "🎲", "value": 3})
    assert "reply_markup" not in telegram.reply_to(asked)
    telegram.wait_idle()
    assert len(telegram.sent(chat.id)) == 2


@pytest.mark.usefixtures("bot")
def test_a_picture_is_sent_once(telegram: FakeTelegram) -> None:
    """Its buttons tell it as well; which file it is Telegram tells with the next one."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop after", "sendPhoto", times=1)
    for number in (1, 2):
        telegram.say("/timeline", chat=chat)
        telegram.wait_idle()
        assert ["photo" in message for message in telegram.sent(chat.id)] == [
            False,
            *[True] * number,
        ]
    assert telegram.violations == []


@pytest.mark.usefixtures("bot")
def test_a_follow_up_leans_on_what_came_before_it_in_every_try(telegram: FakeTelegram) -> None:
    """Not on its own answer, which did not go out yet."""
    chat = telegram.private()
    telegram.reply_to(ask(telegram, chat))
    telegram.wait_idle()
    telegram.faults.add("502", "sendMessage", times=4)  # more than one try of an update makes
    told = telegram.reply_to(ask(telegram, chat, "why?"), timeout=30)
    assert "rust does not wait" in told["text"]


@pytest.mark.usefixtures("bot")
def test_a_button_opens_an_answer_once(telegram: FakeTelegram) -> None:
    """What no message asked for is looked for as well."""
    chat = telegram.private()
    shown = telegram.reply_to(ask(telegram, chat))
    telegram.wait_idle()
    telegram.faults.add("drop after", "sendMessage", times=1)
    telegram.press(BEFORE, shown)
    telegram.wait_idle()
    assert len(telegram.sent(chat.id)) == 2


def test_a_blocked_bot_looks_no_further(telegram: FakeTelegram, bot: BotProcess) -> None:
    """Where it may not write any more the question is left, as without a failure before."""
    chat = chat_of(telegram, "private")
    telegram.faults.add("drop before", "sendMessage", times=1)
    ask(telegram, chat)
    telegram.wait_for(lambda: any(call.fault for call in telegram.calls), what="a failure")
    chat.is_blocked = True
    wait_for_log(bot, "outcome=forbidden")
    telegram.wait_idle()
