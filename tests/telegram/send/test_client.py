"""Every call stays within the limits, and one chat's or person's troubles stay its own."""

import datetime as dt
import json
from typing import Any

import pytest
from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.send import limits
from bot.telegram.send.client import Client
from bot.telegram.send.limits import SendLimits
from bot.telegram.send.transport import Http
from tests.fake_telegram import BotProcess, Chat, FakeTelegram
from tests.telegram.processes import QUESTION, MakeBot
from tests.waiting import wait_for_log

PRIVATE, OTHER, GROUP = 5, 6, -100


class Api(Http):
    """Stands in for Telegram: raises the errors given, then accepts."""

    def __init__(self) -> None:
        super().__init__(timeout=1.0)
        self.errors: list[TelegramError] = []
        self.calls: list[str] = []
        self.call = Client("", self, SendLimits(max_wait=0.0)).call

    async def fetch(
        self, method: str, url: str, data: dict[str, Any] | None = None, wait: float = 0.0
    ) -> tuple[int, bytes]:
        """Accept a call, or raise the next error."""
        assert (method, wait) == ("POST", 0.0)
        self.calls.append(url)
        if self.errors:
            raise self.errors.pop(0)
        chat = {"id": (data or {}).get("chat_id"), "type": "private"}
        result = {"message_id": 1, "date": 1, "chat": chat} if chat["id"] else True
        return 200, json.dumps({"ok": True, "result": result}).encode()


@pytest.fixture
def api() -> Api:
    """Telegram behind a client that waits for nothing."""
    current_update.set(UpdateProgress())
    return Api()


async def count(api: Api, endpoint: str, **data: Any) -> int:  # noqa: ANN401
    """How many calls may be made at once."""
    for number in range(1000):
        try:
            await api.call(endpoint, **data, text=str(number))
        except RetryAfter:
            return number
    return 1000


LIMITED = [
    ("sendMessage", PRIVATE, limits.PRIVATE_LIMIT[0]),
    ("editMessageText", PRIVATE, limits.PRIVATE_LIMIT[0]),
    ("sendMessage", GROUP, limits.GROUP_LIMIT[0]),
    ("editMessageText", GROUP, limits.GROUP_LIMIT[0]),
    ("editMessageReplyMarkup", GROUP, limits.GROUP_LIMIT[0]),
    ("getChatMember", GROUP, 1000),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("endpoint", "chat", "allowed"), LIMITED)
async def test_messages_and_edits_to_a_chat_are_limited(
    api: Api, endpoint: str, chat: int, allowed: int
) -> None:
    """An edit counts like a message; other calls are free, and other chats are not affected."""
    assert await count(api, endpoint, chat_id=chat) == allowed
    assert await api.call(endpoint, chat_id=OTHER)


@pytest.mark.anyio
@pytest.mark.parametrize("endpoint", ["answerInlineQuery", "answerCallbackQuery"])
async def test_the_answers_to_one_persons_queries_are_limited(api: Api, endpoint: str) -> None:
    """Another person's query is answered at once, and so are messages."""
    for person, allowed in ((1, limits.ANSWER_LIMIT[0]), (2, limits.ANSWER_LIMIT[0])):
        for _ in range(allowed):
            current_update.set(UpdateProgress(person=person))
            assert await api.call(endpoint)
        current_update.set(UpdateProgress(person=person))
        with pytest.raises(RetryAfter):
            await api.call(endpoint)
    assert await api.call("sendMessage", chat_id=PRIVATE)


@pytest.mark.anyio
async def test_a_press_is_answered_once(api: Api) -> None:
    """A second try of the update does not answer it again."""
    current_update.set(UpdateProgress(person=1))
    for _ in range(3):
        assert await api.call("answerCallbackQuery")
    assert len(api.calls) == 1


@pytest.mark.anyio
async def test_a_message_of_an_earlier_try_is_not_repeated(api: Api) -> None:
    """What failed is called again, and what arrived is not."""
    current_update.set(UpdateProgress(person=1))
    await api.call("sendMessage", chat_id=PRIVATE, text="first")
    api.errors = [NetworkError("lost")]
    with pytest.raises(NetworkError):
        await api.call("sendMessage", chat_id=PRIVATE, text="second")
    for text in ("first", "second"):
        await api.call("sendMessage", chat_id=PRIVATE, text=text)
    assert len(api.calls) == 3


