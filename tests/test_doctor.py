"""`treaty-bot doctor` when all is well and when something is wrong."""

import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

import bot.doctor
from bot.config import Settings
from bot.doctor import check_webhook_url
from bot.store import Groups, Store
from tests.fake_telegram import BotProcess, FakeTelegram, http
from tests.paths import BRIDGE


def doctor(telegram: FakeTelegram, folder: Path, **env: str | None) -> tuple[int, str]:
    """Run the command as an owner would; return its exit status and its output."""
    settings = {"KNOWLEDGE_DIR": str(BRIDGE), **env}
    process = BotProcess(telegram, folder, env=settings)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=folder,
        env=process.env,
        capture_output=True,
        check=False,
        timeout=60,
    )
    output = (done.stdout + done.stderr).decode()
    assert telegram.token not in output
    assert telegram.token.partition(":")[2] not in output
    assert "Traceback" not in output
    return done.returncode, output


def test_all_well(telegram: FakeTelegram, tmp_path: Path) -> None:
    """With nothing to fix the status is 0, and the check leaves no files behind."""
    telegram.world.privacy_mode = True
    status, output = doctor(telegram, tmp_path)
    assert status == 0, output
    assert output.endswith("No problems found.\n")
    assert "belongs to @TreatyBot" in output
    assert "note" not in output
    assert not list(tmp_path.iterdir())
    assert telegram.violations == []


Cause = Callable[[FakeTelegram, Path], dict[str, str | None]]


