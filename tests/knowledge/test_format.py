"""The JSON Schemas beside the knowledge files, as an editor's program uses them."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.cli import main
from bot.knowledge import default_folder
from bot.knowledge.format import MODELS, schemas
from tests.knowledge.breakages import BREAKAGES, Breakage
from tests.paths import BRIDGE

# What can be seen without knowing the article or the other entries.
SEEN_WHILE_TYPING = {
    "an unknown key",
    "a key left out",
    "an id with a capital",
    "an abbreviation that YAML reads as a truth value",
}


def parsed(path: Path) -> object:
    """The content as JSON has it; a date as its text, as editors' programs read it."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


def complaints(folder: Path, file: str) -> list[str]:
    """What an editor's program underlines in one file."""
    validator = Draft202012Validator(json.loads(schemas()[file.replace(".yaml", ".json")]))
    return [error.message for error in validator.iter_errors(parsed(folder / file))]


def test_the_shipped_schemas_are_those_of_the_models() -> None:
    """`treaty-bot schema` was run after the last change of the models."""
    shipped = default_folder() / "schemas"
    found = {path.name: path.read_text("utf-8") for path in shipped.iterdir()}
    assert found == schemas(), "run `treaty-bot schema`"


@pytest.mark.parametrize("folder", [BRIDGE, default_folder()], ids=["bridge", "shipped"])
@pytest.mark.parametrize("file", MODELS)
def test_sound_files_are_not_underlined(folder: Path, file: str) -> None:
    """What loads is valid by its schema."""
    assert complaints(folder, file) == []


@pytest.mark.parametrize(
    "breakage", [b for b in BREAKAGES if b.name in SEEN_WHILE_TYPING], ids=lambda b: b.name
)
def test_broken_files_are_underlined(tmp_path: Path, breakage: Breakage) -> None:
    """An editor sees a wrong key or id while typing."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    breakage.apply(folder)
    assert complaints(folder, breakage.file)


def test_every_key_is_explained() -> None:
    """Each key of each file says what belongs into it."""
    for text in schemas().values():
        schema = json.loads(text)
        for part in (schema, *schema.get("$defs", {}).values()):
            for key, value in part["properties"].items():
                assert value.get("description"), key


def test_the_command_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into the folder named, or beside the knowledge."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    assert main(["schema", str(tmp_path / "here")]) == 0
    assert main(["schema", "--knowledge", str(folder)]) == 0
    for made in (tmp_path / "here", folder / "schemas"):
        assert {path.name: path.read_text("utf-8") for path in made.iterdir()} == schemas()
    assert str(folder / "schemas" / "answers.json") in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, the path and the mend."""
    (tmp_path / "file").touch()
    assert main(["schema", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
