"""What a process has no use for takes no memory in it, and no time at its start."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from bot.loading.cache import load_answerer_in_subprocess
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE, ROOT
from tests.telegram.processes import wait_for_log

QUESTION = "when does the bridge close?"
# Runs a command, and prints at its end what was loaded.
TELLING = """
import atexit, sys
atexit.register(lambda: print("loaded:", *sys.modules))
from bot.cli import main
sys.exit(main(sys.argv[1:]))
"""
# Verifying the knowledge, pictures, figures, the web server and progress bars.
TO_POLL = {"PIL", "prometheus_client", "pydantic", "starlette", "tqdm", "uvicorn", "yaml"}
TO_ANSWER = {*TO_POLL, "aiohttp", "asyncio", "httpx", "sqlite3", "telegram", "watchfiles"}


def loaded(output: str) -> set[str]:
    """The modules that a process told in its last line."""
    told = output.splitlines()[-1].split()
    assert told[0] == "loaded:"
    assert "bot.answering.answerer" in told
    return set(told)


def test_what_polling_does_not_need_is_not_loaded(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Not even after edits and a picture: other processes verify and draw."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    answers = folder / "answers.yaml"
    sound = answers.read_text("utf-8")
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(folder), "LOG_LEVEL": "INFO"}
    with BotProcess(telegram, tmp_path, env=env, command=("-c", TELLING, "run")) as bot:
        bot.start()
        for text, said in (("topics: 3", "answering on with"), (f"{sound}\n", " replaces ")):
            answers.write_text(text, encoding="utf-8")
            bot.process.send_signal(signal.SIGHUP)
            wait_for_log(bot, said)
            assert "12 April 2021" in str(telegram.reply_to(telegram.say(QUESTION))["text"])
        assert "photo" in telegram.reply_to(telegram.say("/timeline"))
        bot.terminate()
        assert bot.wait() == 0
    assert loaded(bot.log) & TO_POLL == set()


def test_what_an_answer_does_not_need_is_not_loaded(tmp_path: Path) -> None:
    """Where an earlier start has verified and indexed the knowledge, it is only read."""
    load_answerer_in_subprocess(BRIDGE)
    done = subprocess.run(
        [sys.executable, "-c", TELLING, "ask", QUESTION, "--knowledge", str(BRIDGE)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "12 April 2021" in done.stdout
    assert loaded(done.stdout) & TO_ANSWER == set()
