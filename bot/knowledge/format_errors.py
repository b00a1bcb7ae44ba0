"""Says in plain words how a knowledge file differs from its format, and how to put that right."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from bot.knowledge.format import ID, ONE_LINE, TEXT_TYPE, AnswersFile, Key, StrictModel
from bot.knowledge.json_schema import schema_at
from bot.knowledge.nearest import choose, meant_word
from bot.knowledge.yaml_faults import CURLY, describe_lookalikes, in_quotes
from bot.knowledge.yaml_lines import Place, YamlFile

BETWEEN_IDS = r"[\s,;，/=:]+(?:(?:and|or) )?"  # as an editor may write it
# What to say about each kind of error, and about what does not match a pattern.
_MESSAGES = {
    "string_too_short": "{what} is empty; write its text",
    "too_short": "{what} needs at least one item; begin each with “- ” on a line below it",
    "string_too_long": "{what} is too long; use at most {max_length} characters",
    "literal_error": "{what} must be {expected}",
    "tuple_type": "{what} must be a list; {listed}",
    "value_error": "'{written}' is not a date{error}",
    "model_type": "“{line}” is not enough here; write it like {example}, or delete it",
    "dict_type": "{what} needs lines like “word: text” below it, with two more spaces, without “-”",
    ID: "'{written}' is not a valid id{dash}; use lower-case letters and digits, like '{valid}'",
    TEXT_TYPE: "'{written}' is not a type of text; write one or two words in the singular, in"
    " lower-case letters, without “the”, like notice or press release",
    ONE_LINE: "{what} must be on a single line; remove the line break",
    "string_type": "{what} must be text in quotes{curly}{quoted}",
    "empty": "nothing follows “{line}”; {fill}",
    "list": "{what} must be one text, not a list; delete the brackets or hyphens in front of it",
    **dict.fromkeys(("bool_type", "bool_parsing"), "{what} must be true or false"),
    **dict.fromkeys(("int_type", "int_parsing"), "{what} must be a whole number"),
}


def without_consequences(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The errors but for those that follow from others.

    If an item has an unknown key, the first stands for what else is unknown or missing in it.
    """
    unknown: dict[Place, ErrorDetails] = {}
    for error in errors:
        if error["type"] == "extra_forbidden":
            unknown.setdefault(error["loc"][:-1], error)

    def follows(error: ErrorDetails) -> bool:
        place = error["loc"]
        if error["type"] in {"missing", "extra_forbidden"}:
            return unknown.get(place[:-1], error) is not error
        below = (other["loc"] for other in errors if len(other["loc"]) > len(place))
        return error["type"] == "too_short" and any(one[: len(place)] == place for one in below)

    return [error for error in errors if not follows(error)]


