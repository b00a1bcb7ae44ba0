"""The documentation matches the code."""

# ruff: noqa: SLF001 - argparse has no public way to list commands and options

import argparse
import re
import shlex
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest

from bot.answering.decide import ANSWER, INTERCEPT, SUGGEST, WEIGHTS
from bot.arguments import build_parser
from bot.config import Settings
from bot.knowledge import FILES
from bot.knowledge.format import MODELS, EntryItem, EventItem, GapItem, Key, StrictModel
from bot.language.english import ACCEPTED, ANY_NAME, english
from bot.store import Inbox, Store
from bot.telegram.messages.texts import COMMANDS
from tests.paths import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("knowledge/*.md")])


def text(path: str) -> str:
    """The text of one file."""
    return (ROOT / path).read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    """The commands of `treaty-bot --help`, by name."""
    (subparsers,) = (
        action
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(subparsers.choices)


def mentioned(document: str) -> Iterator[tuple[str, list[str]]]:
    """Each `treaty-bot COMMAND ...` in a document: the command and its arguments."""
    code = re.findall(r"`([^`\n]+)`", document)
    code += [
        line.removeprefix("$ ").strip()
        for block in re.findall(r"```(?:sh|console)\n(.*?)```", document, re.DOTALL)
        for line in block.splitlines()
    ]
    for part in code:
        for call in re.findall(r"(?:^|[ /])treaty-bot ((?:[a-z]+)(?: [^|&;#)]*)?)", part):
            name, *rest = shlex.split(call.replace("...", ""))
            yield name, rest


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_named_exists(path: Path) -> None:
    """Every command and option that a document mentions exists."""
    known = commands()
    for name, rest in mentioned(path.read_text("utf-8")):
        if name == "COMMAND":
            continue
        assert name in known, f"treaty-bot {name}"
        options = known[name]._option_string_actions
        for word in rest:
            if word.startswith("--"):
                assert word in options, f"treaty-bot {name} {word}"


def test_the_reference_lists_every_command() -> None:
    """docs/commands.md has one section for each command, in the order of --help."""
    assert re.findall(r"^### (\w+)$", text("docs/commands.md"), re.MULTILINE) == list(commands())


@pytest.mark.parametrize("name", commands())
def test_the_reference_lists_every_option_of_a_command(name: str) -> None:
    """docs/commands.md lists the options and arguments of --help, and no others."""
    sections = re.split(r"^#+ ", text("docs/commands.md"), flags=re.MULTILINE)
    (section,) = (part for part in sections if part.startswith(f"{name}\n"))
    options = {o for o in commands()[name]._option_string_actions if o.startswith("--")}
    assert set(re.findall(r"--[a-z][a-z-]+", section)) == options - {"--help", "--knowledge"}
    for action in commands()[name]._get_positional_actions():
        assert str(action.metavar) in section


@pytest.mark.parametrize("name", commands())
def test_the_example_of_each_command_is_sound(name: str) -> None:
    """The example in --help can be parsed."""
    _, _, example = str(commands()[name].epilog).partition("treaty-bot ")
    words = shlex.split(example.partition(" >")[0])
    assert build_parser().parse_args(words).command == name


@pytest.mark.parametrize("name", ["", *commands()])
def test_help_fits_a_narrow_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of --help is longer than 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = (commands()[name] if name else build_parser()).format_help()
    assert max(map(len, shown.splitlines())) <= 80


def test_env_example_lists_every_setting_with_its_default() -> None:
    """Each is there once, all but the token as comments, which do not override a container's."""
    lines = re.findall(r"^#?([A-Z_]+=.*)$", text(".env.example"), re.MULTILINE)
    assert re.findall(r"^[A-Z_]+=.*$", text(".env.example"), re.MULTILINE) == [
        "TELEGRAM_BOT_TOKEN="
    ]
    written = dict(line.split("=", 1) for line in lines)
    assert len(lines) == len(written)
    assert {name.lower() for name in written} == {field.name for field in fields(Settings)}
    for field in fields(Settings):
        value = written[field.name.upper()]
        default = "" if field.default in {None, frozenset()} else str(field.default)
        assert value in {default, default.lower(), default.removesuffix(".0")}, field.name


def test_running_lists_every_setting_with_its_default() -> None:
    """The table in docs/running.md has each field of Settings, with its default, and no others."""
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*)\|", text("docs/running.md"), re.MULTILINE))
    assert {name.lower() for name in rows} == {field.name for field in fields(Settings)}
    for field in fields(Settings):
        if field.default not in {None, frozenset()}:
            default = str(field.default).removesuffix(".0")
            assert rows[field.name.upper()].strip(" `").lower() == default.lower(), field.name


