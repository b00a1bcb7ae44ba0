"""The commands, run as a user runs them: a process, its output and its exit status."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import Secret, Settings, load_settings
from bot.errors import InputError
from tests.paths import BRIDGE

ARTICLE = (BRIDGE / "article.txt").read_text(encoding="utf-8")


def run(
    *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one command on the tiny knowledge folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments, "--knowledge", str(BRIDGE)],
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_ask_prints_answer_passage_and_source() -> None:
    """A person reads the answer, the quoted passage and the source line."""
    done = run("ask", "when", "does", "the", "bridge", "close?")
    printed = done.stdout.decode()
    assert done.returncode == 0
    assert "12 April 2021" in printed
    assert "will close the old harbour bridge to cars on April" in printed
    assert "Lindholm Gazette, 3 March 2021" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_json_has_the_keys_of_the_contract_and_quotes_the_article() -> None:
    """One JSON object; each quote equals article[start:end]."""
    reply = json.loads(run("ask", "--json", "when does the bridge close?").stdout)
    assert list(reply) == [
        "id", "knowledge", "text", "status", "entry", "confidence", "answer", "citations",
        "suggestions", "related", "elapsed_us",
    ]  # fmt: skip
    assert reply["status"] == "answered"
    assert reply["entry"] == "closing-date"
    assert 0 <= reply["confidence"] <= 1
    for citation in reply["citations"]:
        assert citation["quote"] == ARTICLE[citation["start"] : citation["end"]]
        assert citation["passage"] == f"p{citation['paragraph']}"


def test_jsonl_answers_one_for_one_and_keeps_the_ids() -> None:
    """Rows come back in order with their ids; a conversation shares its context."""
    rows = [
        {"text": "when does the bridge close?", "id": {"any": 1}, "conversation": "c"},
        {"text": "why?", "id": "b", "conversation": "c"},
        {"text": "why?", "id": "c"},
        {"text": "when does the bridge close?", "conversation": 0},
        {"text": "why?", "conversation": 0},
    ]
    done = run("ask", "--jsonl", stdin="\n".join(map(json.dumps, rows)).encode())
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [reply["id"] for reply in replies] == [{"any": 1}, "b", "c", None, None]
    assert replies[1]["entry"] == "closing-reason"
    assert replies[2]["status"] != "answered"
    assert replies[4]["entry"] == "closing-reason"


def test_a_file_of_rubbish_gets_an_error_a_line_and_the_rest_its_answers() -> None:
    """Rubbish lines are told by number; nothing after them is lost."""
    rubbish = b'\xff\xfe\n[1]\n{"text": 3}\n{"text": "when does the bridge close?", "id": 4}\n'
    done = run("ask", "--jsonl", stdin=rubbish)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert ["error" in reply for reply in replies] == [True, True, True, False]
    assert replies[0]["error"].startswith("line 1: ")
    assert replies[3]["entry"] == "closing-date"
    assert b"Traceback" not in done.stderr


CIVIL = [
    "a" * 4096,
    "\u200b\u200d\ufeff",
    "\u202eegdirb eht esolc",
    "<b>bridge</b> <script>alert(1)</script>",
    "👍🏽🚀😀",
    "?",
    "{0} %s ${HOME}",
    "мост",
    "\x00\x01",
]


def test_odd_texts_get_a_civil_reply() -> None:
    """No odd text raises, and none is answered by accident."""
    lines = "\n".join(json.dumps({"text": text}) for text in CIVIL)
    done = run("ask", "--jsonl", stdin=lines.encode())
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(replies) == len(CIVIL)
    answered = [r["text"] for r in replies if r["status"] == "answered"]
    assert answered in ([], ["<b>bridge</b> <script>alert(1)</script>"])


WRONG = [
    ((), "COMMAND"),
    (("ask",), "ask needs a question"),
    (("ask", "  "), "ask needs a question"),
    (("ask", "--jsonl", "text"), "leave TEXT out"),
    (("evaluate",), "treaty-bot evaluate FILE"),
    (("evaluate", "nowhere.yaml"), "nowhere.yaml: is no file"),
    (("nonsense",), "invalid choice"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_wrong_arguments_exit_2_with_one_clear_message(
    arguments: tuple[str, ...], said: str
) -> None:
    """Status 2, what is wrong, no traceback."""
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error() -> None:
    """`treaty-bot ask --jsonl | head -1` ends quietly."""
    script = (
        f'yes \'{{"text": "when does the bridge close?"}}\' | head -n 2000 |'
        f" {sys.executable} -m bot ask --jsonl --knowledge {BRIDGE!s} 2>errors | head -n 1;"
        " echo ${PIPESTATUS[2]}; cat errors"
    )
    done = subprocess.run(
        ["bash", "-c", f"cd $(mktemp -d); export PYTHONPATH={Path.cwd()}; {script}"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    first, *rest = done.stdout.decode().splitlines()
    assert json.loads(first)["status"] == "answered"
    assert rest == ["0"]


SHELLS = [
    ("ask --jsonl <&-", 0, ""),
    ("chat <&-", 0, ""),
    ("ask when does it close >&-", 1, "cannot go on with the output"),
    ("ask when does it close >/dev/full", 1, "No space left on device"),
    ("check >/dev/full", 1, "No space left on device"),
    ("ask --jsonl <asked >/dev/full", 1, "No space left on device"),
    ("timeline --png /dev/full", 2, "is no ordinary file"),
    ("ask when does it close <&- >&- 2>&-", 1, ""),
]


@pytest.mark.parametrize(("line", "status", "said"), SHELLS)
def test_closed_and_full_streams(tmp_path: Path, line: str, status: int, said: str) -> None:
    """One clear message, the right status, no traceback."""
    (tmp_path / "asked").write_text('{"text": "when does it close"}\n' * 9, encoding="utf-8")
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{sys.executable} -m bot {line.replace(' ', f' --knowledge {BRIDGE!s} ', 1)}",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == bool(said)


ENCODED = [
    (("ask", "when does the bridge close?"), "12 April 2021"),
    (("timeline",), "p2: ?The Lindholm"),
]


@pytest.mark.parametrize(("arguments", "said"), ENCODED)
def test_a_terminal_that_knows_few_letters(arguments: tuple[str, ...], said: str) -> None:
    """What it cannot show becomes a question mark."""
    done = run(*arguments, env={"PYTHONIOENCODING": "ascii:strict"})
    assert done.returncode == 0
    assert said in done.stdout.decode("ascii")


def test_json_is_utf_8_whatever_the_terminal() -> None:
    """Programs read it so."""
    text = "“when” does the мост close?"
    done = run("ask", "--json", text, env={"PYTHONIOENCODING": "latin-1"})
    assert json.loads(done.stdout.decode("utf-8"))["text"] == text


def test_chat_reads_what_is_no_utf_8() -> None:
    """Rubbish is a question like another."""
    lines = b"\xff\xfe\x00\nwhen does the bridge close?\n"
    done = run("chat", stdin=lines, env={"PYTHONIOENCODING": "utf-8:strict"})
    assert done.returncode == 0
    assert "12 April 2021" in done.stdout.decode()


SETTINGS = [
    ({"OWNER_IDS": "abc"}, "OWNER_IDS: must be numbers of people"),
    ({"WEBHOOK_URL": "ftp://x"}, "WEBHOOK_URL: must start with https://"),
    ({"WEBHOOK_SECRET": "s3cret with blanks"}, "WEBHOOK_SECRET: must be 1 to 256"),
    ({"WEBHOOK_PORT": "0", "LOG_FORMAT": "xml"}, "LOG_FORMAT: must be text or json"),
    ({"WEBHOOK_PORT": "http"}, "WEBHOOK_PORT: must be a whole number from 1 to 65535"),
    ({"METRICS_PORT": "65536"}, "METRICS_PORT: must be a whole number from 1 to 65535"),
    ({"CONFLICT_PATIENCE": "-1"}, "CONFLICT_PATIENCE: must be a number of seconds above 0"),
    ({"CONFLICT_PATIENCE": "nan"}, "CONFLICT_PATIENCE: must be a number of seconds above 0"),
    ({"QUESTION_LOG": "maybe"}, "QUESTION_LOG: must be true or false"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR"),
]


@pytest.mark.parametrize(("env", "said"), SETTINGS)
def test_wrong_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, env: Mapping[str, str], said: str
) -> None:
    """Each variable with what it must be, all at once, and no secret."""
    monkeypatch.chdir(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError) as error:
        load_settings()
    assert said in str(error.value)
    assert all(f"{name}: " in str(error.value) for name in env)
    assert "s3cret" not in str(error.value)


TAKEN = [
    ({"LOG_LEVEL": "debug"}, "", Settings(log_level="DEBUG")),
    ({"LOG_LEVEL": "debug"}, "LOG_LEVEL=ERROR", Settings(log_level="DEBUG")),
    ({"LOG_LEVEL": ""}, "LOG_LEVEL=ERROR", Settings(log_level="ERROR")),
    ({}, "METRICS_PORT=\nWEBHOOK_PORT=\n", Settings()),
    ({}, "export METRICS_PORT='9464'  # theirs\nOTHER=1", Settings(metrics_port=9464)),
    ({"OWNER_IDS": "12, 34"}, "", Settings(owner_ids=frozenset({12, 34}))),
    ({"QUESTION_LOG": "Off"}, "SEND_LIMITS=0", Settings(question_log=False, send_limits=False)),
    ({"CONFLICT_PATIENCE": "2.5"}, "", Settings(conflict_patience=2.5)),
    ({}, "WEBHOOK_URL=https://bot.example/", Settings(webhook_url="https://bot.example")),
    ({}, "TELEGRAM_BOT_TOKEN=1:a", Settings(telegram_bot_token=Secret("1:a"))),
]


@pytest.mark.parametrize(("env", "file", "taken"), TAKEN)
def test_settings_from_the_environment_and_the_file(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    env: Mapping[str, str],
    file: str,
    taken: Settings,
) -> None:
    """The environment wins, what is empty is not set, and what others have there is left alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(file, encoding="utf-8")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == taken


