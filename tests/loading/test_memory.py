"""Libraries that a process does not need are not imported, to save memory and time."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from bot.loading.cache import load_answerer
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE, ROOT
from tests.waiting import wait_for_log

QUESTION = "when does the bridge close?"
# Runs a command and finally prints the imported modules.
PRINT_MODULES = """
import atexit, sys
atexit.register(lambda: print("modules:", *sys.modules))
from bot.cli import main
sys.exit(main(sys.argv[1:]))
"""
# For verifying the knowledge, pictures, metrics, other HTTP clients and progress bars.
UNUSED_BY_RUN = {"PIL", "httpx", "prometheus_client", "pydantic", "tqdm", "yaml"}
UNUSED_BY_ASK = {*UNUSED_BY_RUN, "aiohttp", "asyncio", "sqlite3", "telegram"}


def imported(output: str) -> set[str]:
    """The modules that a process printed in its last line."""
    words = output.splitlines()[-1].split()
    assert words[0] == "modules:"
    assert "bot.answering.answerer" in words
    return set(words)


def test_run_does_not_import_unused_libraries(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Not even after edits and a picture, since subprocesses verify and draw."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    answers = folder / "answers.yaml"
    valid = answers.read_text("utf-8")
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(folder), "LOG_LEVEL": "INFO"}
    with BotProcess(telegram, tmp_path, env=env, command=("-c", PRINT_MODULES, "run")) as bot:
        bot.start()
        for text, logged in (("topics: 3", "still using"), (f"{valid}\n", " replaces ")):
            answers.write_text(text, encoding="utf-8")
            bot.process.send_signal(signal.SIGHUP)
            wait_for_log(bot, logged)
            assert "12 April 2021" in str(telegram.reply_to(telegram.say(QUESTION))["text"])
        assert "photo" in telegram.reply_to(telegram.say("/timeline"))
        bot.terminate()
        assert bot.wait() == 0
    assert imported(bot.log) & UNUSED_BY_RUN == set()


def test_doctor_does_not_import_httpx() -> None:
    """It imports the library as `run` does."""
    program = "import sys, bot.doctor; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"


def test_ask_does_not_import_unused_libraries(tmp_path: Path) -> None:
    """With a cached answerer, `ask` imports no library for verifying or serving."""
    load_answerer(BRIDGE, in_subprocess=True)
    # Measuring the coverage of a subprocess imports libraries of its own.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES, "ask", QUESTION, "--knowledge", str(BRIDGE)],
        cwd=tmp_path,
        env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "12 April 2021" in done.stdout
    assert imported(done.stdout) & UNUSED_BY_ASK == set()
