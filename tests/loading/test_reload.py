"""The running bot and its knowledge: broken edits change nothing, sound ones are taken up."""

import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.loading.reload import KnowledgeReloader
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.knowledge.breakages import BREAKAGES
from tests.paths import BRIDGE

OLD, NEW = "walkers may cross on", "walkers may still cross on"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sound knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


def wait_for_log(bot: BotProcess, said: str, times: int = 1) -> None:
    """Wait until the bot has logged something so many times."""
    deadline = time.monotonic() + 30
    while bot.log.count(said) < times:
        assert time.monotonic() < deadline, f"not logged {times} times: {said}\n{bot.log}"
        assert bot.is_running(), bot.log
        threading.Event().wait(0.01)


def answer(telegram: FakeTelegram) -> str:
    """What the bot says now to the question whose answer the sound edit changes."""
    return str(telegram.reply_to(telegram.say("can i walk over the bridge?"))["text"])


def edited(folder: Path) -> str:
    """The answers with a sound edit."""
    text = (folder / "answers.yaml").read_text("utf-8")
    return text.replace(f"answer: Cyclists and {OLD}", f"answer: Cyclists and {NEW}")


def test_broken_edits_never_take_the_bot_down(
    telegram: FakeTelegram, tmp_path: Path, folder: Path
) -> None:
    """After each of forty breakages the running bot answers on with the old knowledge."""
    with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(folder)}) as bot:
        bot.start()
        assert f"Cyclists and {OLD}" in answer(telegram)
        for times, breakage in enumerate(BREAKAGES, 1):
            at = len(bot.log)
            place = breakage.apply(folder)
            wait_for_log(bot, "answering on with", times)
            assert f"Cyclists and {OLD}" in answer(telegram), breakage.name
            for part in (place, *breakage.says):
                assert part in bot.log[at:], breakage.name
            shutil.copy(BRIDGE / breakage.file, folder)
            wait_for_log(bot, "the knowledge is unchanged", times)
        (folder / "answers.yaml").write_text(edited(folder), encoding="utf-8")
        wait_for_log(bot, " replaces ")
        assert f"Cyclists and {NEW}" in answer(telegram)
        bot.terminate()
        assert bot.wait() == 0
    assert telegram.violations == []
    assert "Traceback" not in bot.log


def test_hang_up_reloads(telegram: FakeTelegram, tmp_path: Path, folder: Path) -> None:
    """SIGHUP takes up what is there, or says that nothing changed; it never ends the bot."""
    with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(folder)}) as bot:
        bot.start()
        bot.process.send_signal(signal.SIGHUP)
        wait_for_log(bot, "the knowledge is unchanged")
        assert f"Cyclists and {OLD}" in answer(telegram)


@pytest.mark.anyio
async def test_a_reload_tells_the_faults_and_keeps_what_is_sound(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The knowledge in force stays as it is until a sound edit."""
    keeper = KnowledgeReloader(folder)
    before = keeper.active.answerer
    sound = edited(folder)
    (folder / "answers.yaml").write_text("topics: 3", encoding="utf-8")
    await keeper.take_up()
    assert keeper.active.answerer is before
    assert caplog.text.count("answers.yaml:1: ") == 2
    (folder / "answers.yaml").write_text(sound, encoding="utf-8")
    await keeper.take_up()
    assert keeper.active.answerer.knowledge.version != before.knowledge.version


@pytest.mark.anyio
async def test_knowledge_that_fails_in_use_is_not_taken_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the building raises, the old knowledge stays in force and it is logged."""
    keeper = KnowledgeReloader(folder)
    before = keeper.active.answerer

    def fail(_: Path) -> Answerer:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.loading.reload.prepare_apart", fail)
    await keeper.take_up()
    assert keeper.active.answerer is before
    assert f"answering on with {before.knowledge.version}" in caplog.text
