"""Refused calls, with Telegram's own error texts."""

from typing import Any

Json = dict[str, Any]

_PREFIX = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}


class RefusedError(Exception):
    """A call that Telegram would answer with `ok: false`.

    `is_violation` separates bugs in the bot (a call that can never be right) from refusals that
    a correct bot also gets: it was blocked, the message has just been deleted, ...
    """

    def __init__(
        self, description: str, code: int = 400, *, is_violation: bool = True, **parameters: int
    ) -> None:
        self.code = code
        self.description = _PREFIX.get(code, "") + description
        self.is_violation = is_violation
        self.parameters = parameters
        super().__init__(self.description)

    def body(self) -> Json:
        """Return the JSON body of the response."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})
