"""The file of texts and the code that uses it agree."""

import re
import tomllib
from pathlib import Path

import pytest

import bot.telegram
from bot.telegram.messages.texts import COMMANDS, MENUS, text

_FOLDER = Path(bot.telegram.__file__).parent
_TEXTS = tomllib.loads((_FOLDER / "messages/texts.toml").read_text("utf-8"))
_CODE = "".join(path.read_text("utf-8") for path in _FOLDER.rglob("*.py"))


@pytest.mark.parametrize("name", _TEXTS)
def test_every_text_is_used(name: str) -> None:
    """The votes' notices are named after the result."""
    assert re.search(rf"[\"']{name}[\"']", _CODE) or name.startswith("vote_")


@pytest.mark.parametrize("name", sorted(set(re.findall(r'\btext\("(\w+)"[,)]', _CODE))))
def test_every_text_that_is_used_exists(name: str) -> None:
    """Its lines are joined, and what is filled in is not."""
    values = dict.fromkeys(re.findall(r"\{(\w+)", _TEXTS[name]), 7)
    shown = text(name, **values)
    assert "{" not in shown
    assert "\n" not in shown.replace("\n\n", "")


def test_no_text_says_what_kind_of_text_it_is_about() -> None:
    """A folder may be about a notice or a rulebook: the texts have {text_type} instead."""
    written = (_FOLDER / "messages/texts.toml").read_text("utf-8")
    assert re.findall(r"\barticles?\b", written, re.IGNORECASE) == []


def test_every_command_is_in_a_menu() -> None:
    """In private, all but the settings of groups; in groups, none that only admins may send."""
    admins_only = {"forget", "settings"}
    assert MENUS["all_private_chats"] == [name for name in COMMANDS if name != "settings"]
    assert MENUS["all_chat_administrators"] == list(COMMANDS)
    for group in ("default", "all_group_chats"):
        assert MENUS[group] == [name for name in COMMANDS if name not in admins_only]
