"""Checks calls and updates against the methods and types of the Bot API (`schema.json`)."""

import json
import re
from pathlib import Path
from typing import Any

from .errors import Json, RefusedError

SCHEMA: Json = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
UNIONS: dict[str, list[str]] = SCHEMA["unions"]

_INTEGER = re.compile(r"-?\d{1,19}")
_TRUE, _FALSE = ("true", "True", "1"), ("false", "False", "0")


class Upload(bytes):
    """The content of an uploaded file: a multipart part with a file name."""

    def __repr__(self) -> str:
        return f"<file of {len(self)} bytes>"


Fields = dict[str, tuple[bool, list[str]]]


def _compile(section: dict[str, dict[str, str]]) -> dict[str, Fields]:
    return {
        name: {key.rstrip("!"): (key.endswith("!"), types.split("|")) for key, types in row.items()}
        for name, row in section.items()
    }


PARAMETERS = _compile(SCHEMA["methods"])
TYPES = _compile(SCHEMA["types"])


def _mismatch(value: object, types: list[str], path: str) -> str | None:
    """Say why a JSON value is of none of these types, or None if it is of one."""
    errors = []
    for kind in types:
        error = _type_mismatch(value, kind, path)
        if error is None:
            return None
        errors.append(error)
    # The type that matched best is the one whose error is nested deepest.
    return max(errors, key=lambda text: text.split(" ")[0].count("."))


def _type_mismatch(value: object, kind: str, path: str) -> str | None:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return f"{path} must be an array"
        inner = [kind.removeprefix("Array of ")]
        found = (_mismatch(item, inner, f"{path}.{i}") for i, item in enumerate(value))
        return next((error for error in found if error), None)
    if kind in UNIONS:
        return _mismatch(value, UNIONS[kind], path)
    if kind in TYPES:
        return _object_mismatch(value, TYPES[kind], path, kind)
    if kind == "InputFile":
        return None if isinstance(value, Upload) else f"{path} must be an uploaded file"
    matches = {
        "String": isinstance(value, str),
        "Boolean": isinstance(value, bool),
        "Integer": isinstance(value, int) and not isinstance(value, bool),
        "Float": isinstance(value, int | float) and not isinstance(value, bool),
    }[kind]
    return None if matches else f"{path} must be of type {kind}"


def _object_mismatch(value: object, fields: Fields, path: str, kind: str) -> str | None:
    """Say what is wrong with an object (unknown, missing or mistyped field), or None."""
    if not isinstance(value, dict):
        return f"{path} must be an object of type {kind}"
    for name, item in value.items():
        if name not in fields:
            return f'{path}.{name} is unknown: {kind} has no field "{name}"'
        error = _mismatch(item, fields[name][1], f"{path}.{name}")
        if error:
            return error
    for name, (required, _) in fields.items():
        if required and name not in value:
            return f'{path}.{name} is missing: {kind} requires the field "{name}"'
    return None


def decode(method: str, raw: dict[str, Any]) -> Json:
    """Convert raw parameters (text, files or JSON values) to checked, typed values.

    Raises RefusedError for an unknown method and an unknown, missing or mistyped parameter.
    """
    if method not in PARAMETERS:
        raise RefusedError("Not Found", 404)
    fields = PARAMETERS[method]
    params: Json = {}
    for name, value in raw.items():
        if name not in fields:
            if isinstance(value, Upload):  # named by attach:// in another parameter
                params[name] = value
                continue
            raise RefusedError(f'the method {method} has no parameter "{name}"')
        types = fields[name][1]
        params[name] = _from_text(value, types, name) if type(value) is str else value
        error = _mismatch(params[name], types, name)
        if error:
            raise RefusedError(f"can't read parameter {error}")
    for name, (required, _) in fields.items():
        if required and name not in params:
            raise RefusedError(_MISSING.get(name, f'the parameter "{name}" is required'))
    return params


_MISSING = {"chat_id": "chat_id is empty", "text": "message text is empty"}


def _from_text(value: str, types: list[str], name: str) -> object:
    if "Integer" in types and _INTEGER.fullmatch(value):
        return int(value)
    if "Boolean" in types and value in _TRUE + _FALSE:
        return value in _TRUE
    if "Float" in types:
        try:
            return float(value)
        except ValueError:
            return value
    if "String" in types or types[0] in {"Integer", "Boolean"}:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise RefusedError(f"can't parse {name} JSON object: {error.msg}") from None


def check_update(update: Json) -> None:
    """Raise ValueError for an update that the real Telegram could not send."""
    error = _object_mismatch(update, TYPES["Update"], "update", "Update")
    if error is None and len(update) != 2:
        error = "update must have update_id and exactly one kind of content"
    if error:
        raise ValueError(f"not a valid update: {error}")
