"""Tells the answers of the Bot API from everything else that may come back from a call.

A proxy, a sign-in page or a broken server can send anything, with any status. If that were taken
for an answer, a question would be given up, or the token called revoked, without Telegram having
said a word.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from telegram.error import NetworkError

_SUCCESS, _REDIRECT, _REFUSAL, _ERROR = (
    range(200, 300),
    range(300, 400),
    range(400, 500),
    range(400, 600),
)
_MAX_RETRY_AFTER = 7 * 24 * 3600  # seconds; nothing real is longer
# What python-telegram-bot has its own errors for; it takes any other 4xx for a network problem.
_KNOWN_REFUSALS = frozenset({400, 401, 403, 404, 409, 429})


class UnknownResponseError(NetworkError):
    """What came back is no answer of the Bot API: nobody knows whether the call was carried out."""


def read_response(method: str, status: int, body: bytes) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of an answer; raise `UnknownResponseError` if it is not one.

    `method` is a method of the Bot API. An answer is either a result of the kind that the method
    has, or a refusal with a code, which agrees with the status, and a description.
    """
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or type(found.get("ok")) is not bool:
        raise _unknown(status, "a redirect" if status in _REDIRECT else "no JSON of the Bot API")
    if found["ok"]:
        if status not in _SUCCESS or not _check_for(method)(found.get("result")):
            raise _unknown(status, f"not a result of {method}")
        return status, found
    description = found.get("description")
    is_refusal = status in _ERROR and found.get("error_code") == status
    if not (is_refusal and isinstance(description, str) and description and _has_limits(found)):
        raise _unknown(status, "not a refusal of the Bot API")
    if description.removeprefix("Bad Request: ") == "Logged out":
        # Somebody called logOut, to use another server. This one serves the bot again after
        # ten minutes.
        raise UnknownResponseError("the bot is logged out from this server")
    if status in _REFUSAL and status not in _KNOWN_REFUSALS:
        status = 400
    return status, found


def _unknown(status: int, what: str) -> UnknownResponseError:
    return UnknownResponseError(f"HTTP {status}, {what}")


def _is_int(value: object) -> bool:
    return type(value) is int


def _has_limits(refusal: Mapping[str, Any]) -> bool:
    """Whether the parameters of a refusal, if there are any, can be obeyed."""
    parameters = refusal.get("parameters", {})
    if not isinstance(parameters, dict):
        return False
    wait, chat = parameters.get("retry_after", 1), parameters.get("migrate_to_chat_id", -1)
    return _is_int(wait) and 0 < wait <= _MAX_RETRY_AFTER and _is_int(chat) and chat < 0


def _has(value: object, **kinds: type) -> bool:
    """Whether `value` is an object with these fields; True is no int here."""
    return isinstance(value, dict) and all(type(value.get(n)) is k for n, k in kinds.items())


def _is_user(value: object) -> bool:
    return _has(value, id=int, is_bot=bool, first_name=str, username=str)


def _is_message(value: Any) -> bool:  # noqa: ANN401 - JSON
    return _has(value, message_id=int, date=int, chat=dict) and _has(
        value["chat"], id=int, type=str
    )


def _is_photo(value: Any) -> bool:  # noqa: ANN401 - JSON
    sizes = value.get("photo") if _is_message(value) else None
    return (
        isinstance(sizes, list)
        and bool(sizes)
        and all(_has(s, file_id=str, file_unique_id=str, width=int, height=int) for s in sizes)
    )


def _is_true(value: object) -> bool:
    return value is True


def _is_edited(value: object) -> bool:
    return value is True or _is_message(value)  # True for a message sent by an inline query


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_anything(value: object) -> bool:
    return value is not None


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "getUpdates": _is_list,
    "getMe": _is_user,
    "getMyCommands": _is_list,
    "getChatAdministrators": _is_list,
    "getChatMemberCount": _is_int,
    "sendPhoto": _is_photo,
    "sendChatAction": _is_true,
    "answerGuestQuery": _is_object,
    "answerWebAppQuery": _is_object,
}
_CHECKS_BY_PREFIX: Mapping[str, Callable[[object], bool]] = {
    "send": _is_message,
    "edit": _is_edited,
    "answer": _is_true,
    "delete": _is_true,
    "set": _is_true,
    "get": _is_object,
}


def _check_for(method: str) -> Callable[[object], bool]:
    if check := _CHECKS.get(method):
        return check
    found = (check for prefix, check in _CHECKS_BY_PREFIX.items() if method.startswith(prefix))
    return next(found, _is_anything)
