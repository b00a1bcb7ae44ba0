import socket
from collections.abc import Callable
from contextlib import ExitStack

import httpx
import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, free_port
from tests.waiting import wait_for_log

SECRET = "a-secret-of-our-own"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Hook = Callable[..., BotProcess]


@pytest.fixture
def hook(make_bot: MakeBot) -> Hook:
    """Make bots that serve a webhook, each on its own port."""

    def make(**env: str | None) -> BotProcess:
        port = str(free_port())
        url = f"http://127.0.0.1:{port}/updates"
        return make_bot(
            **{"WEBHOOK_URL": url, "WEBHOOK_PORT": port, "WEBHOOK_SECRET": SECRET, **env}
        )

    return make


def call(telegram: FakeTelegram, method: str, **parameters: str) -> None:
    """Call a method as another process with the same token would."""
    assert httpx.post(f"{telegram.url}/bot{telegram.token}/{method}", json=parameters).is_success


def post(bot: BotProcess, body: bytes, secret: str = SECRET) -> httpx.Response:
    """Post to the webhook as Telegram would."""
    return httpx.post(bot.env["WEBHOOK_URL"], content=body, headers={HEADER: secret})


def test_a_question_is_accepted_at_once_and_answered_once(
    telegram: FakeTelegram, hook: Hook
) -> None:
    """Telegram gets one 200 for each question, and the question one reply."""
    bot = hook().start()
    asked = telegram.say(QUESTION)
    assert telegram.reply_to(asked)["text"].startswith(ANSWER)
    telegram.wait_idle()
    assert [status for _, status in telegram.webhook.deliveries] == [200]
    assert len(telegram.sent(asked["chat"]["id"])) == 1
    bot.terminate()
    assert bot.wait() == 0
    assert telegram.webhook.url  # Telegram keeps what comes until the next start
    assert telegram.violations == []


def test_a_reply_that_has_to_wait_delays_no_other_update(
    telegram: FakeTelegram, hook: Hook
) -> None:
    """Telegram gets its 200 while the chat is throttled, and the chat its answer afterwards."""
    hook().start()
    telegram.faults.add("429", "sendMessage", times=1, retry_after=6)
    asked = telegram.say(QUESTION)
    telegram.wait_for(lambda: not telegram.updates.pending, what="the confirmation")
    assert not telegram.sent(asked["chat"]["id"])
    assert telegram.reply_to(telegram.say(QUESTION))
    assert telegram.reply_to(asked)
    assert {status for _, status in telegram.webhook.deliveries} == {200}
    assert len(telegram.sent(asked["chat"]["id"])) == 1


def test_a_kill_before_the_reply_loses_nothing(telegram: FakeTelegram, hook: Hook) -> None:
    """The next process answers; the answer in flight may arrive as well."""
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


def test_bad_requests_are_refused_and_unreadable_updates_skipped(
    telegram: FakeTelegram, hook: Hook
) -> None:
    """Each kind of bad request gets its own status and does no harm."""
    bot = hook().start()
    unreadable = b'{"update_id": 5, "message": {"message_id": 1}}'
    assert post(bot, unreadable, "a wrong secret").status_code == 403
    assert post(bot, b"", "").status_code == 403
    for garbage in (b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"update_id": true}'):
        assert post(bot, garbage).status_code == 400
    assert post(bot, b'{"update_id": 123456789012345678901}').status_code == 400
    assert post(bot, b" " * (1 << 21)).status_code == 413
    assert post(bot, unreadable).status_code == 200
    assert httpx.get(bot.env["WEBHOOK_URL"]).status_code == 405
    assert telegram.reply_to(telegram.say(QUESTION))
    assert "a wrong secret" not in bot.log
    assert SECRET not in bot.log


def test_health_and_readiness(telegram: FakeTelegram, hook: Hook) -> None:
    """The bot is healthy from the start, and ready once the webhook is set."""
    telegram.faults.add("500", "setWebhook", times=2)
    bot = hook().start(ready=False)
    wait_for_log(bot, "out of reach (setWebhook: ")
    base = bot.env["WEBHOOK_URL"].removesuffix("/updates")
    assert httpx.get(f"{base}/healthz").status_code == 200
    assert httpx.get(f"{base}/readyz").status_code == 503
    wait_for_log(bot, "Telegram sends updates")
    assert httpx.get(f"{base}/readyz").status_code == 200
    assert telegram.violations == []


