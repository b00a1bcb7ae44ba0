"""Runs the real bot in its own process against a fake Telegram."""

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

RUN_BOT = ("-m", "bot", "run")
KILLED = -signal.SIGKILL


class BotProcess:
    """Runs `python -m bot run` in `folder` with a clean environment. A context manager.

    `env` adds or replaces environment variables; None removes one. `command` is the arguments to
    the interpreter. Each run appends its output to `folder/bot.log`. Exiting kills the process if
    it is still running, and fails if there were violations, unless `allows_violations` is set.
    """

    def __init__(
        self,
        telegram: FakeTelegram,
        folder: Path,
        *,
        env: dict[str, str | None] | None = None,
        command: Sequence[str] = RUN_BOT,
    ) -> None:
        self.telegram, self.folder, self.command = telegram, folder, tuple(command)
        self.log_file = folder / "bot.log"
        if self.command[:2] == RUN_BOT[:2]:
            telegram.bot_logs.append(self.log_file)
        defaults: dict[str, str | None] = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),  # also works if the checkout is not installed
            "PYTHONUTF8": "1",
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(folder / "cache")),
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_PATH": str(folder / "bot.sqlite3"),
            "LOG_LEVEL": "DEBUG",  # FakeTelegram searches the log for the token on exit
        }
        given = defaults | (env or {})
        self.env = {name: value for name, value in given.items() if value is not None}
        self.allows_violations = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process started last."""
        if self._process is None:
            raise RuntimeError("the bot has not been started yet")
        return self._process

    @property
    def log(self) -> str:
        """Everything written to stdout and stderr so far."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def start(self, *, ready: bool = True, timeout: float = 30.0) -> Self:
        """Start the bot and, if `ready`, wait until it polls or has set its webhook."""
        calls, polls = len(self.telegram.calls), self.telegram.updates.polls
        with self.log_file.open("ab") as log:
            self._process = process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=self.folder,  # so that a developer's .env is not read
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        threading.Thread(target=self._notify_on_exit, args=[process], daemon=True).start()
        if ready:
            self.telegram.wait_for(
                lambda: self._is_ready(calls, polls) or process.poll() is not None,
                timeout,
                "first getUpdates or setWebhook",
            )
            if process.poll() is not None:
                tail = self.log[-4000:]
                raise RuntimeError(f"the bot exited with status {process.returncode}:\n{tail}")
        return self

    def _is_ready(self, calls: int, polls: int) -> bool:
        new = self.telegram.log.calls[calls:]
        has_webhook = any(call.method == "setWebhook" and call.result for call in new)
        return has_webhook or self.telegram.updates.polls > polls

    def _notify_on_exit(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        with self.telegram.lock:
            self.telegram.lock.notify_all()

    def is_running(self) -> bool:
        """Whether the process is running."""
        return self._process is not None and self._process.poll() is None

    def terminate(self) -> None:
        """Send SIGTERM without waiting."""
        self.process.terminate()

    def kill(self) -> int:
        """Send SIGKILL and wait for the process to exit."""
        self.process.kill()
        return self.process.wait()

    def wait(self, timeout: float = 30.0) -> int:
        """Wait for the process to exit and return its status."""
        return self.process.wait(timeout)

    def peak_memory(self) -> int:
        """Return the peak resident memory of the running process in bytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def cpu_time(self) -> float:
        """Return the CPU time of the running process in seconds, user and system (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.is_running():
            self.kill()
        if error is None and not self.allows_violations:
            assert self.telegram.violations == []
