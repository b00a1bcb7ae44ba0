"""Checks calls and updates against the Bot API's table of methods and types (`schema.json`)."""

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
    """The content of an uploaded file (a multipart part that has a file name)."""

    def __repr__(self) -> str:
        return f"<file of {len(self)} bytes>"


Fields = dict[str, tuple[bool, list[str]]]


def _compile(section: dict[str, dict[str, str]]) -> dict[str, Fields]:
    return {
        name: {key.rstrip("!"): (key.endswith("!"), types.split("|")) for key, types in row.items()}
        for name, row in section.items()
    }


METHODS = _compile(SCHEMA["methods"])
TYPES = _compile(SCHEMA["types"])


def fault_in(value: object, types: list[str], where: str) -> str | None:
    """Say what is wrong with a decoded JSON value of one of the given types, or None."""
    faults = []
    for kind in types:
        fault = _fault(value, kind, where)
        if fault is None:
            return None
        faults.append(fault)
    # The deepest path belongs to the type that fitted best.
    return max(faults, key=lambda text: text.split(" ")[0].count("."))


def _fault(value: object, kind: str, where: str) -> str | None:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return f"{where} must be an array"
        inner = [kind.removeprefix("Array of ")]
        found = (fault_in(item, inner, f"{where}.{i}") for i, item in enumerate(value))
        return next((fault for fault in found if fault), None)
    if kind in UNIONS:
        return fault_in(value, UNIONS[kind], where)
    if kind in TYPES:
        return object_fault(value, TYPES[kind], where, kind)
    if kind == "InputFile":
        return None if isinstance(value, Upload) else f"{where} must be an uploaded file"
    fits = {
        "String": isinstance(value, str),
        "Boolean": isinstance(value, bool),
        "Integer": isinstance(value, int) and not isinstance(value, bool),
        "Float": isinstance(value, int | float) and not isinstance(value, bool),
    }[kind]
    return None if fits else f"{where} must be of type {kind}"


def object_fault(value: object, fields: Fields, where: str, kind: str) -> str | None:
    """Say what is wrong with an object: an unknown field, a missing one, a wrong type."""
    if not isinstance(value, dict):
        return f"{where} must be an object of type {kind}"
    for name, item in value.items():
        if name not in fields:
            return f'{where}.{name} is unknown: {kind} has no field "{name}"'
        fault = fault_in(item, fields[name][1], f"{where}.{name}")
        if fault:
            return fault
    for name, (required, _) in fields.items():
        if required and name not in value:
            return f'{where}.{name} is missing: {kind} requires the field "{name}"'
    return None


def decode(method: str, raw: dict[str, Any]) -> Json:
    """Turn parameters as sent (text, files, or JSON values) into typed, checked values.

    Raises RefusedError where the method does not know a parameter, misses one or cannot read it.
    """
    if method not in METHODS:
        raise RefusedError("Not Found", 404)
    fields = METHODS[method]
    params: Json = {}
    for name, value in raw.items():
        if name not in fields:
            if isinstance(value, Upload):  # attach://name of another parameter
                params[name] = value
                continue
            raise RefusedError(f'the method {method} has no parameter "{name}"')
        types = fields[name][1]
        params[name] = _from_text(value, types, name) if type(value) is str else value
        fault = fault_in(params[name], types, name)
        if fault:
            raise RefusedError(f"can't read parameter {fault}")
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
    """Raise ValueError for an update that the real Telegram could not have sent."""
    fault = object_fault(update, TYPES["Update"], "update", "Update")
    if fault is None and len(update) != 2:
        fault = "update must hold update_id and exactly one kind of content"
    if fault:
        raise ValueError(f"not a valid update: {fault}")