def test_a_token_rejected_while_serving_ends_the_process(
    telegram: FakeTelegram, hook: Hook
) -> None:
    """It exits with status 1 and says what to do; the next start answers the question."""
    bot = hook().start()
    telegram.faults.add("401", "sendMessage")
    asked = telegram.say(QUESTION)
    assert bot.wait() == 1
    assert "@BotFather" in bot.log
    telegram.faults.clear()
    bot.start()
    assert telegram.reply_to(asked)


def test_a_port_in_use_may_pass(telegram: FakeTelegram, hook: Hook) -> None:
    """It exits with status 1, so that it is started again, and names the variable."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        bot = hook(WEBHOOK_PORT=str(other.getsockname()[1])).start(ready=False)
        assert bot.wait() == 1
    assert "WEBHOOK_PORT" in bot.log
    assert "Traceback" not in bot.log
    assert telegram.violations == []


def test_signals_in_the_middle_of_a_request_stop_it_cleanly(
    telegram: FakeTelegram, hook: Hook
) -> None:
    """An answer in progress is finished after SIGTERM, and a second signal changes nothing."""
    bot = hook().start()
    telegram.faults.add("slow", "sendMessage", delay=0.5, times=1)
    asked = telegram.say(QUESTION)
    telegram.wait_for(lambda: any(call.fault == "slow" for call in telegram.calls))
    bot.terminate()
    bot.terminate()
    assert bot.wait() == 0
    assert [status for _, status in telegram.webhook.deliveries] == [200]
    assert len(telegram.sent(asked["chat"]["id"])) == 1


def test_600_half_sent_requests_hurt_nobody(telegram: FakeTelegram, hook: Hook) -> None:
    """While they are open, every update is accepted at its first delivery, and answered."""
    bot = hook().start()
    port = int(bot.env["WEBHOOK_PORT"])
    with ExitStack() as stack:
        for _ in range(600):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            slow.sendall(b"POST /updates HTTP/1.1\r\nHost: x\r\nContent-Le")
        for _ in range(5):
            assert telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    assert {status for _, status in telegram.webhook.deliveries} == {200}


def test_a_webhook_that_somebody_removed_is_set_again(telegram: FakeTelegram, hook: Hook) -> None:
    """As by a second process that only polls for a moment; a warning says so."""
    bot = hook(CONFLICT_PATIENCE="0.05").start()
    ours = telegram.webhook.url
    looks = "getWebhookInfo"
    telegram.wait_for(lambda: any(call.method == looks for call in telegram.calls), what="a look")
    call(telegram, "deleteWebhook")
    telegram.wait_for(lambda: telegram.webhook.url == ours, what="the webhook")
    wait_for_log(bot, "setting ours again")
    assert telegram.reply_to(telegram.say(QUESTION))["text"].startswith(ANSWER)


def test_a_newcomer_yields_to_another_webhook(telegram: FakeTelegram, hook: Hook) -> None:
    """It ends with status 1 and says why."""
    bot = hook(CONFLICT_PATIENCE="0.05").start()
    call(telegram, "setWebhook", url="http://127.0.0.1:9/other")
    assert bot.wait() == 1
    wait_for_log(bot, "has set a webhook of its own. Stop it")


@pytest.mark.parametrize("path", ["healthz", "readyz"])
def test_the_webhook_may_have_the_path_of_a_health_check(
    telegram: FakeTelegram, make_bot: MakeBot, path: str
) -> None:
    """Telegram posts, and whoever looks after the process gets."""
    port = str(free_port())
    url = f"http://127.0.0.1:{port}/{path}"
    make_bot(WEBHOOK_URL=url, WEBHOOK_PORT=port, WEBHOOK_SECRET=SECRET).start()
    assert telegram.reply_to(telegram.say(QUESTION))["text"].startswith(ANSWER)
    assert httpx.get(url).status_code == 200