@pytest.mark.anyio
async def test_a_429_without_a_chat_holds_nothing(api: Api) -> None:
    """Telegram limits the setters of the profile for hours; nobody has to wait for that."""
    api.errors = [RetryAfter(dt.timedelta(hours=8))] * 20
    for _ in range(20):
        with pytest.raises(RetryAfter):
            await api.call("setMyDescription")
    assert await api.call("sendMessage", chat_id=PRIVATE)


def test_eight_throttled_chats_stop_no_other(telegram: FakeTelegram, bot: BotProcess) -> None:
    """A ninth person is answered while eight are held."""
    bot.start()
    telegram.faults.add("429", "sendMessage", times=8, retry_after=55)
    for _ in range(8):
        telegram.say(QUESTION)
    telegram.wait_for(lambda: sum(call.fault == "429" for call in telegram.calls) == 8)
    assert telegram.reply_to(telegram.say(QUESTION))
    assert "as a whole" not in bot.log


def test_a_throttled_bot_waits_and_says_so(telegram: FakeTelegram, bot: BotProcess) -> None:
    """If Telegram refuses every chat, the bot soon stops asking, and loses nothing."""
    bot.start()
    fault = telegram.faults.add("429", "sendMessage", retry_after=2)
    chats = [telegram.private() for _ in range(60)]
    for chat in chats:
        telegram.say(QUESTION, chat=chat)
    wait_for_log(bot, "Telegram throttles the bot as a whole")
    telegram.faults.clear()
    assert fault.hits < 40
    telegram.wait_for(lambda: all(telegram.sent(chat.id) for chat in chats), what="all answers")


def _mute(telegram: FakeTelegram, chat: Chat) -> None:
    telegram.set_bot_status(chat, "restricted")
    chat.can_send_messages = False


def test_a_press_is_answered_where_the_bot_may_not_write(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """The button stops spinning, and says that it did not work."""
    bot.start()
    group = telegram.group("Readers")
    asked = telegram.say(f"/ask {QUESTION}", chat=group)
    reply = telegram.reply_to(asked)
    _mute(telegram, group)
    telegram.press(reply["reply_markup"]["inline_keyboard"][0][0]["text"], reply)
    (call,) = telegram.wait_for(lambda: telegram.calls_of("answerCallbackQuery"))
    assert call.params["text"] == "That didn't work. Telegram may not let me write here."
    telegram.wait_idle()
    assert "outcome=forbidden" in bot.log


def test_a_press_is_answered_before_a_long_wait(telegram: FakeTelegram, bot: BotProcess) -> None:
    """If Telegram holds the chat for minutes, the button doesn't spin for as long."""
    bot.start()
    reply = telegram.reply_to(telegram.say(QUESTION))
    telegram.faults.add("429", "sendMessage", retry_after=100)
    telegram.press(reply["reply_markup"]["inline_keyboard"][0][0]["text"], reply)
    (call,) = telegram.wait_for(lambda: telegram.calls_of("answerCallbackQuery"))
    assert "Your answer will come" in call.params["text"]


def test_the_edits_of_one_person_stay_within_the_limits(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """A question edited many times at once gets few edits; another person is answered."""
    bot = make_bot().start()
    asked = telegram.say(QUESTION)
    telegram.reply_to(asked)
    for number in range(30):
        telegram.edit(asked, f"How long do the works take?{'?' * number}")
    assert telegram.reply_to(telegram.say(QUESTION))
    assert len(telegram.calls_of("editMessageText")) <= limits.PRIVATE_LIMIT[0] + 1
    assert bot.is_running()


def test_the_inline_queries_of_one_person_make_nobody_wait(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """While forty of one person wait, another person's is answered."""
    make_bot().start()
    telegram.faults.add("slow", "answerInlineQuery", delay=0.2)
    ann, ben = telegram.user("Ann"), telegram.user("Ben")
    flood = [telegram.inline(f"bridge {number}", ann) for number in range(40)]
    wanted = telegram.inline("bridge", ben)
    telegram.wait_for(lambda: telegram.answer_to(wanted), what="an answer to Ben")
    assert sum(telegram.answer_to(query) is not None for query in flood) < 10
