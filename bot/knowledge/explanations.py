"""What the validation library found, in an editor's words and with the mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.knowledge.models import Content

_DAY = "must be a day like 2019-07-05"
_ONE = "is empty; give at least one"
_LIST = "must be a list: lines that begin with `- `"
_KEYS = "must be keys with their values: lines like `key: value`"
_MENDS = {
    "string_type": "must be text; put it in quotes",
    "invalid_key": "must be text; put it in quotes",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "too_short": _ONE,
    "string_too_short": _ONE,
    "tuple_type": _LIST,
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
}
_ALIKE = 60  # percent of two keys' letters; "vioce" and "voice" have 80


def explained(fault: ErrorDetails, model: type[Content]) -> str:
    """Say what is wrong with a file of `model`, and how to mend it."""
    place, context = fault["loc"], fault.get("ctx", {})
    where = ".".join(map(str, place))
    subject = f"'{where}'" if place else "the file"
    if place and place[-1] == "[key]":
        subject = f"the key '{place[-2]}' ({'.'.join(map(str, place[:-2]))})"
    match fault["type"]:
        case "missing":
            said = f"the key '{place[-1]}' is missing here ({where}); add it"
        case "extra_forbidden":
            said = f"unknown key '{place[-1]}' ({where}); {_hint(str(place[-1]), place, model)}"
        case "string_pattern_mismatch":
            said = f"{subject} {_form(str(context.get('pattern')))}"
        case "string_too_long":
            said = f"{subject} is too long: {context.get('max_length')} characters at most"
        case "literal_error":
            said = f"{subject} must be {context.get('expected')}"
        case kind if kind in _MENDS:
            said = f"{subject} {_MENDS[kind]}"
        case _:
            message = fault["msg"]
            said = f"{subject}: {message[0].lower()}{message[1:]}; see knowledge/README.md"
    return said


def _form(pattern: str) -> str:
    if "a-z" in pattern:
        return (
            "has signs that do not belong: an id is lower-case letters, digits and single hyphens"
            " between them"
        )
    return "must be one line"


def _hint(key: str, place: Sequence[str | int], model: type[Content]) -> str:
    known = sorted(_keys(place[:-1], model.model_json_schema()))
    close = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"


def _keys(place: Sequence[str | int], schema: Mapping[str, Any]) -> list[str]:
    """The keys that may stand at a place of a file with that JSON Schema."""
    part = schema
    for step in place:
        part = part["items"] if isinstance(step, int) else part["properties"].get(step) or {}
        part = next(iter(part.get("anyOf", ())), part)
        if name := part.get("$ref"):
            part = schema["$defs"][name.rpartition("/")[2]]
    return list(part["properties"])
