"""The running bot ignores broken edits of its knowledge and loads valid ones."""

import asyncio
import shutil
import signal
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from bot.answering import Answerer
from bot.loading.reload import KnowledgeReloader
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.knowledge.breakages import BREAKAGES
from tests.paths import BRIDGE
from tests.waiting import wait_for_log

OLD, NEW = "walkers may cross on", "walkers may still cross on"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


def answer(telegram: FakeTelegram) -> str:
    """The bot's answer to the question whose answer the valid edit changes."""
    return str(telegram.reply_to(telegram.say("can i walk over the bridge?"))["text"])


def edited(folder: Path) -> str:
    """The text of answers.yaml with a valid edit."""
    text = (folder / "answers.yaml").read_text("utf-8")
    return text.replace(f"answer: Cyclists and {OLD}", f"answer: Cyclists and {NEW}")


def test_broken_edits_never_take_the_bot_down(
    telegram: FakeTelegram, tmp_path: Path, folder: Path
) -> None:
    """After every breakage the running bot still answers, using the old knowledge."""
    with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(folder)}) as bot:
        bot.start()
        assert f"Cyclists and {OLD}" in answer(telegram)
        for times, breakage in enumerate(BREAKAGES, 1):
            at = len(bot.log)
            place = breakage.apply(folder)
            wait_for_log(bot, "still using", times)
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


def test_sighup_reloads(telegram: FakeTelegram, tmp_path: Path, folder: Path) -> None:
    """SIGHUP reloads the folder and logs if nothing has changed; the bot keeps running."""
    with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(folder)}) as bot:
        bot.start()
        bot.process.send_signal(signal.SIGHUP)
        wait_for_log(bot, "the knowledge is unchanged")
        assert f"Cyclists and {OLD}" in answer(telegram)


def test_the_owners_are_told_of_a_refused_edit(
    telegram: FakeTelegram, tmp_path: Path, folder: Path
) -> None:
    """Each problem reaches them once, until the knowledge is valid again."""
    owner = telegram.user("Olga")
    chat = telegram.private(owner)
    telegram.say("/start", chat=chat, user=owner)
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(folder), "OWNER_IDS": str(owner.id)}
    answers = folder / "answers.yaml"
    valid = answers.read_text("utf-8")
    with BotProcess(telegram, tmp_path, env=env) as bot:
        bot.start()
        telegram.wait_for(lambda: telegram.sent(chat.id), what="the welcome")
        for times, text in enumerate(("topics: 3", "\ntopics: 3", "topics: 4"), 1):
            answers.write_text(text, encoding="utf-8")
            wait_for_log(bot, "still using", times)
        answers.write_text(valid, encoding="utf-8")
        wait_for_log(bot, "the knowledge is unchanged")
        answers.write_text("topics: 3", encoding="utf-8")
        told = telegram.wait_for(lambda: telegram.sent(chat.id)[2:], what="the second report")
    assert len(told) == 1
    first = telegram.sent(chat.id)[1]["text"]
    assert first.startswith("Your edit has problems, so I go on with the knowledge as it was")
    assert "answers.yaml:1: " in first


def test_an_owner_who_cannot_be_told_delays_no_edit(
    telegram: FakeTelegram, tmp_path: Path, folder: Path
) -> None:
    """The report waits for Telegram; the mended knowledge does not."""
    owner = telegram.user("Olga")
    chat = telegram.private(owner)
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(folder), "OWNER_IDS": str(owner.id)}
    mended = edited(folder)
    with BotProcess(telegram, tmp_path, env=env) as bot:
        bot.start()
        telegram.faults.add("429", "sendMessage", times=1, retry_after=300)
        (folder / "answers.yaml").write_text("topics: 3", encoding="utf-8")
        wait_for_log(bot, "retrying in 300")
        (folder / "answers.yaml").write_text(mended, encoding="utf-8")
        wait_for_log(bot, " replaces ")
        assert telegram.sent(chat.id) == []


def test_sigterm_ends_the_bot_while_it_learns(telegram: FakeTelegram, tmp_path: Path) -> None:
    """The status is 0, as later: the first process of a container would not even get the signal."""
    with BotProcess(telegram, tmp_path, env={"XDG_CACHE_HOME": str(tmp_path)}) as bot:
        bot.start(ready=False)
        wait_for_log(bot, "Learning from the phrasings")
        bot.terminate()
        assert bot.wait() == 0


@pytest.mark.anyio
async def test_an_invalid_edit_is_logged_and_ignored(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The knowledge in use does not change until there is a valid edit."""
    reloader = KnowledgeReloader(folder)
    before = reloader.active.answerer
    valid = edited(folder)
    (folder / "answers.yaml").write_text("topics: 3", encoding="utf-8")
    await reloader.reload()
    assert reloader.active.answerer is before
    assert caplog.text.count("answers.yaml:1: ") == 2
    (folder / "answers.yaml").write_text(valid, encoding="utf-8")
    await reloader.reload()
    assert reloader.active.answerer.knowledge.version != before.knowledge.version


@pytest.mark.anyio
async def test_if_saves_are_no_longer_noticed_the_log_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error while looking for saves does not go unnoticed."""
    monkeypatch.setattr("bot.loading.reload.LOOK_INTERVAL", 0.0)
    monkeypatch.setattr("bot.knowledge.edits.EditDetector.has_new_edit", Mock(side_effect=OSError))
    watching = asyncio.create_task(KnowledgeReloader(folder).watch(AsyncMock()))
    async with asyncio.timeout(30):
        while "watching for saves has stopped" not in caplog.text:  # noqa: ASYNC110 - in the log only
            await asyncio.sleep(0)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


@pytest.mark.anyio
async def test_learning_for_long_is_logged(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Both at the start and after an edit, the log says why it takes a while."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("bot.loading.cache._SLOW", 0)
    caplog.set_level("INFO")
    reloader = KnowledgeReloader(folder)
    (folder / "answers.yaml").write_text(edited(folder), encoding="utf-8")
    await reloader.reload()
    assert caplog.text.count("Learning from the phrasings") == 2
    assert caplog.text.count("Learned from ") == 2


@pytest.mark.anyio
async def test_knowledge_that_cannot_be_built_is_ignored(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Any other exception is logged, and the old knowledge stays in use."""
    reloader = KnowledgeReloader(folder)
    before = reloader.active.answerer

    def fail(*_: object, **__: object) -> Answerer:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.loading.reload.load_answerer", fail)
    await reloader.reload()
    assert reloader.active.answerer is before
    assert f"still using {before.knowledge.version}" in caplog.text