def test_a_secret_shows_only_when_asked() -> None:
    """Neither printed nor in a list, nor with all the settings."""
    secret = Secret("1:s3cret")
    shown = f"{secret} {secret!r} {[secret]} {Settings(webhook_secret=secret)}"
    assert "s3cret" not in shown
    assert secret.reveal() == "1:s3cret"


def test_a_settings_file_of_another_encoding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What PowerShell writes is told, with the mend."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=\n", encoding="utf-16")
    with pytest.raises(InputError, match="save it as UTF-8"):
        load_settings()


def test_no_command_prints_the_help() -> None:
    """A newcomer who types the name alone sees what there is; status 2."""
    done = subprocess.run([sys.executable, "-m", "bot"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"a conversation in this terminal" in done.stderr


def test_chat_takes_numbers_commands_and_follow_ups() -> None:
    """A conversation: a question, a follow-up, a pick by number, commands, the end."""
    lines = (
        "when does the bridge close?\nwhy?\n/topics\n/source\n/timeline\n/settings\n/help\nxyzzy\n"
    )
    done = run("chat", stdin=(lines + "when does the bridge close?\n1\n/quit\n").encode())
    printed = done.stdout.decode()
    assert done.returncode == 0
    assert "rust does not wait" in printed
    assert "There is no /settings here." in printed
    assert all(len(line.removeprefix("> ")) <= 80 for line in printed.splitlines())
    assert "p1: Lindholm closes its harbour bridge for repairs" in printed
    assert (
        "The works will take nine weeks and cost 2.4 million crowns." in printed.split("xyzzy")[0]
    )


def test_timeline_prints_dates_to_their_precision() -> None:
    """Each event has its date, label and passage."""
    printed = run("timeline").stdout.decode()
    assert max(map(len, printed.splitlines())) <= 80
    assert "12 April 2021" in printed
    assert "p2: “The Lindholm town council" in printed
