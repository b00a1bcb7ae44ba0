"""What the documents say is what the code does."""

# ruff: noqa: SLF001 - argparse shows its commands and options no other way

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from bot.cli import parser
from bot.config import Settings
from bot.knowledge import FILES
from bot.knowledge.format import EntryItem, EventItem, GapItem, Key
from bot.store.migrations import MIGRATIONS
from bot.telegram.messages.texts import COMMANDS
from tests.paths import ROOT

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("knowledge/*.md")],
)
ALL = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


def text(path: str) -> str:
    """One document."""
    return (ROOT / path).read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    """The commands of `treaty-bot --help`, by name."""
    (made,) = (
        action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(made.choices)


def mentioned(document: str) -> Iterator[tuple[str, list[str]]]:
    """Each `treaty-bot ...` of a document: the command and what follows it."""
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


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_named_exists(path: Path) -> None:
    """No document tells of a command or an option that there is not."""
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
    assert re.findall(r"^## (\w+)$", text("docs/commands.md"), re.MULTILINE) == list(commands())


@pytest.mark.parametrize("name", commands())
def test_the_reference_lists_every_option_of_a_command(name: str) -> None:
    """Each option and argument of --help, and no other."""
    section = re.split(r"^## ", text("docs/commands.md"), flags=re.MULTILINE)
    (told,) = (part for part in section if part.startswith(f"{name}\n"))
    options = {o for o in commands()[name]._option_string_actions if o.startswith("--")}
    assert set(re.findall(r"--[a-z][a-z-]+", told)) == options - {"--help", "--knowledge"}
    for action in commands()[name]._get_positional_actions():
        assert str(action.metavar) in told


@pytest.mark.parametrize("name", commands())
def test_the_example_of_each_command_is_sound(name: str) -> None:
    """What --help shows as an example is understood."""
    _, _, example = str(commands()[name].epilog).partition("treaty-bot ")
    words = shlex.split(example.partition(" >")[0])
    assert parser().parse_args(words).command == name


@pytest.mark.parametrize("name", ["", *commands()])
def test_help_fits_a_narrow_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns are enough."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = (commands()[name] if name else parser()).format_help()
    assert max(map(len, shown.splitlines())) <= 80


def test_env_example_lists_every_setting_with_its_default() -> None:
    """`.env.example` has each field of Settings, once, with the value it has anyway."""
    lines = [line for line in text(".env.example").splitlines() if "=" in line and line[0] != "#"]
    written = dict(line.split("=", 1) for line in lines)
    assert len(lines) == len(written)
    assert {name.lower() for name in written} == {field.name for field in fields(Settings)}
    for field in fields(Settings):
        value = written[field.name.upper()]
        default = "" if field.default in {None, frozenset()} else str(field.default)
        assert value in {default, default.lower(), default.removesuffix(".0")}, field.name


def test_running_tells_every_setting_with_its_default() -> None:
    """So does the table in docs/running.md, and it names no other."""
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*)\|", text("docs/running.md"), re.MULTILINE))
    assert {name.lower() for name in rows} == {field.name for field in fields(Settings)}
    for field in fields(Settings):
        told = rows[field.name.upper()].strip()
        if field.default not in {None, frozenset()}:
            plain = str(field.default).removesuffix(".0")
            assert told.strip("`").lower() == plain.lower(), field.name


@pytest.mark.parametrize("command", COMMANDS)
def test_every_telegram_command_is_in_the_readme(command: str) -> None:
    """The menu in Telegram and the README list the same commands."""
    assert re.search(rf"`/{command}\b", text("README.md")), command


def test_the_readme_names_no_other_telegram_command() -> None:
    """No document tells of a command that the bot does not know."""
    table = re.findall(r"^\| (`/.*?) \|", text("README.md"), re.MULTILINE)
    told = set(re.findall(r"`/([a-z]+)", "\n".join(table)))
    assert told == set(COMMANDS) | {"start"}


def test_the_readme_leads_to_every_document() -> None:
    """A stranger who begins there finds each."""
    for path in DOCUMENTS:
        if path != ROOT / "README.md":
            assert f"]({path.relative_to(ROOT).as_posix()}" in text("README.md"), path


def test_the_design_names_every_module_and_package() -> None:
    """Each file right under bot/ has its line in the table, and so has each folder."""
    design = text("docs/design.md")
    modules = {path.name for path in (ROOT / "bot").glob("*.py") if not path.stem.startswith("__")}
    packages = {f"{path.parent.name}/" for path in (ROOT / "bot").glob("*/__init__.py")}
    for name in modules | packages:
        assert f"`bot/{name}`" in design, name


def test_the_editors_guide_explains_every_file_and_key() -> None:
    """Each knowledge file, and each key of an entry, a gap and an event."""
    guide = text("knowledge/README.md")
    for file in FILES:
        assert f"`{file}`" in guide
    for model in (EntryItem, GapItem, EventItem, Key):
        for key in model.model_fields:
            assert re.search(rf"\b{key}\b", guide), key


def test_privacy_tells_every_table_of_the_store() -> None:
    """Whatever is kept is told."""
    kept: set[str] = set()
    for step in MIGRATIONS:
        kept -= set(re.findall(r"DROP TABLE (\w+)", step))
        kept |= set(re.findall(r"CREATE TABLE (\w+)", step))
    assert kept == set(re.findall(r"^\| `(\w+)` \|", text("docs/privacy.md"), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_module_named_leads_somewhere(path: Path) -> None:
    """Links within the repository, and modules named, are there."""
    document = path.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document):
        if "://" not in target:
            assert (path.parent / target).exists(), target
    for module in re.findall(r"`((?:bot|tests|docs|deploy)/[\w/.-]+)`", document):
        assert (ROOT / module).exists(), module


def test_every_ignored_rule_has_its_reason() -> None:
    """In pyproject.toml: a comment beside each rule, dependency and option of a list."""
    for line in text("pyproject.toml").splitlines():
        if re.fullmatch(r'  "[^"]+",.*', line) and "::" not in line and "[test]" not in line:
            assert re.search(r"\S +# \S", line), line
