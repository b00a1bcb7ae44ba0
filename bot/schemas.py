"""JSON Schemas of the knowledge files, so that editors complete and validate while typing.

A YAML file names its schema in its first line:
`# yaml-language-server: $schema=schemas/answers.json`.
"""

from __future__ import annotations

import ast
import inspect
import json
from itertools import pairwise
from pathlib import Path

from pydantic.json_schema import GenerateJsonSchema

from bot.errors import InputError
from bot.knowledge import models
from bot.knowledge.reading import MODELS

FOLDER = "schemas"


def schema_line(file: str) -> str:
    """The first line of a knowledge file, which tells an editor's program where its schema is."""
    return f"# yaml-language-server: $schema={FOLDER}/{_name(file)}"


class _Untitled(GenerateJsonSchema):
    """Without titles, which would only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the library's signature
        return False


def schemas() -> dict[str, str]:
    """The schema files, by name."""
    explained = _explanations()
    made = {}
    for file, model in MODELS.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(schema_generator=_Untitled),
        }
        for part in (schema, *schema.get("$defs", {}).values()):
            for key, text in explained[part["title"]].items():
                part["properties"][key]["description"] = text
        made[_name(file)] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return made


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder`, which is made if need be; return their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, text in schemas().items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be written ({error.strerror}); name another folder"
        ) from None
    return paths


def _explanations() -> dict[str, dict[str, str]]:
    """The text under each key of each model."""
    found: dict[str, dict[str, str]] = {}
    for model in ast.parse(inspect.getsource(models)).body:
        if isinstance(model, ast.ClassDef):
            texts = found.setdefault(model.name, {})
            for key, text in pairwise(model.body):
                match key, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(words))),
                    ):
                        texts[name] = words
    return found


def _name(file: str) -> str:
    return Path(file).with_suffix(".json").name