def test_the_reference_lists_the_telegram_commands() -> None:
    """docs/commands.md lists the commands of the menu in Telegram, and no others but /start."""
    table = re.findall(r"^\| (`/.*?) \|", text("docs/commands.md"), re.MULTILINE)
    listed = re.findall(r"`/([a-z]+)", "\n".join(table))
    assert sorted(listed) == sorted([*COMMANDS, "start"])


def test_the_readme_links_to_every_document() -> None:
    """Every document can be found from the README."""
    for path in DOCUMENTS:
        if path != ROOT / "README.md":
            assert f"]({path.relative_to(ROOT).as_posix()}" in text("README.md"), path


def test_the_design_lists_every_package_with_what_it_may_import() -> None:
    """The table in docs/design.md has all packages, in order, and agrees with pyproject.toml."""
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layered,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    layers = [re.findall(r"bot\.(\w+)", layer) for layer in layered]
    rows = dict(
        re.findall(
            r"^\| `bot/(\w+)(?:/|\.py)` \|.*\| ([^|]+) \|$", text("docs/design.md"), re.MULTILINE
        )
    )
    packages = list(rows)
    files = {path.stem for path in (ROOT / "bot").glob("*.py") if not path.stem.startswith("__")}
    assert packages == [package for layer in layers for package in layer]
    assert set(packages) == files | {path.parent.name for path in ROOT.glob("bot/*/__init__.py")}
    for depth, layer in enumerate(layers):
        for package in layer:
            named = set(re.findall(r"`(\w+)`", rows[package]))
            below = set(packages[packages.index(package) + 1 :])
            listed = below - named if rows[package].startswith("all below") else named
            assert listed == {lower for other in layers[depth + 1 :] for lower in other}, package


def test_the_fitted_numbers_are_those_of_the_code() -> None:
    """docs/matching.md has the weight of each signal, and the confidences that decide."""
    document = text("docs/matching.md").replace("−", "-")
    rows = dict(re.findall(r"^\| `?(\w+)`? \| (-?\d+\.\d+) \|", document, re.MULTILINE))
    weights = {name: f"{weight:.2f}" for name, weight in WEIGHTS._asdict().items()}
    assert rows == weights | {"intercept": f"{INTERCEPT:.2f}"}
    words = " ".join(document.split())
    assert f"At a confidence of {ANSWER} or more, the bot answers. At {SUGGEST} or more" in words


def test_the_editors_guide_explains_every_file_and_key() -> None:
    """docs/editing.md names each file, and each key in them."""
    guide = text("docs/editing.md")
    for file in FILES:
        assert f"`{file}`" in guide
    models: list[type[StrictModel]] = [EntryItem, GapItem, EventItem, Key, *MODELS.values()]
    for model in models:
        for key in model.model_fields:
            assert re.search(rf"\b{key}\b", guide), key


def test_the_editors_guide_lists_every_follow_up() -> None:
    """The table in docs/editing.md has the words that `follow_ups` knows, and no others."""
    _, _, section = text("docs/editing.md").partition("\n## Follow-ups\n")
    listed = re.findall(r"^\| `([a-z-]+)` \|", section.partition("\n## ")[0], re.MULTILINE)
    assert set(listed) == english().follow_ups.keys() - {ANY_NAME, ACCEPTED}


def test_privacy_lists_every_table_of_both_files(tmp_path: Path) -> None:
    """docs/privacy.md names each table of the database and the inbox in a row, and no others."""
    Store(tmp_path / "bot.sqlite3").close()
    Inbox(tmp_path / "bot-inbox.sqlite3").close()
    tables = set()
    for file in tmp_path.iterdir():
        with closing(sqlite3.connect(file)) as connection:
            query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            tables |= {name for (name,) in connection.execute(query)}
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", text("docs/privacy.md"), re.MULTILINE)
    assert tables == set(re.findall(r"\w+", " ".join(rows)))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_file_mentioned_exists(path: Path) -> None:
    """Links within the repository, their headings and the files mentioned all exist."""
    document = path.read_text("utf-8")
    for target, heading in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", document):
        if "://" not in target:
            linked = path.parent / target if target else path
            assert linked.exists(), target
            if heading:
                assert heading in anchors(linked), f"{target}#{heading}"
    for file in re.findall(r"`((?:bot|tests|docs|deploy)/[\w/.-]+)`", document):
        assert (ROOT / file).exists(), file
    for name in re.findall(r"`(\w+\.py)`", document):
        assert any((ROOT / "bot").rglob(name)), name


def test_every_ignored_rule_has_its_reason() -> None:
    """In pyproject.toml, every rule, dependency and option of a list has a comment beside it."""
    without_layers = re.sub(
        r"^layers = \[.*?^\]", "", text("pyproject.toml"), flags=re.MULTILINE | re.DOTALL
    )
    for line in without_layers.splitlines():
        if re.fullmatch(r'  "[^"]+",.*', line) and "::" not in line and "[test]" not in line:
            assert re.search(r"\S +# \S", line), line
