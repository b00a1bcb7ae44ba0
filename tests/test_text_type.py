"""`text_type` in source.yaml: what the bot's own replies call a text that is no article."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from bot import timeline
from bot.answering.compose import templates
from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from bot.pictures.timeline import draw
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE, ROOT

RULES = ROOT / "docs/examples/allotment"
ARTICLE = re.compile(r"\barticle\b", re.IGNORECASE)


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    """A folder that calls its text a notice, in its own words too."""
    folder = tmp_path / "notice"
    shutil.copytree(BRIDGE, folder)
    for path in folder.glob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace("article", "notice"), "utf-8")
    name(folder, "notice")
    return folder


def name(folder: Path, text_type: str) -> None:
    """Set the key."""
    with (folder / "source.yaml").open("a", encoding="utf-8") as file:
        file.write(f"text_type: {text_type}\n")


@pytest.mark.parametrize(
    ("text_type", "is_valid"),
    [
        ("agreement", True),
        ("press release", True),
        ("thesis", True),  # an s is not always a plural's
        ("prospectus", True),
        ("notice of a meeting", False),
        ("the notice", False),
        ("a notice", False),
        ("rules", False),
        ("house rules", False),
        ("Notice", False),
        ("by-law", False),
        ("notice2", False),
        ("'notice '", False),
        ("''", False),
    ],
)
def test_it_is_one_or_two_words_in_the_singular(
    tmp_path: Path, text_type: str, *, is_valid: bool
) -> None:
    """It stands after “the” and “one”, and before “says”."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    name(folder, text_type)
    if is_valid:
        assert load_knowledge(folder).source.text_type == text_type
    else:
        with pytest.raises(KnowledgeError, match="one or two words in the singular"):
            load_knowledge(folder)


def test_no_reply_of_the_bot_calls_it_an_article(notice: Path) -> None:
    """Templates, small talk, the timeline and its picture say notice instead."""
    knowledge, article, today = load_knowledge(notice), load_knowledge(BRIDGE), dt.date(2026, 1, 1)
    said = [
        *templates(knowledge),
        *(chat.reply for chat in knowledge.vocabulary.smalltalk),
        timeline.as_text(knowledge, today),
        timeline.as_text(knowledge, today, "xyzzy"),
    ]
    assert [text for text in said if ARTICLE.search(text)] == []
    assert "I couldn't find that in the notice." in said
    assert "expected when the notice appeared" in said[-2]
    assert draw(knowledge, article.events) != draw(article, article.events)


def test_ask_and_chat_name_the_rulebook(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of an example folder, whether a question gets no answer or a remark gets a reply."""
    folder = ["--knowledge", str(RULES)]
    main(["ask", *folder, "who won the world cup in 1966?"])
    assert "I couldn't find that in the rulebook." in capsys.readouterr().out
    lines = tmp_path / "lines.txt"
    lines.write_text("what is the capital of france\nare you there\n", "utf-8")
    with lines.open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        main(["chat", *folder])
    printed = " ".join(capsys.readouterr().out.split())
    assert "I couldn't find that in the rulebook." in printed
    assert "Ask me about the rulebook." in printed


def test_the_bot_in_telegram_names_it(telegram: FakeTelegram, tmp_path: Path, notice: Path) -> None:
    """In its profile, greetings, commands and buttons."""
    with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(notice)}) as process:
        process.start()
        group, eva = telegram.group("Neighbours", status="left"), telegram.user("Eva")
        telegram.set_status(group, eva, "administrator")
        telegram.add_bot(group)
        telegram.wait_idle()
        shown = [*telegram.sent(group.id), telegram.reply_to(telegram.say("xyzzy"))]
        shown.append(telegram.reply_to(telegram.say("/settings", chat=group, user=eva)))
        commands = ("/start", "/start p1", "/help", "/source", "/timeline xyzzy")
        shown += [telegram.reply_to(telegram.say(command)) for command in commands]
        texts = [str(message) for message in shown]
        profile = {field: text for (field, _), text in telegram.world.profile.items()}
        texts += [profile["description"], profile["short_description"]]
        texts += map(str, telegram.world.commands.values())
    assert [text for text in texts if ARTICLE.search(text)] == []
    assert [text for text in texts if "notice" not in text] == []


@pytest.mark.parametrize(("text_type", "status"), [("notice", 0), ("article", 0), ("letter", 2)])
def test_an_answer_may_begin_with_its_silence(tmp_path: Path, text_type: str, status: int) -> None:
    """“The notice doesn't say” settles a yes-or-no question as “The article doesn't say” does."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    name(folder, "notice")
    answers = folder / "answers.yaml"
    said, own = "It is disputed. The harbour", f"The {text_type} doesn't say. The harbour"
    text = answers.read_text("utf-8")
    assert said in text
    answers.write_text(text.replace(said, own), "utf-8")
    assert main(["check", "--knowledge", str(folder)]) == status
