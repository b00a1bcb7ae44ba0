"""The real bot as its own process, started against a fake Telegram and always ended."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.paths import ROOT

from .server import FakeTelegram

RUN = ("-m", "bot", "run")
KILLED = -signal.SIGKILL


class BotProcess:
    """Runs `python -m bot run` with a clean environment in `folder`; a context manager.

    The log of all runs is appended to `folder/bot.log`. `env` adds or replaces variables; a value
    of None removes one. `command` is what follows the interpreter. A call that Telegram would
    refuse is an error at the end, unless `expects_refusals`.
    """

    def __init__(
        self,
        telegram: FakeTelegram,
        folder: Path,
        *,
        env: dict[str, str | None] | None = None,
        command: Sequence[str] = RUN,
    ) -> None:
        self.telegram, self.folder, self.command = telegram, folder, tuple(command)
        self.log_file = folder / "bot.log"
        if self.command[:2] == RUN[:2]:
            telegram.bot_logs.append(self.log_file)
        defaults: dict[str, str | None] = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),  # a checkout that is not installed works too
            "PYTHONUTF8": "1",
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(folder / "cache")),
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_PATH": str(folder / "bot.sqlite3"),
            "LOG_LEVEL": "DEBUG",  # each log is searched for the token in the end
        }
        given = defaults | (env or {})
        self.env = {name: value for name, value in given.items() if value is not None}
        self.expects_refusals = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process last started."""
        if self._process is None:
            raise RuntimeError("the bot was not started yet")
        return self._process

    @property
    def log(self) -> str:
        """All that was written to stdout and stderr so far."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def start(self, *, ready: bool = True, timeout: float = 30.0) -> Self:
        """Start it and, if `ready`, wait until it polls or has set its webhook."""
        calls, polls = len(self.telegram.calls), self.telegram.updates.polls
        with self.log_file.open("ab") as log:
            self._process = process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=self.folder,  # no .env of a developer is read
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        threading.Thread(target=self._announce_end, args=[process], daemon=True).start()
        if ready:
            self.telegram.wait_for(
                lambda: self._is_ready(calls, polls) or process.poll() is not None,
                timeout,
                "first getUpdates or setWebhook",
            )
            if process.poll() is not None:
                tail = self.log[-4000:]
                raise RuntimeError(f"the bot ended with status {process.returncode}:\n{tail}")
        return self

    def _is_ready(self, calls: int, polls: int) -> bool:
        new = self.telegram.log.calls[calls:]
        hooked = any(call.method == "setWebhook" and call.result for call in new)
        return hooked or self.telegram.updates.polls > polls

    def _announce_end(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        with self.telegram.lock:
            self.telegram.lock.notify_all()

    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def terminate(self) -> None:
        """Send SIGTERM and return at once."""
        self.process.terminate()

    def kill(self) -> int:
        """Send SIGKILL and wait for the end."""
        self.process.kill()
        return self.process.wait()

    def wait(self, timeout: float = 30.0) -> int:
        """Wait for the end and return the exit status."""
        return self.process.wait(timeout)

    def peak_memory(self) -> int:
        """Return the peak resident set of the running process in bytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def processor_time(self) -> float:
        """Return the seconds that the running process has kept a processor busy (Linux)."""
        behind_name = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2]
        user, system = behind_name.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.is_running():
            self.kill()
        if error is None and not self.expects_refusals:
            assert self.telegram.violations == []
