"""The whole loop: an unanswered question is listed, drafted, filled in, reloaded and answered."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE

QUESTION = "who pays for painting the railings"
DATABASE = "bot.sqlite3"
PASSAGE = "The works will take nine weeks and cost 2.4 million crowns."


def command(*arguments: str, folder: Path, cwd: Path) -> str:
    """Run a command as the owner does, while the bot is running."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments, "--knowledge", str(folder)],
        cwd=cwd,
        env={"PYTHONPATH": str(Path.cwd()), "DATABASE_PATH": str(cwd / DATABASE)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_a_question_in_a_group_to_its_answer(tmp_path: Path) -> None:
    """A drafted entry answers the next question, and no byte of the store identifies the asker."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    env: dict[str, str | None] = {
        "KNOWLEDGE_DIR": str(folder),
        "DATABASE_PATH": str(tmp_path / DATABASE),
    }
    with FakeTelegram() as telegram, BotProcess(telegram, tmp_path, env=env) as bot:
        bot.start()
        asker = telegram.user("Xenophon", username="xeno_quibbler")
        group = telegram.group("Railing friends")
        text = f"@TreatyBot @zelda_moss asks Xenophon: {QUESTION}"
        for _ in range(3):
            reply = telegram.reply_to(telegram.say(text, chat=group, user=asker))
            assert "2.4 million" not in reply["text"]
        telegram.wait_idle()
        listed = command("unanswered", folder=folder, cwd=tmp_path)
        assert "railings" in listed
        stub = yaml.safe_load(command("unanswered", "--stub", folder=folder, cwd=tmp_path))
        (item,) = next(value for name, value in stub.items() if name.startswith("entry "))
        item |= {
            "phrasings": [QUESTION],
            "question": "What do the works cost, painting included?",
            "answer": "The works cost 2.4 million crowns.",
            "passages": [PASSAGE],
        }
        answers = yaml.safe_load((folder / "answers.yaml").read_text("utf-8"))
        answers["entries"].append(item)
        (folder / "answers.yaml").write_text(yaml.safe_dump(answers, sort_keys=False), "utf-8")
        command("check", folder=folder, cwd=tmp_path)
        telegram.wait_for(lambda: "replaces" in bot.log, timeout=30, what="the new knowledge")
        answer = telegram.reply_to(telegram.say(f"@TreatyBot {QUESTION}", chat=group, user=asker))
        assert PASSAGE in answer["text"]
        telegram.wait_idle()
        assert telegram.violations == []
        bot.terminate()
        assert bot.wait() == 0
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite3*"))
    assert b"railings" in stored
    for trace in ("Xenophon", "xeno_quibbler", "zelda", "Railing friends"):
        assert trace.casefold().encode() not in stored.lower(), trace
    for size in (4, 6, 8):
        assert asker.id.to_bytes(size, "big") not in stored
    assert str(asker.id).encode() not in stored
