"""Parses updates, leaving out every part that the bot does not read or cannot make sense of.

Telegram adds fields and types several times a year, and the library refuses a whole update if one
part lacks a field that it requires. So a part that is not as the tables below say is left out, and
the rest is handled: what somebody wrote matters, not the newer poll that it replies to.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from telegram import (
    Bot,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberOwner,
    ChatMemberRestricted,
    Update,
)

_Json = dict[str, Any]
_Check = Callable[[Any], Any]  # returns the part, perhaps reduced; raises `_WrongError`
_MAX_ID = 2**63 - 1  # larger numbers fit neither SQLite nor any id of Telegram's


class UnreadableError(Exception):
    """An update cannot be parsed; the message says why."""


class _WrongError(Exception):
    """A part is not what it should be."""


def update_id_of(body: object) -> int | None:
    """The number of an update; None if it has none, or one that Telegram never gives."""
    number = body.get("update_id") if isinstance(body, dict) else None
    return number if type(number) is int and 0 <= number <= _MAX_ID else None


def parse(body: _Json, bot: Bot) -> Update:
    """Parse one update; raises `UnreadableError` if it lacks its number or what identifies it."""
    number = update_id_of(body)
    if number is None:
        raise UnreadableError("no valid update_id")
    found: _Json = {"update_id": number}
    for kind, check in _UPDATE.items():
        if body.get(kind) is not None:
            try:
                found[kind] = check(body[kind])
            except _WrongError as error:
                raise UnreadableError(f"{kind}: {error}") from None
    try:
        return Update.de_json(found, bot)
    except Exception as error:
        raise UnreadableError(type(error).__name__) from error  # its text may quote people


def _string(value: object) -> str:
    """A text; halves of a surrogate pair, which nothing can encode, are replaced."""
    if not isinstance(value, str):
        raise _WrongError
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _integer(lowest: int, highest: int) -> _Check:
    def check(value: object) -> int:
        if type(value) is not int or not lowest <= value <= highest:
            raise _WrongError
        return value

    return check


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError
    return value


def _key(value: object) -> str:
    """The id of a query, without which it cannot be answered."""
    if not (found := _string(value)):
        raise _WrongError
    return found


def _object(
    required: Mapping[str, _Check], optional: Mapping[str, _Check], **defaults: object
) -> _Check:
    """For an object with these fields; one without a required field is wrong altogether."""

    def check(value: object) -> _Json:
        if not isinstance(value, dict):
            raise _WrongError("not an object")
        found = dict(defaults)
        for name, inner in required.items():
            try:
                found[name] = inner(value.get(name))
            except _WrongError:
                raise _WrongError(f"no valid {name}") from None
        for name, inner in optional.items():
            found.update((name, part) for part in _if_valid(inner, value.get(name)))
        return found

    return check


def _if_valid(check: _Check, value: object) -> list[Any]:
    """The part alone, or an empty list if it is wrong."""
    try:
        return [check(value)]
    except _WrongError:
        return []


def _list(inner: _Check) -> _Check:
    """For a list; its wrong items are left out."""

    def check(value: object) -> list[Any]:
        if not isinstance(value, list):
            raise _WrongError
        return [part for item in value for part in _if_valid(inner, item)]

    return check


def _message(parts: _Check) -> _Check:
    """For a message; one without text or caption is a service message, known or not."""

    def check(value: object) -> _Json:
        found: _Json = parts(value)
        assert isinstance(value, dict)  # noqa: S101 - for mypy
        if "text" not in found and any(map(value.get, _ATTACHMENTS)):  # no service message
            found.setdefault("caption", "")
        for entities, text in (("entities", "text"), ("caption_entities", "caption")):
            if entities in found:
                units = found.get(text, "").encode("utf-16-le")
                found[entities] = [entity for entity in found[entities] if _fits(entity, units)]
        return found

    return check


def _fits(entity: _Json, units: bytes) -> bool:
    """Whether an entity lies within the text and cuts no character in half."""
    start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
    try:
        return start < end <= len(units) and bool(units[start:end].decode("utf-16-le"))
    except UnicodeDecodeError:
        return False


_KINDS_OF_MEMBER = ChatMemberOwner, ChatMemberAdministrator, ChatMemberRestricted, ChatMemberBanned
_RIGHTS = {  # which the library requires; those that Telegram does not mention are denied
    name: False
    for kind in _KINDS_OF_MEMBER
    for name in inspect.signature(kind).parameters
    if name != "api_kwargs"
}
_ATTACHMENTS = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice",
    "live_photo", "location", "paid_media", "photo", "poll", "sticker", "story", "venue", "video",
    "video_note", "voice",
)  # fmt: skip
_NAMES = dict.fromkeys(("first_name", "last_name", "username", "title"), _string)
_ORIGIN = {"type": "left out", "date": 0}
_id = _integer(-_MAX_ID, _MAX_ID)
_number = _integer(0, _MAX_ID)
_time = _integer(0, 2**36)  # the library knows no later years
_user = _object({"id": _id}, {**_NAMES, "is_bot": _boolean}, is_bot=False, first_name="")
_chat = _object({"id": _id, "type": _string}, {**_NAMES, "is_forum": _boolean})
_entity = _object(
    {"type": _string, "offset": _number, "length": _number}, {"url": _string, "user": _user}
)
_button = _object({"text": _string}, {"callback_data": _string, "url": _string})
_member = _object({"user": _user, "status": _string}, {"can_send_messages": _boolean}, **_RIGHTS)
_IDS = {"message_id": _id, "chat": _chat}
_PARTS: dict[str, _Check] = {
    "date": _time,
    "from": _user,
    "sender_chat": _chat,
    "via_bot": _user,
    "text": _string,
    "caption": _string,
    "entities": _list(_entity),
    "caption_entities": _list(_entity),
    "quote": _object({"text": _string}, {}, position=0),
    "external_reply": _object({}, {}, origin=_ORIGIN),
    "forward_origin": _object({}, {}, **_ORIGIN),
    "is_automatic_forward": _boolean,
    "forum_topic_created": _object({}, {}, name="", icon_color=0),
    "is_topic_message": _boolean,
    "message_thread_id": _id,
    "direct_messages_topic": _object({"topic_id": _id}, {}),
    "media_group_id": _string,
    "migrate_to_chat_id": _id,
    "migrate_from_chat_id": _id,
    "guest_query_id": _string,
    "reply_markup": _object({"inline_keyboard": _list(_list(_button))}, {}),
}
_earlier_message = _message(_object(_IDS, _PARTS, date=0))
_any_message = _message(_object(_IDS, {**_PARTS, "reply_to_message": _earlier_message}, date=0))
_UPDATE: dict[str, _Check] = {
    **dict.fromkeys(("message", "edited_message", "guest_message"), _any_message),
    "callback_query": _object(
        {"id": _key, "from": _user},
        {"message": _any_message, "inline_message_id": _string, "data": _string},
        chat_instance="",
    ),
    "inline_query": _object(
        {"id": _key, "from": _user}, {"query": _string, "offset": _string}, query="", offset=""
    ),
    "my_chat_member": _object(
        {"chat": _chat, "old_chat_member": _member, "new_chat_member": _member},
        {"from": _user, "date": _time},
        date=0,
    ),
}
