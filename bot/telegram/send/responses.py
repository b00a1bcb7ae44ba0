"""Tells the answers of the Bot API from everything else that may come back from a call.

A proxy, a sign-in page or a broken server can send anything, with any status.
"""

import json
from typing import Any

from telegram import error as errors

_SUCCESS, _REDIRECT = range(200, 300), range(300, 400)
# A 404 means that the server knows no such method, or no such bot.
_ERRORS: dict[int, type[errors.TelegramError]] = {
    **dict.fromkeys(range(400, 500), errors.BadRequest),
    401: errors.InvalidToken,
    403: errors.Forbidden,
    404: errors.EndPointNotFound,
    409: errors.Conflict,
    429: errors.NetworkError,  # without the seconds to wait
    **dict.fromkeys(range(500, 600), errors.NetworkError),
}
_MAX_RETRY_AFTER = 7 * 24 * 3600  # seconds; nothing real is longer
_MESSAGE = {"message_id": int, "date": int, "chat": {"id": int, "type": str}}
# What we and the library need of a result, by the beginning of the method's name; the first counts.
_SHAPES: dict[str, Any] = {
    "getMe": {"id": int, "is_bot": bool, "first_name": str, "username": str},
    "getUpdates": [{}],
    "getMyCommands": [{}],
    "getChatAdministrators": [{}],
    "get": {},
    "send": _MESSAGE,
    "edit": _MESSAGE,
    "answerGuestQuery": {},
    "answer": True,
    "delete": True,
    "set": True,
}


class UnknownResponseError(errors.NetworkError):
    """What came back is no answer of the Bot API: nobody knows whether the call was carried out."""


def read_response(method: str, status: int, body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """The result of a call; raises the error of a refusal, or else `UnknownResponseError`.

    An answer is either a result of the kind that `method` has, or a refusal with a description and
    a code that agrees with the status.
    """
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError):
        found = None
    if not _fits(found, {"ok": bool}):
        raise _unknown(status, "a redirect" if status in _REDIRECT else "no JSON of the Bot API")
    if found["ok"]:
        shape = next(shape for start, shape in _SHAPES.items() if method.startswith(start))
        if status not in _SUCCESS or not _fits(found.get("result"), shape):
            raise _unknown(status, f"not a result of {method}")
        return found["result"]
    if not (status in _ERRORS and found.get("error_code") == status and _is_refusal(found)):
        raise _unknown(status, "not a refusal of the Bot API")
    words, parameters = found["description"], found.get("parameters", {})
    if "migrate_to_chat_id" in parameters:
        raise errors.ChatMigrated(parameters["migrate_to_chat_id"])
    if "retry_after" in parameters:
        raise errors.RetryAfter(parameters["retry_after"])
    if words.removeprefix("Bad Request: ") == "Logged out":
        # Somebody called logOut, to use another server. This one will serve the bot again.
        raise UnknownResponseError("the bot is logged out from this server")
    raise _ERRORS[status](words)


def _unknown(status: int, what: str) -> UnknownResponseError:
    return UnknownResponseError(f"HTTP {status}, {what}")


def _is_refusal(found: dict[str, Any]) -> bool:
    """Whether there is a description, and the parameters, if any, can be obeyed."""
    parameters = found.get("parameters", {})
    if not _fits(parameters, {}) or not _fits(found, {"description": str}):
        return False
    obeyed = {"retry_after": 1, "migrate_to_chat_id": -1, **parameters}
    return (
        _fits(obeyed, {"retry_after": int, "migrate_to_chat_id": int})
        and 0 < obeyed["retry_after"] <= _MAX_RETRY_AFTER
        and obeyed["migrate_to_chat_id"] < 0
    )


def _fits(value: Any, shape: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether JSON has a shape: the fields of an object, the items of a list, a type, or True."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(_fits(value.get(n), s) for n, s in shape.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    return value is True if shape is True else type(value) is shape
