"""The commands, run as a user runs them: as a process, with its output and exit status."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot import config
from bot.cli import main
from bot.config import Secret, Settings, load_settings
from bot.errors import InputError
from tests.paths import BRIDGE, ROOT

ARTICLE = (BRIDGE / "article.txt").read_text(encoding="utf-8")


def run(
    *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one command on the small knowledge folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments, "--knowledge", str(BRIDGE)],
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_ask_prints_answer_passage_and_source() -> None:
    """The reply shows the answer, the quoted passage and the source line."""
    done = run("ask", "when", "does", "the", "bridge", "close?")
    printed = done.stdout.decode()
    assert done.returncode == 0
    assert "12 April 2021" in printed
    assert "will close the old harbour bridge to cars on April" in printed
    assert "Lindholm Gazette, 3 March 2021" in printed
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_is_told_about_learning(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    terminal: bool,
) -> None:
    """On standard error, and only if it is a terminal: programs see the JSON alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("bot.loading.cache._SLOW", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert main(["ask", "--json", "when does the bridge close?", "--knowledge", str(BRIDGE)]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["entry"] == "closing-date"
    assert len(err.splitlines()) == (2 if terminal else 0)


def test_json_has_the_documented_keys_and_quotes_the_article() -> None:
    """One JSON object is printed, and each quote equals article[start:end]."""
    reply = json.loads(run("ask", "--json", "when does the bridge close?").stdout)
    assert list(reply) == [
        "id", "knowledge", "text", "status", "entry", "voice", "confidence", "answer",
        "citations", "suggestions", "related", "elapsed_us",
    ]  # fmt: skip
    assert reply["status"] == "answered"
    assert reply["entry"] == "closing-date"
    assert reply["voice"] == "the Lindholm town council"
    assert 0 <= reply["confidence"] <= 1
    for citation in reply["citations"]:
        assert citation["quote"] == ARTICLE[citation["start"] : citation["end"]]
        assert citation["passage"] == f"p{citation['paragraph']}"


def test_brief_has_a_line_for_each_question() -> None:
    """Its status, confidence, entry and text; empty lines are left out."""
    done = run("ask", "--brief", stdin=b"when does the bridge close\n\nxyzzy\n")
    assert done.stdout.decode().splitlines() == [
        "answered   1.00 closing-date: when does the bridge close",
        "unanswered 0.00 -: xyzzy",
    ]


def test_jsonl_answers_one_for_one_with_the_same_ids() -> None:
    """Rows come back in order with their ids, and rows of one conversation share a context."""
    rows = [
        {"text": "when does the bridge close?", "id": {"any": 1}, "conversation": "c"},
        {"text": "why?", "id": "b", "conversation": "c"},
        {"text": "why?", "id": "c"},
        {"text": "when does the bridge close?", "conversation": 0},
        {"text": "why?", "conversation": 0},
    ]
    # PowerShell and Notepad write a byte order mark.
    done = run("ask", "--jsonl", stdin="\n".join(map(json.dumps, rows)).encode("utf-8-sig"))
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [reply["id"] for reply in replies] == [{"any": 1}, "b", "c", None, None]
    assert replies[1]["entry"] == "closing-reason"
    assert replies[2]["status"] != "answered"
    assert replies[4]["entry"] == "closing-reason"


def test_invalid_lines_get_an_error_and_the_rest_are_answered() -> None:
    """Errors name the line number, and nothing after an invalid line is lost."""
    lines = b'\xff\xfe\n[1]\n{"text": 3}\n{"text": "when does the bridge close?", "id": 4}\n'
    done = run("ask", "--jsonl", stdin=lines)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert ["error" in reply for reply in replies] == [True, True, True, False]
    assert replies[0]["error"].startswith("line 1: ")
    assert replies[3]["entry"] == "closing-date"
    assert b"Traceback" not in done.stderr


ODD_TEXTS = [
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


def test_odd_texts_get_a_normal_reply() -> None:
    """No odd text causes an error, and none is answered by accident."""
    lines = "\n".join(json.dumps({"text": text}) for text in ODD_TEXTS)
    done = run("ask", "--jsonl", stdin=lines.encode())
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(replies) == len(ODD_TEXTS)
    answered = [r["text"] for r in replies if r["status"] == "answered"]
    assert answered in ([], ["<b>bridge</b> <script>alert(1)</script>"])


WRONG_ARGUMENTS = [
    ((), "COMMAND"),
    (("ask",), "ask needs a question"),
    (("ask", "  "), "ask needs a question"),
    (("ask", "--jsonl", "text"), "leave TEXT out"),
    (("ask", "--brief", "text"), "leave TEXT out"),
    (("evaluate",), "treaty-bot evaluate FILE"),
    (("evaluate", "nowhere.yaml"), "nowhere.yaml: is not a file"),
    (("evaluate", "nowhere.yaml", "--strays", "s.txt"), "--strays needs --mutate"),
    (("evaluate", "--mutate", "nowhere.yaml"), "leave out FILE and --typos"),
    (("evaluate", "--mutate", "--typos"), "leave out FILE and --typos"),
    (("check", "--watch", "--replies"), "not allowed with"),
    (("nonsense",), "invalid choice"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_ARGUMENTS)
def test_wrong_arguments_exit_2_with_one_clear_message(
    arguments: tuple[str, ...], message: str
) -> None:
    """The message says what is wrong, and there is no traceback."""
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_ctrl_d_at_a_question_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C does: with status 130 and without a traceback; nothing is created."""
    monkeypatch.setattr("sys.stdin", Mock(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", Mock(side_effect=EOFError))
    assert main(["new", str(tmp_path / "mine"), "article.txt"]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_is_not_an_error() -> None:
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


REDIRECTIONS = [
    ("ask --jsonl <&-", 0, ""),
    ("chat <&-", 0, ""),
    ("ask when does it close >&-", 1, "standard output: not writable"),
    ("ask when does it close >/dev/full", 1, "No space left on device"),
    ("check >/dev/full", 1, "No space left on device"),
    ("ask --jsonl <asked >/dev/full", 1, "No space left on device"),
    ("timeline --png /dev/full", 2, "is not a regular file"),
    ("ask when does it close <&- >&- 2>&-", 1, ""),
]


@pytest.mark.parametrize(("line", "status", "message"), REDIRECTIONS)
def test_closed_and_full_streams(tmp_path: Path, line: str, status: int, message: str) -> None:
    """There is one clear message, the right status and no traceback."""
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
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == bool(message)


ASCII_ONLY = [
    (("ask", "when does the bridge close?"), "12 April 2021"),
    (("timeline",), "p2: ?The Lindholm"),
]


@pytest.mark.parametrize(("arguments", "expected"), ASCII_ONLY)
def test_an_ascii_terminal(arguments: tuple[str, ...], expected: str) -> None:
    """Characters the terminal cannot show become question marks."""
    done = run(*arguments, env={"PYTHONIOENCODING": "ascii:strict"})
    assert done.returncode == 0
    assert expected in done.stdout.decode("ascii")


def test_json_is_utf_8_in_any_terminal() -> None:
    """JSON output ignores the encoding of the terminal."""
    text = "“when” does the мост close?"
    done = run("ask", "--json", text, env={"PYTHONIOENCODING": "latin-1"})
    assert json.loads(done.stdout.decode("utf-8"))["text"] == text


def test_chat_survives_input_that_is_not_utf_8() -> None:
    """Invalid bytes are treated like any other question."""
    lines = b"\xff\xfe\x00\nwhen does the bridge close?\n"
    done = run("chat", stdin=lines, env={"PYTHONIOENCODING": "utf-8:strict"})
    assert done.returncode == 0
    assert "12 April 2021" in done.stdout.decode()


WRONG_SETTINGS = [
    ({"OWNER_IDS": "abc"}, "OWNER_IDS: must be Telegram user ids"),
    ({"WEBHOOK_URL": "ftp://x"}, "WEBHOOK_URL: must start with https://"),
    ({"WEBHOOK_SECRET": "s3cret with blanks"}, "WEBHOOK_SECRET: must be 1 to 256"),
    ({"WEBHOOK_PORT": "0", "LOG_FORMAT": "xml"}, "LOG_FORMAT: must be text or json"),
    ({"WEBHOOK_PORT": "http"}, "WEBHOOK_PORT: must be a whole number from 1 to 65535"),
    ({"METRICS_PORT": "65536"}, "METRICS_PORT: must be a whole number from 1 to 65535"),
    ({"CONFLICT_PATIENCE": "-1"}, "CONFLICT_PATIENCE: must be a number of seconds above 0"),
    ({"CONFLICT_PATIENCE": "nan"}, "CONFLICT_PATIENCE: must be a number of seconds above 0"),
    ({"TELEGRAM_API_URL": "http:// host"}, "TELEGRAM_API_URL: must be an address like https://"),
    ({"WEBHOOK_URL": "https://[::1"}, "WEBHOOK_URL: must be an address like https://"),
    ({"WEBHOOK_URL": "https://host:x/"}, "WEBHOOK_URL: must be an address like https://"),
    ({"WEBHOOK_LISTEN": "127.0.0.1:80"}, "WEBHOOK_LISTEN: must be an address without a port"),
    ({"DATABASE_PATH": "~nobody-here/db"}, "DATABASE_PATH: ~ means nothing here"),
    ({"DATABASE_PATH": "."}, "DATABASE_PATH: must be a file, not a folder"),
    ({"DATABASE_PATH": "/"}, "DATABASE_PATH: must be a file, not a folder"),
    ({"QUESTION_LOG": "maybe"}, "QUESTION_LOG: must be true or false"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR"),
]


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the developer's own settings, such as proxies, from the environment."""
    for field in fields(Settings):
        monkeypatch.delenv(field.name, raising=False)
        monkeypatch.delenv(field.name.upper(), raising=False)


@pytest.mark.usefixtures("no_settings")
@pytest.mark.parametrize(("env", "message"), WRONG_SETTINGS)
def test_wrong_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, env: Mapping[str, str], message: str
) -> None:
    """One error lists every wrong variable and its allowed values, but no secret."""
    monkeypatch.chdir(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError) as error:
        load_settings()
    assert message in str(error.value)
    assert all(f"{name}: " in str(error.value) for name in env)
    assert "s3cret" not in str(error.value)


LOADED = [
    ({"LOG_LEVEL": "debug"}, "", Settings(log_level="DEBUG")),
    ({"LOG_LEVEL": "debug"}, "LOG_LEVEL=ERROR", Settings(log_level="DEBUG")),
    ({"LOG_LEVEL": ""}, "LOG_LEVEL=ERROR", Settings(log_level="ERROR")),
    ({"LOG_LEVEL": "warn"}, "", Settings(log_level="WARNING")),
    ({}, "METRICS_PORT=\nWEBHOOK_PORT=\n", Settings()),
    ({}, "export METRICS_PORT='9464'  # theirs\nOTHER=1", Settings(metrics_port=9464)),
    ({"OWNER_IDS": "12, 34"}, "", Settings(owner_ids=frozenset({12, 34}))),
    ({"QUESTION_LOG": "Off"}, "SEND_LIMITS=0", Settings(question_log=False, send_limits=False)),
    ({"CONFLICT_PATIENCE": "2.5"}, "", Settings(conflict_patience=2.5)),
    ({}, "WEBHOOK_URL=https://bot.example/", Settings(webhook_url="https://bot.example")),
    ({}, "TELEGRAM_BOT_TOKEN=1:a", Settings(telegram_bot_token=Secret("1:a"))),
    ({}, "\ufeffTELEGRAM_BOT_TOKEN=1:a", Settings(telegram_bot_token=Secret("1:a"))),
    *(
        ({"TELEGRAM_BOT_TOKEN": given}, "", Settings(telegram_bot_token=Secret("1:a")))
        for given in ("1:a\n", " 1:a\r\n", '"1:a"', "' 1:a '", "“1:a”", "\ufeff1:a", "1:a\u200b")
    ),
    (
        {"WEBHOOK_PORT": '"81"\n', "LOG_LEVEL": "'debug'"},
        "",
        Settings(webhook_port=81, log_level="DEBUG"),
    ),
    ({"TELEGRAM_BOT_TOKEN": " \n"}, "", Settings()),
    ({"WEBHOOK_LISTEN": "[::]"}, "", Settings(webhook_listen="::")),
    ({"DATABASE_PATH": "~/b.db"}, "", Settings(database_path=Path.home() / "b.db")),
    (
        {"TELEGRAM_API_URL": "https://bots.example/bot123:a-secret/getMe"},
        "",
        Settings(telegram_api_url="https://bots.example"),
    ),
    (
        {"TELEGRAM_API_URL": "https://bots.example/bot"},
        "",
        Settings(telegram_api_url="https://bots.example"),
    ),
    (
        {"TELEGRAM_API_URL": "HTTPS://bots.example/api/bot1:a/"},
        "",
        Settings(telegram_api_url="HTTPS://bots.example/api"),
    ),
    ({"https_proxy": "host:81"}, "", Settings(https_proxy="http://host:81")),
    ({"ALL_PROXY": "SOCKS5H://host"}, "", Settings(all_proxy="socks5://host:1080")),
]


@pytest.mark.usefixtures("no_settings")
@pytest.mark.parametrize(("env", "file", "expected"), LOADED)
def test_settings_from_the_environment_and_the_file(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    env: Mapping[str, str],
    file: str,
    expected: Settings,
) -> None:
    """The environment wins over .env; empty and unrelated variables are ignored."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(file, encoding="utf-8")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == expected


def test_a_settings_file_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error names the file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "dotenv_values", Mock(side_effect=PermissionError(13, "Denied")))
    with pytest.raises(InputError, match=r"\.env cannot be read \(Denied\)"):
        load_settings()


PROXIES = [
    ("https://api.telegram.org", "socks5://s:1"),
    ("http://10.0.0.1:8081", "http://a:1"),
    ("https://bots.example", None),
    ("https://api.bots.example/x", None),
    ("https://otherbots.example", "socks5://s:1"),
    ("https://x.second.example", None),
    ("https://x.third.example", None),
    ("https://local:8443", None),
    ("https://local", "socks5://s:1"),
]


@pytest.mark.parametrize(("url", "proxy"), PROXIES)
def test_which_proxy_an_address_needs(url: str, proxy: str | None) -> None:
    """HTTPS_PROXY and HTTP_PROXY go by the address, ALL_PROXY fills in, NO_PROXY excepts."""
    excepted = ".bots.example, Local:8443, .second.example, *.third.example"
    settings = Settings(https_proxy="socks5://s:1", all_proxy="http://a:1", no_proxy=excepted)
    assert settings.proxy_for(url) == proxy


LISTENING = [
    ("127.0.0.1", "http://127.0.0.1:8080"),
    ("0.0.0.0", "http://127.0.0.1:8080"),
    ("::", "http://[::1]:8080"),
    ("10.0.0.5", "http://10.0.0.5:8080"),
]


@pytest.mark.parametrize(("listen", "url"), LISTENING)
def test_where_this_machine_reaches_the_webhook_server(listen: str, url: str) -> None:
    """A server that listens on all addresses is asked on loopback, any other on its own."""
    assert Settings(webhook_listen=listen).local_webhook_url == url


def test_without_a_home_folder_every_command_works(tmp_path: Path) -> None:
    """Neither HOME nor an entry for the user, as in a container: the index is just not cached."""
    script = (
        "import pwd, sys\ndef missing(*_): raise KeyError\npwd.getpwuid = missing\n"
        "from bot.cli import main\nsys.exit(main(['ask', 'when does the bridge close?']))"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KNOWLEDGE_DIR": str(BRIDGE)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"harbour bridge" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_secret_shows_only_when_revealed() -> None:
    """A secret is hidden when printed, alone, in a list or as part of the settings."""
    secret = Secret("1:s3cret")
    shown = f"{secret} {secret!r} {[secret]} {Settings(webhook_secret=secret)}"
    assert "s3cret" not in shown
    assert secret.reveal() == "1:s3cret"


def test_a_settings_file_in_another_encoding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A .env written by PowerShell (UTF-16) is an error that says how to fix it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=\n", encoding="utf-16")
    with pytest.raises(InputError, match="save it as UTF-8"):
        load_settings()


def test_no_command_prints_the_help() -> None:
    """Without arguments, the help is printed and the status is 2."""
    done = subprocess.run([sys.executable, "-m", "bot"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"chat in this terminal" in done.stderr


def test_version() -> None:
    """`--version` prints the installed version."""
    command = [sys.executable, "-m", "bot", "--version"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.decode() == f"treaty-bot {version('treaty-bot')}\n"


def test_version_without_installation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--version` also works from a source tree that is not installed."""
    monkeypatch.setattr("importlib.metadata.version", Mock(side_effect=PackageNotFoundError))
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "treaty-bot (not installed, version unknown)\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh", "powershell"])
def test_every_shell_gets_a_completion_script(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It knows the commands and their options."""
    assert main(["--completion", shell]) == 0
    script = capsys.readouterr().out
    assert "evaluate" in script
    assert "at-most-wrong" in script


def test_a_copy_of_the_knowledge_is_complete_and_can_be_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files without write permission get it; nothing is copied over what is there."""
    source = Path(shutil.copytree(BRIDGE, tmp_path / "installed"))
    (source / "answers.yaml").chmod(0o444)
    copy = tmp_path / "mine"
    assert main(["copy", str(copy), "--knowledge", str(source)]) == 0
    assert f"check --watch --knowledge {copy}" in capsys.readouterr().out
    assert (copy / "answers.yaml").stat().st_mode & 0o200
    assert main(["check", "--knowledge", str(copy)]) == 0
    assert {p.relative_to(source) for p in source.rglob("*")} == {
        p.relative_to(copy) for p in copy.rglob("*")
    }
    assert main(["copy", str(copy), "--knowledge", str(source)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert main(["copy", str(tmp_path / "other"), "--knowledge", str(tmp_path / "none")]) == 2
    assert "none: is not a folder" in capsys.readouterr().err
    monkeypatch.setattr("bot.knowledge.files.__file__", str(source / "knowledge" / "files.py"))
    assert main(["schema", "--knowledge", str(source)]) == 2
    assert "treaty-bot copy DIR" in capsys.readouterr().err
    assert not (source / "schemas").exists()


def test_chat_takes_numbers_commands_and_follow_ups() -> None:
    """A chat takes questions, follow-ups, picks by number and commands until /quit."""
    lines = (
        "when does the bridge close?\nwhy?\n/topics\n/source\n/timeline\n/settings\n/help\nxyzzy\n"
    )
    done = run("chat", stdin=(lines + "when does the bridge close?\n1\n/quit\n").encode())
    printed = done.stdout.decode()
    assert done.returncode == 0
    assert "rust does not wait" in printed
    assert "\n> why?\n" in printed  # what is piped in is shown
    assert "There is no /settings command here." in printed
    assert all(len(line.removeprefix("> ")) <= 80 for line in printed.splitlines())
    assert "p1: Lindholm closes its harbour bridge for repairs" in printed
    assert (
        "The works will take nine weeks and cost 2.4 million crowns." in printed.split("xyzzy")[0]
    )


def test_timeline_prints_dates_and_passages() -> None:
    """Each event has its date, label and passage."""
    printed = run("timeline").stdout.decode()
    assert run("timeline", "brexit").returncode == 2
    assert max(map(len, printed.splitlines())) <= 80
    assert "12 April 2021" in printed
    assert "p2: “The Lindholm town council" in printed
