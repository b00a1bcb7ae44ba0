"""JSON Schemas of the knowledge files, with which text editors explain and check what is typed."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from bot.knowledge.format import MODELS, StrictModel
from bot.knowledge.yaml_lines import Place

SCHEMA_FOLDER = "schemas"


def schema_line(file: str) -> str:
    """The first line of a knowledge file, which tells a text editor where to find its schema."""
    return f"# yaml-language-server: $schema={SCHEMA_FOLDER}/{_schema_name(file)}"


class _Untitled(GenerateJsonSchema):
    """Omits titles, which would only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def schemas() -> dict[str, str]:
    """The contents of the schema files, by file name."""
    contents = {}
    for file, model in MODELS.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(schema_generator=_Untitled),
        }
        contents[_schema_name(file)] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return contents


def _schema_name(file: str) -> str:
    return Path(file).with_suffix(".json").name


def schema_at(place: Place, model: type[StrictModel]) -> dict[str, Any]:
    """The schema of what a file with the format `model` has at a place in it."""
    part = schema = model.model_json_schema()
    for step in place:
        part = part.get("items") or part.get("properties", {}).get(step, {})
        part = next(iter(part.get("anyOf", ())), part)
        if name := part.get("$ref"):
            part = schema["$defs"][name.rpartition("/")[2]]
    return part
