import json
import socket
from collections.abc import Callable

import httpx
import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, free_port, wait_for_log

SECRET = "a-secret-of-our-own"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Hook = Callable[..., BotProcess]


@pytest.fixture
def hook(make_bot: MakeBot) -> Hook:
    """Make bots that serve a webhook on a port of their own."""

    def make(**env: str | None) -> BotProcess:
        port = str(free_port())
        url = f"http://127.0.0.1:{port}/updates"
        return make_bot(
            **{"WEBHOOK_URL": url, "WEBHOOK_PORT": port, "WEBHOOK_SECRET": SECRET, **env}
        )

    return make


def post(bot: BotProcess, body: bytes, secret: str = SECRET) -> httpx.Response:
    """Post to the webhook as Telegram would."""
    return httpx.post(bot.env["WEBHOOK_URL"], content=body, headers={HEADER: secret})


def test_a_reply_is_sent_before_200(telegram: FakeTelegram, hook: Hook) -> None:
    """Telegram hears 200 only once the reply is there, and each question has one."""
    bot = hook().start()
    asked = telegram.say(QUESTION)
    assert telegram.reply_to(asked)["text"].startswith(ANSWER)
    telegram.wait_idle()
    assert [status for _, status in telegram.webhook.deliveries] == [200]
    assert len(telegram.sent(asked["chat"]["id"])) == 1
    bot.terminate()
    assert bot.wait() == 0
    assert telegram.webhook.url  # other replicas still serve it
    assert telegram.violations == []


def test_a_long_wait_goes_back_to_telegram(telegram: FakeTelegram, hook: Hook) -> None:
    """What Telegram throttles for long gets 503, and 200 when it is sent again."""
    hook().start()
    telegram.faults.add("429", "sendMessage", times=1, retry_after=6)
    asked = telegram.say(QUESTION)
    assert telegram.reply_to(asked)
    telegram.wait_idle()
    statuses = [status for _, status in telegram.webhook.deliveries]
    assert statuses[0] == 503
    assert statuses[-1] == 200
    assert len(telegram.sent(asked["chat"]["id"])) == 1


def test_what_is_put_off_says_for_how_long(telegram: FakeTelegram, hook: Hook) -> None:
    """The header asks Telegram to wait as long as it asked us to."""
    bot = hook().start()
    person = telegram.private()
    telegram.faults.add("429", "sendMessage", retry_after=17)
    body = {
        "update_id": 7,
        "message": {"message_id": 1, "date": 0, "chat": person.json(), "text": QUESTION},
    }
    answer = post(bot, json.dumps(body).encode())
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "17"
    telegram.faults.clear()
    assert telegram.sent(person.id) == []


def test_a_kill_before_the_reply_loses_nothing(telegram: FakeTelegram, hook: Hook) -> None:
    """The update of a killed process is sent again; what was in flight may have arrived as well."""
    bot = hook().start()
    telegram.faults.add("slow", "sendMessage", delay=30)
    asked = telegram.say(QUESTION)
    telegram.wait_for(lambda: any(call.fault == "slow" for call in telegram.calls))
    bot.kill()
    telegram.faults.clear()
    bot.start()
    telegram.wait_idle()
    chat = telegram.world.chats[asked["chat"]["id"]]
    telegram.reply_to(telegram.say("How long do the works take?", chat=chat))
    assert len(telegram.sent(chat.id)) == 3
    assert telegram.violations == []


def test_two_replicas_serve_one_bot(telegram: FakeTelegram, hook: Hook) -> None:
    """Behind a load balancer each question gets one answer, also when one replica ends."""
    bots = [hook().start(), hook().start()]
    telegram.webhook.backends += [f"http://127.0.0.1:{bot.env['WEBHOOK_PORT']}" for bot in bots]
    chats = [telegram.private() for _ in range(10)]
    for chat in chats:
        telegram.say(QUESTION, chat=chat)
    telegram.wait_idle()
    bots[0].terminate()
    assert bots[0].wait() == 0
    for chat in chats:
        telegram.say(QUESTION, chat=chat)
    telegram.wait_idle()
    assert [len(telegram.sent(chat.id)) for chat in chats] == [2] * 10
    assert "outcome=answered" in bots[0].log
    assert "outcome=answered" in bots[1].log


def test_rubbish_is_refused_and_the_unreadable_skipped(telegram: FakeTelegram, hook: Hook) -> None:
    """Each kind of bad request has its status; none harms the process."""
    bot = hook().start()
    unreadable = b'{"update_id": 5, "message": {"message_id": 1}}'
    assert post(bot, unreadable, "a wrong secret").status_code == 403
    assert post(bot, b"", "").status_code == 403
    for rubbish in (b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"update_id": true}'):
        assert post(bot, rubbish).status_code == 400
    assert post(bot, b'{"update_id": 123456789012345678901}').status_code == 400
    assert post(bot, b" " * (1 << 21)).status_code == 413
    assert post(bot, unreadable).status_code == 200
    assert httpx.get(bot.env["WEBHOOK_URL"]).status_code == 405
    assert telegram.reply_to(telegram.say(QUESTION))
    assert "a wrong secret" not in bot.log
    assert SECRET not in bot.log


def test_health_and_readiness(telegram: FakeTelegram, hook: Hook) -> None:
    """Alive from the start; ready once Telegram knows the address."""
    telegram.faults.add("500", "setWebhook", times=2)
    bot = hook().start(ready=False)
    wait_for_log(bot, "setWebhook failed")
    base = bot.env["WEBHOOK_URL"].removesuffix("/updates")
    assert httpx.get(f"{base}/healthz").status_code == 200
    assert httpx.get(f"{base}/readyz").status_code == 503
    wait_for_log(bot, "Telegram sends updates")
    assert httpx.get(f"{base}/readyz").status_code == 200
    assert telegram.violations == []


def test_a_token_rejected_while_serving_ends_the_process(
    telegram: FakeTelegram, hook: Hook
) -> None:
    """Status 1 and what to do; Telegram keeps the question."""
    bot = hook().start()
    telegram.faults.add("401", "sendMessage")
    telegram.say(QUESTION)
    assert bot.wait() == 1
    assert "@BotFather" in bot.log
    assert telegram.updates.pending


def test_a_port_in_use_is_wrong_input(telegram: FakeTelegram, hook: Hook) -> None:
    """Status 2 and a message that names the variable."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        bot = hook(WEBHOOK_PORT=str(other.getsockname()[1])).start(ready=False)
        assert bot.wait() == 2
    assert "WEBHOOK_PORT" in bot.log
    assert "Traceback" not in bot.log
    assert telegram.violations == []


def test_signals_in_the_middle_of_a_request_end_well(telegram: FakeTelegram, hook: Hook) -> None:
    """A request at work is finished after SIGTERM; a second signal changes nothing; status 0."""
    bot = hook().start()
    telegram.faults.add("slow", "sendMessage", delay=0.5, times=1)
    asked = telegram.say(QUESTION)
    telegram.wait_for(lambda: any(call.fault == "slow" for call in telegram.calls))
    bot.terminate()
    bot.terminate()
    assert bot.wait() == 0
    assert [status for _, status in telegram.webhook.deliveries] == [200]
    assert len(telegram.sent(asked["chat"]["id"])) == 1
