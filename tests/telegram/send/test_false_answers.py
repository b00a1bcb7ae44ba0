"""Nothing is lost, and nothing ends, because of a response that is not the Bot API's."""

from collections.abc import Callable, Iterator

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.telegram.send.responses import UnknownResponseError, read_response
from bot.telegram.send.retries import is_temporary
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.http import Response
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, free_port
from tests.telegram.send.false_answers import FALSE_ANSWERS, as_json, page, refusal
from tests.waiting import wait_for_log

METHODS = ("sendMessage", "sendPhoto", "getUpdates", "getMe", "answerCallbackQuery")
# The real process, in which only the pauses between tries are shorter.
HURRIED = (
    "import sys; from bot.telegram.send import retries; retries._MAX_BACKOFF = 0.02;"
    " from bot.cli import main; sys.exit(main(['run']))"
)


@pytest.fixture(params=["polling"])
def hurried(request: pytest.FixtureRequest, make_bot: MakeBot) -> Iterator[BotProcess]:
    """A bot that retries quickly; afterwards it must be alive and must have crashed nowhere."""
    bot = make_bot(SEND_LIMITS="false", LOG_LEVEL="INFO")
    if request.param == "webhook":
        port = str(free_port())
        bot.env |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": port}
    bot.command = ("-c", HURRIED)
    yield bot
    assert bot.is_running(), bot.log
    assert "Traceback" not in bot.log
    assert " ERROR " not in bot.log


def inject(telegram: FakeTelegram, method: str) -> Callable[[], bool]:
    """Let each false answer come once; return whether all of them have come."""
    faults = [
        telegram.faults.add("false answer", method, times=1, response=response)
        for name, response in FALSE_ANSWERS.items()
        if is_false(method, response)
    ]
    assert len(faults) > 40
    return lambda: all(fault.hits for fault in faults)


def is_false(method: str, response: Response) -> bool:
    """Whether a response is no answer to this method; a few are to one of them."""
    try:
        read_response(method, response.status, response.body)
    except UnknownResponseError:
        return True
    return response.raw is not None or len(response.body) > 1 << 20


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [n for n, r in FALSE_ANSWERS.items() if r.raw is None])
def test_only_answers_of_the_bot_api_are_believed(name: str, method: str) -> None:
    """Anything else is unknown, which a later try may clear up."""
    response = FALSE_ANSWERS[name]
    if name == "a list" and method == "getUpdates":
        return
    with pytest.raises(UnknownResponseError) as caught:
        read_response(method, response.status, response.body)
    assert len(caught.value.message) < 80


REFUSALS = [
    (refusal(400, description="Refused"), BadRequest, False),
    (refusal(401, description="Unauthorized"), InvalidToken, False),
    (refusal(403, description="Refused"), Forbidden, False),
    (refusal(404, description="Not Found"), EndPointNotFound, True),  # of something in between
    (refusal(409, description="Refused"), Conflict, False),
    (refusal(413, description="Refused"), BadRequest, False),
    (refusal(429, description="Refused"), NetworkError, True),
    (refusal(429, parameters={"retry_after": 3}), RetryAfter, True),
    (refusal(400, parameters={"migrate_to_chat_id": -100}), ChatMigrated, False),
    (refusal(500, description="Refused"), NetworkError, True),
]


@pytest.mark.parametrize(("response", "kind", "may_pass"), REFUSALS)
def test_a_refusal_in_telegrams_own_words_is_believed(
    response: Response, kind: type[TelegramError], *, may_pass: bool
) -> None:
    """Each is an error of its kind; 4xx is final, unless it is about the speed or the server."""
    with pytest.raises(TelegramError) as caught:
        read_response("sendMessage", response.status, response.body)
    assert type(caught.value) is kind
    assert is_temporary(caught.value) is may_pass


@pytest.mark.parametrize("hurried", ["polling", "webhook"], indirect=True)
def test_all_questions_are_answered_whatever_sendmessage_returns(
    telegram: FakeTelegram, hurried: BotProcess
) -> None:
    """As many people as there are false answers ask at once; each gets one answer."""
    hurried.start()
    came = inject(telegram, "sendMessage")
    chats = [telegram.private() for _ in FALSE_ANSWERS]
    for chat in chats:
        telegram.say(QUESTION, chat=chat)
    telegram.wait_for(lambda: all(telegram.sent(chat.id) for chat in chats), what="all answers")
    telegram.wait_idle()
    assert came()
    for chat in chats:
        (message,) = telegram.sent(chat.id)
        assert message["text"].startswith(ANSWER)