def describe_error(error: ErrorDetails, model: type[StrictModel], file: YamlFile) -> str:
    """Say what is wrong in a file with the format `model`, and how to fix it."""
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    keys = [str(step) for step in place if not isinstance(step, int) and step != "[key]"]
    key, line = keys[-1] if keys else "the file", file.written(place)
    written = error["input"] if place[-1:] != ("[key]",) and kind != "extra_forbidden" else key
    if isinstance(written, str) and (strange := describe_lookalikes(written)):
        return f"'{written}' {strange}"
    # A kind of names, or a misspelling of `polarity` and the like.
    is_misspelt = place[-2:-1] == ("key",) and meant_word(key, [*Key.model_fields]) not in {
        None,
        key,
    }
    if kind == "extra_forbidden" or (is_misspelt and kind == "tuple_type"):
        return _describe_unknown_key(place, model, file)
    parent = schema_at(place[:-1], model)
    if kind == "missing":
        description = parent["properties"][key]["description"].removesuffix(".")
        if "{" in line:
            return f"“{key}: …” is missing; add it in the braces ({description})"
        above = "".join(f" just above “{other}: …”" for other in list(written)[1:2])
        return f"the line “{key}: …” is missing; add it{above} ({description})"
    is_item = bool(place) and isinstance(place[-1], int)
    if written is None:
        kind = "empty"
    elif kind == "string_type" and isinstance(written, list):
        kind = "list"
    other = f"{{what}}: {error['msg'][0].lower()}{error['msg'][1:]}; see docs/editing.md"
    message = _MESSAGES.get(context.get("pattern", kind), other)
    head = "- " if is_item else f"{key}: "
    value = re.search(rf"{re.escape(head)} *(.+)", line)
    return message.format(
        key=key,
        # In a file of its own, a phrasing has no key.
        what="this phrasing"
        if is_item and place[2:3] == ("phrasings",)
        else f"{'an item of ' if is_item else ''}'{key}'",
        written=written,
        line=line,
        listed=_listed(key, head, value[1] if value else "", is_of_ids=model is AnswersFile),
        fill=_fill(key, parent, is_item=is_item),
        dash=" (its long dash must be a hyphen)" * bool(re.search("[‐-―−]", str(written))),
        curly=" (“ and ” are none)" * bool(value and value[1][0] in CURLY),
        valid="-".join(re.findall(r"[a-z0-9]+", str(written).lower())) or "closing-date",
        example=_example(place, model) if kind == "model_type" else "",
        quoted=f": {head}{in_quotes(value[1])}" if value else "",
        **context,
    )


def _fill(key: str, parent: Mapping[str, Any], *, is_item: bool) -> str:
    """What to do about a line without a value."""
    if key == "phrasings" and not is_item:
        return "write how people ask below it, each question on a line of its own after “- ”"
    is_needed = key in parent.get("required", ()) and not is_item
    return "write what belongs there" + ", or delete the line" * (not is_needed)


def _listed(key: str, head: str, text: str, *, is_of_ids: bool) -> str:
    """Advice to make a list of a text: in brackets, unless it is made of sentences."""
    if not text or key in {"passages", "phrasings"}:
        return f"write each item on a line of its own below “{key}:”, after “- ”"
    between = BETWEEN_IDS if is_of_ids else "[,;/=:]"
    words = [word.strip() for word in re.split(between, text.strip("[](){}, "))]
    return f"write: {head}[{', '.join(words)}]"


def _describe_unknown_key(place: Place, model: type[StrictModel], file: YamlFile) -> str:
    """What to do about a key that does not exist, or not in this place."""
    key, parent = str(place[-1]), place[:-1]
    known = schema_at(parent, model)["properties"]
    for name in known:
        if key in schema_at((*parent, name), model).get("properties", ()):
            return f"'{key}' belongs into “{name}: {{…}}”; write it in its braces"
    required = schema_at(parent, model).get("required", ())
    missing = [name for name in required if (*parent, name) not in file.locations]
    written = [str(at[-1]) for at in file.locations if at[:-1] == parent and at != parent]
    advice = choose(key, sorted(known))
    is_one_for_another = len(missing) == 1 and not {*written} - {*known, key}
    for name in model.model_fields:
        if not is_one_for_another and key in schema_at((name, 0), model).get("properties", ()):
            mend = "move this whole item there" if missing else f"delete it, or {advice}"
            return f"“{key}: …” belongs to an item below “{name}:”; {mend}"
    if is_one_for_another and not meant_word(key, known):
        advice = f"did you mean '{missing[0]}', which is missing?"
    return f"unknown key '{key}' (the word before the colon); {advice}"


def _example(place: Place, model: type[StrictModel]) -> str:
    """How a value with keys of its own is written: “- id: …” or “inferred: {year: …}”."""
    keys = [f"{key}: …" for key in schema_at(place, model)["properties"]][:2]
    if place and isinstance(place[-1], str):
        return f"“{place[-1]}: {{{', '.join(keys)}}}”"
    return f"“{'- ' if place else ''}{keys[0]}”, with more lines below it"
