"""Functions called in a subprocess have the same outcome as in this process."""

import os
from pathlib import Path

import pytest

from bot.loading.subprocesses import run_in_subprocess
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE


def test_a_subprocess_runs_the_function() -> None:
    """The result comes back from another process, whatever its size."""
    assert run_in_subprocess("os", "getpid") != os.getpid()
    assert run_in_subprocess("operator", "mul", b"x", 10**7) == b"x" * 10**7


def test_exceptions_are_raised_here() -> None:
    """An exception comes back with the subprocess's traceback as a note."""
    with pytest.raises(ZeroDivisionError) as raised:
        run_in_subprocess("operator", "truediv", 1, 0)
    assert any("bot/loading/subprocesses.py" in note for note in raised.value.__notes__)


def test_a_call_that_cannot_be_pickled_runs_here(caplog: pytest.LogCaptureFixture) -> None:
    """If the subprocess cannot run the function, this process does, and the log says so."""
    unpicklable = iter(lambda: 0, 1)
    assert run_in_subprocess("builtins", "id", unpicklable) == id(unpicklable)
    assert "a subprocess broke down (" in caplog.text


def test_a_subprocess_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process then runs the function, however long that takes."""
    monkeypatch.setattr("bot.loading.subprocesses._TIMEOUT", 0.2)
    monkeypatch.setattr("signal.pause", lambda: "done here")
    assert run_in_subprocess("signal", "pause") == "done here"


def test_nothing_in_the_working_directory_is_executed(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """Not when the bot starts, builds the index, or draws a picture."""
    for name in ("pydantic", "yaml", "numpy", "PIL", "telegram", "aiohttp", "json", "pathlib"):
        trap = f"open({str(tmp_path / 'executed')!r}, 'a').write({name!r})"
        (tmp_path / f"{name}.py").write_text(trap, "utf-8")
    env: dict[str, str | None] = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "KNOWLEDGE_DIR": str(BRIDGE),
    }
    with BotProcess(telegram, tmp_path, env=env) as bot:
        bot.start(timeout=120)
        assert telegram.reply_to(telegram.say("/timeline"), timeout=60)["photo"]
        assert telegram.reply_to(telegram.say("When does the bridge close?"))
        bot.terminate()
        assert bot.wait() == 0
    assert not (tmp_path / "executed").exists()