def test_all_timelines_are_sent_whatever_sendphoto_returns(
    telegram: FakeTelegram, hurried: BotProcess
) -> None:
    """Each person gets one picture."""
    hurried.start()
    came = inject(telegram, "sendPhoto")
    chats = [telegram.private() for _ in FALSE_ANSWERS]
    for chat in chats:
        telegram.say("/timeline", chat=chat)
    telegram.wait_for(lambda: all(telegram.sent(chat.id) for chat in chats), what="all pictures")
    telegram.wait_idle()
    assert came()
    assert [len(telegram.sent(chat.id)) for chat in chats] == [1] * len(chats)
    assert all("photo" in telegram.sent(chat.id)[0] for chat in chats)


def test_all_presses_are_answered_whatever_answercallbackquery_returns(
    telegram: FakeTelegram, hurried: BotProcess
) -> None:
    """Each press is answered once, and its message sent once."""
    hurried.start()
    shown = [telegram.reply_to(telegram.say(QUESTION)) for _ in FALSE_ANSWERS]
    came = inject(telegram, "answerCallbackQuery")
    for message in shown:
        telegram.press(message["reply_markup"]["inline_keyboard"][0][0]["text"], message)
    telegram.wait_for(
        lambda: len(telegram.calls_of("answerCallbackQuery")) == len(shown), what="all answers"
    )
    telegram.wait_idle()
    assert came()
    assert [len(telegram.sent(message["chat"]["id"])) for message in shown] == [2] * len(shown)


def test_the_question_arrives_whatever_getupdates_returns(
    telegram: FakeTelegram, hurried: BotProcess
) -> None:
    """Fetching goes on after each false answer."""
    came = inject(telegram, "getUpdates")
    hurried.start()
    telegram.wait_for(came, what="all false answers")
    assert telegram.reply_to(telegram.say(QUESTION))["text"].startswith(ANSWER)


def test_the_bot_starts_whatever_getme_returns(telegram: FakeTelegram, hurried: BotProcess) -> None:
    """It tries until it has spoken to Telegram, and says in which setting the address is."""
    came = inject(telegram, "getMe")
    hurried.start()
    assert came()
    assert telegram.reply_to(telegram.say(QUESTION))["text"].startswith(ANSWER)
    assert (
        "TELEGRAM_API_URL is not the Bot API (getMe: UnknownResponseError: HTTP 404, "
        in hurried.log
    )


ENDS = [
    (refusal(401, description="Unauthorized"), "Telegram rejects this token"),
    (refusal(404, description="Not Found"), "TELEGRAM_API_URL, TELEGRAM_BOT_TOKEN: the server"),
]


@pytest.mark.parametrize(("response", "words"), ENDS)
def test_only_telegram_itself_rejects_a_token_at_the_start(
    telegram: FakeTelegram, bot: BotProcess, response: Response, words: str
) -> None:
    """A refusal in its words is final: status 2 and one clear message."""
    telegram.faults.add("false answer", "getMe", response=response)
    bot.start(ready=False)
    assert bot.wait() == 2
    assert words in bot.log
    assert "Traceback" not in bot.log


def test_a_strange_refusal_at_the_start_is_waited_out(
    telegram: FakeTelegram, hurried: BotProcess
) -> None:
    """It may pass, so the bot goes on trying."""
    response = refusal(400, description="Bad Request: come back later")
    telegram.faults.add("false answer", "deleteWebhook", times=3, response=response)
    hurried.start()
    assert telegram.reply_to(telegram.say(QUESTION))


def test_no_page_ends_the_process_while_it_runs(
    telegram: FakeTelegram, hurried: BotProcess
) -> None:
    """A 401 page is not Telegram rejecting the token."""
    hurried.start()
    telegram.faults.add("false answer", ("sendMessage", "getUpdates"), times=4, response=page(401))
    assert telegram.reply_to(telegram.say(QUESTION))["text"].startswith(ANSWER)
    wait_for_log(hurried, "no JSON of the Bot API")


def test_a_refusal_that_fits_no_call_is_believed(telegram: FakeTelegram, bot: BotProcess) -> None:
    """What Telegram really refuses is not tried again, and the next question is answered."""
    bot.start()
    telegram.faults.add("false answer", "sendMessage", times=1, response=refusal(400))
    chat = telegram.private()
    telegram.say(QUESTION, chat=chat)
    wait_for_log(bot, "outcome=refused")
    assert telegram.reply_to(telegram.say(QUESTION, chat=chat))
    assert len(telegram.sent(chat.id)) == 1


def test_a_true_result_is_believed() -> None:
    """It is what the call returns."""
    response = as_json({"ok": True, "result": True})
    assert read_response("deleteWebhook", response.status, response.body) is True
