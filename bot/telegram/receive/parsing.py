"""Parses updates, leaving out every part that the bot does not read or cannot make sense of.

Telegram adds fields and types several times a year, and the library refuses a whole update if one
part lacks a field that it requires. So a part that is not as the tables below say is left out, and
the rest is handled: what somebody wrote matters, not the newer poll that it replies to.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from telegram import ChatMember, Update

_Json = dict[str, Any]
# A type, a range of whole numbers, `_Object`, or a list of one shape, of which wrong items are left
# out.
_Shape: TypeAlias = Any
_MAX_ID = 2**63 - 1  # larger numbers fit neither SQLite nor any id of Telegram's


class UnreadableError(Exception):
    """An update, or a part of one, cannot be parsed; the message says why."""


def update_id_of(body: object) -> int | None:
    """The number of an update; None if it has none, or one that Telegram never gives."""
    number = body.get("update_id") if isinstance(body, dict) else None
    return number if type(number) is int and 0 <= number <= _MAX_ID else None


def parse(body: object) -> Update:
    """Parse one update; raises `UnreadableError` if it lacks its number or what identifies it."""
    number = update_id_of(body)
    if number is None or not isinstance(body, dict):
        raise UnreadableError("no valid update_id")
    found: _Json = {"update_id": number}
    for kind, shape in _UPDATE.items():
        if body.get(kind) is not None:
            try:
                found[kind] = _valid(body[kind], shape)
            except UnreadableError as error:
                raise UnreadableError(f"{kind}: {error}") from None
    try:
        return Update.de_json(found)
    except Exception as error:
        raise UnreadableError(type(error).__name__) from error  # its text may quote people


@dataclass(frozen=True, slots=True)
class _Object:
    """The shape of an object; one without a required field, or with an empty one, is wrong."""

    required: Mapping[str, _Shape]
    optional: Mapping[str, _Shape] = field(default_factory=dict)
    defaults: _Json = field(default_factory=dict)  # what the library insists on
    is_message: bool = False


def _valid(value: Any, shape: _Shape) -> Any:  # noqa: ANN401 - any JSON
    """What the bot reads of a value and can make sense of; raises `UnreadableError` if nothing."""
    if isinstance(shape, _Object):
        return _valid_object(value, shape)
    if isinstance(shape, list) and isinstance(value, list):
        return [part for item in value for part in _if_valid(item, shape[0])]
    if isinstance(shape, range) and type(value) is int and value in shape:
        return value
    if type(value) is not shape:
        raise UnreadableError
    if shape is str and not value.isascii():
        # Halves of a surrogate pair, which nothing can encode, are replaced.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _if_valid(value: object, shape: _Shape) -> list[Any]:
    """The part alone, or an empty list if it is wrong."""
    try:
        return [_valid(value, shape)]
    except UnreadableError:
        return []


def _valid_object(value: object, shape: _Object) -> _Json:
    if not isinstance(value, dict):
        raise UnreadableError("not an object")
    found = dict(shape.defaults)
    for name, inner in shape.required.items():
        parts = _if_valid(value.get(name), inner)
        if parts in ([], [""]) or (name == "id" and parts == [0]):  # 0 is nobody's id
            raise UnreadableError(f"no valid {name}")
        found[name] = parts[0]
    for name, inner in shape.optional.items():
        if name in value:
            found.update((name, part) for part in _if_valid(value[name], inner))
    if shape.is_message:
        # One without text or caption is a service message, known or not.
        if "text" not in found and any(map(value.get, _ATTACHMENTS)):
            found.setdefault("caption", "")
        for entities, text in (("entities", "text"), ("caption_entities", "caption")):
            if entities in found:
                units = found.get(text, "").encode("utf-16-le")
                found[entities] = [entity for entity in found[entities] if _fits(entity, units)]
    return found


def _fits(entity: _Json, units: bytes) -> bool:
    """Whether an entity lies within the text and cuts no character in half."""
    start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
    try:
        return start < end <= len(units) and bool(units[start:end].decode("utf-16-le"))
    except UnicodeDecodeError:
        return False


_RIGHTS = {  # which the library requires; those that Telegram does not mention are denied
    name: False
    for kind in ChatMember.__subclasses__()
    for name in inspect.signature(kind).parameters
    if name != "api_kwargs"
}
_ATTACHMENTS = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice",
    "live_photo", "location", "paid_media", "photo", "poll", "sticker", "story", "venue", "video",
    "video_note", "voice",
)  # fmt: skip
_ID = range(-_MAX_ID, _MAX_ID + 1)
_NUMBER = range(_MAX_ID + 1)
_TIME = range(2**36 + 1)  # the library knows no later years
_NAMES = dict.fromkeys(("first_name", "last_name", "username", "title"), str)
_USER = _Object({"id": _ID}, {**_NAMES, "is_bot": bool}, {"is_bot": False, "first_name": ""})
_CHAT = _Object({"id": _ID, "type": str}, {**_NAMES, "is_forum": bool})
_ENTITY = _Object({"type": str, "offset": _NUMBER, "length": _NUMBER}, {"url": str, "user": _USER})
_BUTTON = _Object({"text": str}, {"callback_data": str, "url": str})
_MEMBER = _Object({"user": _USER, "status": str}, {"can_send_messages": bool}, _RIGHTS)
_ORIGIN = {"type": "left out", "date": 0}
_IDS = {"message_id": _ID, "chat": _CHAT}
_PARTS: dict[str, _Shape] = {
    "date": _TIME,
    "from": _USER,
    "sender_chat": _CHAT,
    "via_bot": _USER,
    "text": str,
    "caption": str,
    "entities": [_ENTITY],
    "caption_entities": [_ENTITY],
    "quote": _Object({"text": str}, defaults={"position": 0}),
    "external_reply": _Object({}, defaults={"origin": _ORIGIN}),
    "forward_origin": _Object({}, defaults=_ORIGIN),
    "is_automatic_forward": bool,
    "forum_topic_created": _Object({}, defaults={"name": "", "icon_color": 0}),
    "is_topic_message": bool,
    "message_thread_id": _ID,
    "direct_messages_topic": _Object({"topic_id": _ID}),
    "media_group_id": str,
    "migrate_to_chat_id": _ID,
    "migrate_from_chat_id": _ID,
    "guest_query_id": str,
    "reply_markup": _Object({"inline_keyboard": [[_BUTTON]]}),
}
_EARLIER_MESSAGE = _Object(_IDS, _PARTS, {"date": 0}, is_message=True)
_MESSAGE = _Object(
    _IDS, {**_PARTS, "reply_to_message": _EARLIER_MESSAGE}, {"date": 0}, is_message=True
)
_QUERY = {"id": str, "from": _USER}
_UPDATE: dict[str, _Shape] = {
    **dict.fromkeys(("message", "edited_message", "guest_message"), _MESSAGE),
    "callback_query": _Object(
        _QUERY, {"message": _MESSAGE, "inline_message_id": str, "data": str}, {"chat_instance": ""}
    ),
    "inline_query": _Object(_QUERY, {"query": str, "offset": str}, {"query": "", "offset": ""}),
    "my_chat_member": _Object(
        {"chat": _CHAT, "old_chat_member": _MEMBER, "new_chat_member": _MEMBER},
        {"from": _USER, "date": _TIME},
        {"date": 0},
    ),
}
ALLOWED_UPDATES = [*_UPDATE]  # what Telegram is asked for
