"""Tells the answers of the Bot API from everything else that may come back from a call.

A proxy, a sign-in page or a broken server can send anything, with any status. If that were taken
for an answer, a question would be given up, or the token called revoked, without Telegram having
said a word.
"""

import json
from typing import Any

from telegram.error import NetworkError

_SUCCESS, _REDIRECT, _REFUSAL = range(200, 300), range(300, 400), range(400, 500)
_ERROR = range(400, 600)
# What python-telegram-bot has its own errors for; it takes any other 4xx for a network problem.
_KNOWN_REFUSALS = frozenset({400, 401, 403, 404, 409, 429})
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


class UnknownResponseError(NetworkError):
    """What came back is no answer of the Bot API: nobody knows whether the call was carried out."""


def read_response(method: str, status: int, body: bytes) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of an answer; raise `UnknownResponseError` if it is not one.

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
        shape = next((_SHAPES[start] for start in _SHAPES if method.startswith(start)), None)
        if status not in _SUCCESS or not (shape is None or _fits(found.get("result"), shape)):
            raise _unknown(status, f"not a result of {method}")
        return status, found
    if not (status in _ERROR and found.get("error_code") == status and _is_refusal(found)):
        raise _unknown(status, "not a refusal of the Bot API")
    if found["description"].removeprefix("Bad Request: ") == "Logged out":
        # Somebody called logOut, to use another server. This one will serve the bot again.
        raise UnknownResponseError("the bot is logged out from this server")
    return 400 if status in _REFUSAL and status not in _KNOWN_REFUSALS else status, found


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
