"""`run` and `doctor` use the same proxies, and say in one line which proxy does not work."""

from collections.abc import Callable, Iterator

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.proxy import Proxy
from tests.paths import BRIDGE
from tests.waiting import wait_for_log

MakeBot = Callable[..., BotProcess]


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy for one test."""
    with Proxy() as server:
        yield server


@pytest.fixture
def make_bot(telegram: FakeTelegram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeBot]:
    """Make processes that run a command with the variables given."""
    made: list[BotProcess] = []

    def make(command: str, **env: str) -> BotProcess:
        folder = tmp_path_factory.mktemp("bot")
        made.append(
            BotProcess(
                telegram,
                folder,
                env={"KNOWLEDGE_DIR": str(BRIDGE), **env},
                command=("-m", "bot", command),
            )
        )
        return made[-1]

    yield make
    for process in made:
        process.__exit__(None, None, None)


VALUES = [
    ("HTTP_PROXY", "http://{}", "http"),
    ("HTTP_PROXY", "{}", "http"),
    ("http_proxy", " '{}/' ", "http"),
    ("ALL_PROXY", "http://{}", "http"),
    ("HTTP_PROXY", "socks5://{}", "socks5"),
    ("HTTP_PROXY", "socks5h://{}", "socks5"),
    ("ALL_PROXY", "socks://{}", "socks5"),
    ("HTTPS_PROXY", "http://{}", None),  # the fake Telegram has an http:// address
]


@pytest.mark.parametrize(("name", "value", "kind"), VALUES)
@pytest.mark.parametrize("command", ["run", "doctor"])
def test_the_proxy_is_used(  # noqa: PLR0913, PLR0917 - the columns and three fixtures
    telegram: FakeTelegram,
    make_bot: MakeBot,
    proxy: Proxy,
    command: str,
    name: str,
    value: str,
    kind: str | None,
) -> None:
    """Each way of writing a proxy works in both commands."""
    bot = make_bot(command, **{name: value.format(proxy.address)}).start(ready=command == "run")
    if command == "doctor":
        assert bot.wait() == 0, bot.log
    assert set(proxy.used) == ({kind} if kind else set()), bot.log
    assert telegram.violations == []


@pytest.mark.parametrize("listed", ["127.0.0.1", "*", "example.org, 127.0.0.1:{port}"])
def test_no_proxy_names_what_is_reached_directly(
    telegram: FakeTelegram, make_bot: MakeBot, proxy: Proxy, listed: str
) -> None:
    """NO_PROXY lists hosts, with or without a port, or everything."""
    no_proxy = listed.format(port=telegram.port)
    bot = make_bot("doctor", HTTP_PROXY=proxy.address, NO_PROXY=no_proxy).start(ready=False)
    assert bot.wait() == 0, bot.log
    assert proxy.used == []


@pytest.mark.parametrize("value", ["ftp://127.0.0.1:9", "http://", "http://host:99999", "a b:80"])
@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_proxy_that_cannot_be_one_is_a_wrong_setting(
    make_bot: MakeBot, command: str, value: str
) -> None:
    """Status 2, and one line that names the variable."""
    bot = make_bot(command, HTTP_PROXY=value).start(ready=False)
    assert bot.wait() == 2
    assert "HTTP_PROXY: must be like http://host:port or socks5://host:port" in bot.log
    assert "Traceback" not in bot.log


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_is_down_is_named(make_bot: MakeBot, scheme: str) -> None:
    """`run` waits for it and `doctor` reports it; neither shows its password."""
    env = {"HTTP_PROXY": f"{scheme}://user:p4ssw0rd@127.0.0.1:9"}
    run, doctor = make_bot("run", **env), make_bot("doctor", **env)
    wait_for_log(run.start(ready=False), "through the proxy 127.0.0.1:9")
    assert doctor.start(ready=False).wait() == 1
    assert "cannot be reached" in doctor.log
    for bot in (run, doctor):
        assert "through the proxy 127.0.0.1:9" in bot.log
        assert "p4ssw0rd" not in bot.log
        assert "Traceback" not in bot.log
