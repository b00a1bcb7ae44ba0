"""`treaty-bot doctor` in sound and troubled circumstances."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.config import Settings
from bot.doctor import webhook_address
from bot.store import Groups, Store
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE


def doctor(telegram: FakeTelegram, folder: Path, **env: str | None) -> tuple[int, str]:
    """Run the command as an owner would; its status and all that it printed."""
    known = {"KNOWLEDGE_DIR": str(BRIDGE), **env}
    prepared = BotProcess(telegram, folder, env=known)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=folder,
        env=prepared.env,
        capture_output=True,
        check=False,
        timeout=60,
    )
    said = (done.stdout + done.stderr).decode()
    assert telegram.token not in said
    assert telegram.token.partition(":")[2] not in said
    assert "Traceback" not in said
    return done.returncode, said


def test_all_well(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Nothing to mend: status 0, and the examination left no trace."""
    telegram.world.privacy_mode = True
    status, said = doctor(telegram, tmp_path)
    assert status == 0, said
    assert said.endswith("all well\n")
    assert "belongs to @TreatyBot" in said
    assert "note" not in said
    assert not list(tmp_path.iterdir())
    assert telegram.violations == []


Trouble = Callable[[FakeTelegram, Path], dict[str, str | None]]


def _revoked(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("401")
    return {}


def _down(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.go_down()
    return {}


def _failing(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("502")
    return {}


def _busy(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.faults.add("429")
    return {}


def _hooked(telegram: FakeTelegram, _: Path) -> dict[str, str | None]:
    telegram.webhook.url = "https://elsewhere.example/hook"
    return {}


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
    telegram.world.clock_ahead = 300
    return {}


def _store_broken(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    (folder / "bot.sqlite3").write_bytes(b"no database at all, but long enough" * 40)
    return {}


def _store_nowhere(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    (folder / "file").touch()
    return {"DATABASE_PATH": str(folder / "file" / "bot.sqlite3")}


def _knowledge_broken(_: FakeTelegram, folder: Path) -> dict[str, str | None]:
    copy = Path(shutil.copytree(BRIDGE, folder / "knowledge"))
    (copy / "timeline.yaml").write_text("events: 3\n", encoding="utf-8")
    return {"KNOWLEDGE_DIR": str(copy)}


def _muted(telegram: FakeTelegram, folder: Path) -> dict[str, str | None]:
    groups = [telegram.group(name) for name in ("Readers", "Neighbours", "Anglers", "Gone")]
    store = Store(folder / "bot.sqlite3")
    for group in groups:
        Groups(store).greeted(group.id)
    store.close()
    groups[0].can_send_messages = False
    telegram.set_bot_status(groups[1], "restricted")
    groups[1].can_send_messages = False
    telegram.set_bot_status(groups[2], "administrator")
    telegram.remove_bot(groups[3])
    return {}


TROUBLES: list[tuple[Trouble, int, str, str]] = [
    (lambda *_: {"TELEGRAM_BOT_TOKEN": None}, 2, "TELEGRAM_BOT_TOKEN is not set", "@BotFather"),
    (lambda *_: {"TELEGRAM_BOT_TOKEN": "12 3"}, 2, "does not look like a token", "@BotFather"),
    (lambda *_: {"WEBHOOK_PORT": "x"}, 2, "WEBHOOK_PORT", "Mend it in"),
    (_revoked, 1, "does not accept TELEGRAM_BOT_TOKEN", "copy it again"),
    (_down, 1, "is out of reach (ConnectError)", "HTTPS_PROXY"),
    (_failing, 1, "answers with an error of its own", "wait and try again"),
    (_busy, 1, "too many calls", "wait and try again"),
    (_hooked, 1, "but WEBHOOK_URL is not set", "removes it and polls"),
    (_hooked_elsewhere, 1, "delivers to https://elsewhere.example", "stop that one"),
    (_undelivered, 1, "the last failed: Connection refused", "127.0.0.1:8080"),
    (_waiting, 1, "101 updates wait", "see that `treaty-bot run` is up"),
    (_clock_behind, 1, " s behind the server's", "timedatectl set-ntp true"),
    (_muted, 1, "may not write in 2 of 3 groups: -", "allow it to send messages"),
    (_store_broken, 1, "cannot be used (file is not a database)", "move it away"),
    (_store_nowhere, 1, "is no folder", "name another DATABASE_PATH"),
    (_knowledge_broken, 1, "timeline.yaml:1: 'events'", "treaty-bot check"),
]


@pytest.mark.parametrize(("trouble", "status", "said", "advice"), TROUBLES)
def test_each_trouble_gets_its_advice(  # noqa: PLR0913, PLR0917 - one column each
    telegram: FakeTelegram, tmp_path: Path, trouble: Trouble, status: int, said: str, advice: str
) -> None:
    """What is wrong, what to do about it, and the right exit status."""
    env = trouble(telegram, tmp_path)
    found, printed = doctor(telegram, tmp_path, **env)
    assert found == status, printed
    assert said in printed
    assert advice in printed
    assert "all well" not in printed


def test_switches_are_notes_and_no_trouble(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Privacy mode off, no groups, no inline and no guest queries: told with the command."""
    telegram.world.switches = dict.fromkeys(telegram.world.switches, False)
    status, said = doctor(telegram, tmp_path)
    assert status == 0
    assert said.count("note ") == 4
    for command in ("/setprivacy", "/setjoingroups", "/setinline", "/mybots"):
        assert command in said


ADDRESSES = [
    ("https://bot.example/hook", True),
    ("https://bot.example:8443/hook", True),
    ("http://bot.example/hook", False),
    ("https://bot.example:8080/hook", False),
    (None, True),
]


@pytest.mark.parametrize(("url", "is_sound"), ADDRESSES)
def test_a_webhook_that_telegram_cannot_call(url: str | None, *, is_sound: bool) -> None:
    """The official server takes https on four ports alone."""
    found = webhook_address(Settings(webhook_url=url))
    assert [finding.state for finding in found] == ([] if is_sound else ["wrong setting"])