def _revoked(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("401")
    return {}


def _down(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.go_down()
    return {}


def _failing(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("502")
    return {}


def _closing(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("500")
    return {}


def _elsewhere(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("false answer", response=http.Response(b"<html>", 404, "text/html"))
    return {}


def _unknown(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    body = b'{"ok":false,"error_code":404,"description":"Not Found"}'
    telegram.faults.add("false answer", response=http.Response(body, 404))
    return {}


def _busy(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("429")
    return {}


def _hooked(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.webhook.url = "https://elsewhere.example/hook"
    return {}


def _hooked_at_a_longer_address(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.webhook.url = "https://bot.example/hook-old"
    return {"WEBHOOK_URL": "https://bot.example/hook"}


def _hooked_elsewhere(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.webhook.url = "https://elsewhere.example/hook"
    return {"WEBHOOK_URL": "https://bot.example/hook"}


def _undelivered(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    address = "http://127.0.0.1:9"  # nobody listens there
    telegram.say("when?")
    httpx.post(f"{telegram.url}/bot{telegram.token}/setWebhook", json={"url": address})
    telegram.wait_for(lambda: telegram.webhook.deliveries, what="a failed delivery")
    return {"WEBHOOK_URL": address}


def _waiting(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    for n in range(101):
        telegram.say(f"{n}?")
    return {}


def _clock_behind(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.world.clock_skew = 300
    return {}


def _database_broken(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    (folder / "bot.sqlite3").write_bytes(b"no database at all, but long enough" * 40)
    return {}


def _database_nowhere(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    (folder / "file").touch()
    return {"DATABASE_PATH": str(folder / "file" / "bot.sqlite3")}


def _database_in_no_real_folder(_: FakeTelegram, __: Path) -> dict[str, str | None]:
    return {"DATABASE_PATH": "/proc/bot.sqlite3"}


def _inbox_is_a_folder(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    (folder / "bot-inbox.sqlite3").mkdir()
    return {}


def _database_newer(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 999")
    return {}


def _env_file(folder: Path, text: str, mode: int) -> dict[str, str | None]:
    (folder / ".env").write_text(text, encoding="utf-8")
    (folder / ".env").chmod(mode)
    return {}


def _readable(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    return _env_file(folder, "LOG_LEVEL=INFO\n", 0o644)


def _misspelt(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    return _env_file(folder, "\ufeffTELEGRAM_TOKEN=1:a\n", 0o600)


def _rewritten(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    hook = f"http://127.0.0.1:{_serve_bot('/hook')}"
    telegram.webhook.url = f"{hook}/bot/hook"
    return {
        "WEBHOOK_URL": f"{hook}/bot/hook",
        "WEBHOOK_PORT": hook.rpartition(":")[2],
    }


def _serve_bot(path: str) -> int:
    """Serve what the bot's web server answers, at another path; return the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, b"alive\n")

        def do_POST(self) -> None:
            right = self.path == path
            self.answer(403 if right else 404, b"wrong secret\n" if right else b"Not Found")

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_address[1])


def _knowledge_broken(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    copy = Path(shutil.copytree(BRIDGE, folder / "knowledge"))
    (copy / "timeline.yaml").write_text("events: 3\n", encoding="utf-8")
    return {"KNOWLEDGE_DIR": str(copy)}


def _muted(telegram: FakeTelegram, folder: Path) -> dict[str, str | None]:
    groups = [telegram.group(name) for name in ("Readers", "Neighbours", "Anglers", "Gone")]
    store = Store(folder / "bot.sqlite3")
    for group in groups:
        Groups(store).set("greeted", group.id, on=True)
    store.close()
    groups[0].can_send_messages = False
    telegram.set_bot_status(groups[1], "restricted")
    groups[1].can_send_messages = False
    telegram.set_bot_status(groups[2], "administrator")
    telegram.remove_bot(groups[3])
    return {}


PROBLEMS: list[tuple[Cause, int, str, str]] = [
    (lambda *_: {"TELEGRAM_BOT_TOKEN": None}, 2, "TELEGRAM_BOT_TOKEN is not set", "@BotFather"),
    (lambda *_: {"TELEGRAM_BOT_TOKEN": "12 3"}, 2, "does not look like a token", "@BotFather"),
    (lambda *_: {"WEBHOOK_PORT": "x"}, 2, "WEBHOOK_PORT", "Fix this in"),
    (_revoked, 1, "does not accept TELEGRAM_BOT_TOKEN", "copy it again"),
    (_down, 1, "cannot be reached (ClientConnectorError)", "HTTPS_PROXY"),
    (_failing, 1, "is not the Bot API (HTTP 502, no JSON", "check TELEGRAM_API_URL"),
    (_elsewhere, 1, "is not the Bot API (HTTP 404, no JSON", "check TELEGRAM_API_URL"),
    (_unknown, 1, "knows no such bot (404 Not Found)", "check TELEGRAM_API_URL"),
    (_closing, 1, "responds with a server error", "wait and try again"),
    (_busy, 1, "too many requests", "wait and try again"),
    (_hooked, 1, "but WEBHOOK_URL is not set", "removes it and polls"),
    (_hooked_elsewhere, 1, "delivers to https://elsewhere.example", "stop that program"),
    (_hooked_at_a_longer_address, 1, "delivers to https://bot.example/hook-old", "stop that"),
    (_undelivered, 1, "the last delivery failed: Connection refused", "127.0.0.1:8080"),
    (_waiting, 1, "updates waiting: 101", "check that `treaty-bot run` is running"),
    (_clock_behind, 1, " s behind the server's clock", "timedatectl set-ntp true"),
    (_muted, 1, "cannot write in 2 of 3 groups: -", "let the bot send messages"),
    (_database_broken, 1, "cannot be used (file is not a database)", "move it elsewhere"),
    (_database_nowhere, 1, "Not a directory", "set another DATABASE_PATH"),
    (_database_in_no_real_folder, 1, "no file can be made in /proc", "set another DATABASE_PATH"),
    (_inbox_is_a_folder, 1, "inbox: ", "set another DATABASE_PATH"),
    (_database_newer, 1, "written by a newer version of the bot", "install that version again"),
    (_readable, 1, "everybody on this machine can read it", "chmod 600 .env"),
    (_misspelt, 1, "'TELEGRAM_TOKEN' is not a setting", "did you mean TELEGRAM_BOT_TOKEN?"),
    (_rewritten, 1, "does not arrive at the bot as it should (HTTP 404)", "/bot/hook unchanged"),
    (_knowledge_broken, 1, "timeline.yaml:1: 'events'", "treaty-bot check"),
]


@pytest.mark.parametrize(("cause", "status", "message", "advice"), PROBLEMS)
def test_each_problem_is_reported_with_advice(  # noqa: PLR0913, PLR0917 - one per column
    telegram: FakeTelegram, tmp_path: Path, cause: Cause, status: int, message: str, advice: str
) -> None:
    """The output says what is wrong and how to fix it, and the exit status fits."""
    env = cause(telegram, tmp_path)
    actual, output = doctor(telegram, tmp_path, **env)
    assert actual == status, output
    assert message in output
    assert advice in output
    assert "No problems" not in output


def test_a_running_bot_is_no_problem(
    telegram: FakeTelegram, bot_process: BotProcess, tmp_path: Path
) -> None:
    """Its inbox, which no other process can open, is said to be in use."""
    bot_process.start()
    status, output = doctor(telegram, tmp_path)
    assert status == 0, output
    assert "bot-inbox.sqlite3 is in use by the running bot" in output


def test_switches_are_notes_not_problems(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Switches that are off are noted with the command that turns each on."""
    telegram.world.capabilities = dict.fromkeys(telegram.world.capabilities, False)
    status, output = doctor(telegram, tmp_path)
    assert status == 0
    assert output.count("note ") == 4
    for command in ("/setprivacy", "/setjoingroups", "/setinline", "/mybots"):
        assert command in output


def test_unknown_names_are_notes(telegram: FakeTelegram, tmp_path: Path) -> None:
    """A name that resembles no setting is only noted, and a private .env is fine."""
    telegram.world.privacy_mode = True
    _env_file(tmp_path, "SOMEBODYS=1\nlog_level=INFO\n", 0o600)
    status, output = doctor(telegram, tmp_path)
    assert status == 0, output
    assert output.count(".env") == 1
    assert "'SOMEBODYS' is not a setting" in output


def test_a_webhook_that_arrives(telegram: FakeTelegram, tmp_path: Path) -> None:
    """If a request to WEBHOOK_URL reaches the bot's server, that is confirmed."""
    telegram.webhook.url = url = f"http://127.0.0.1:{_serve_bot('/hook')}/hook"
    status, output = doctor(telegram, tmp_path, WEBHOOK_URL=url)
    assert status == 0, output
    assert f"{url} leads to the bot" in output


ADDRESSES = [
    ("https://bot.example/hook", True),
    ("https://bot.example:8443/hook", True),
    ("http://bot.example/hook", False),
    ("https://bot.example:8080/hook", False),
    (None, True),
]


@pytest.mark.parametrize(("url", "is_valid"), ADDRESSES)
def test_a_webhook_that_telegram_cannot_call(url: str | None, *, is_valid: bool) -> None:
    """Telegram delivers only over https, to one of four ports."""
    findings = check_webhook_url(Settings(webhook_url=url))
    assert [finding.state for finding in findings] == ([] if is_valid else ["wrong setting"])


def test_every_finding_is_one_that_doctor_makes() -> None:
    """And every one that it makes is in the file."""
    code = Path(bot.doctor.__file__)
    findings = tomllib.loads(code.with_suffix(".toml").read_text("utf-8"))
    named = re.findall(r'"([a-z]+_[a-z_]+)"', code.read_text("utf-8"))
    named += [f"{switch}_off" for switch in ("groups", "inline", "guest")]
    assert findings.keys() <= set(named)
    assert set(re.findall(r'_finding\("(\w+)"', code.read_text("utf-8"))) <= findings.keys()
    states = {"ok", "note", "problem", "wrong setting"}
    assert {state for state, *_ in findings.values()} == states
