"""The JSON Schemas next to the knowledge files, as text editors use them."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.cli import main
from bot.knowledge import default_folder
from bot.knowledge.format import MODELS
from bot.knowledge.json_schema import schemas
from tests.knowledge.breakages import BREAKAGES, Breakage
from tests.paths import BRIDGE, ROOT

EXAMPLES = sorted(path.parent for path in ROOT.glob("docs/examples/*/source.yaml"))
FOLDERS = [BRIDGE, default_folder(), *EXAMPLES]
# Breakages that a schema can detect without the article or the other entries.
UNDERLINED = {
    "an unknown key",
    "a key left out",
    "an id with a capital",
}


def parsed(path: Path) -> object:
    """The content as JSON, with dates as text, as text editors read it."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


def complaints(folder: Path, file: str) -> list[str]:
    """The errors that a text editor underlines in one file."""
    validator = Draft202012Validator(json.loads(schemas()[file.replace(".yaml", ".json")]))
    return [error.message for error in validator.iter_errors(parsed(folder / file))]


def test_the_shipped_schemas_match_the_models() -> None:
    """`treaty-bot schema` was run after the last change to the models."""
    shipped = default_folder() / "schemas"
    found = {path.name: path.read_text("utf-8") for path in shipped.iterdir()}
    assert found == schemas(), "run `treaty-bot schema`"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("file", MODELS)
def test_valid_files_are_not_underlined(folder: Path, file: str) -> None:
    """Files that load are valid by their schemas."""
    assert complaints(folder, file) == []


@pytest.mark.parametrize(
    "breakage", [b for b in BREAKAGES if b.name in UNDERLINED], ids=lambda b: b.name
)
def test_broken_files_are_underlined(tmp_path: Path, breakage: Breakage) -> None:
    """A wrong key or id is underlined while typing."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    breakage.apply(folder)
    assert complaints(folder, breakage.file)


def test_every_key_is_explained() -> None:
    """Every key in every file has a description."""
    for text in schemas().values():
        schema = json.loads(text)
        for part in (schema, *schema.get("$defs", {}).values()):
            for key, value in part["properties"].items():
                assert value.get("description"), key


def test_the_command_writes_the_schemas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They go into the given folder, or next to the knowledge files."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    assert main(["schema", str(tmp_path / "here")]) == 0
    assert main(["schema", "--knowledge", str(folder)]) == 0
    for made in (tmp_path / "here", folder / "schemas"):
        assert {path.name: path.read_text("utf-8") for path in made.iterdir()} == schemas()
    assert str(folder / "schemas" / "answers.json") in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that cannot be created is reported, with status 2."""
    (tmp_path / "file").touch()
    assert main(["schema", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
