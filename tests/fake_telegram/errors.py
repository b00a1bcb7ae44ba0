"""The refusal of a call, in Telegram's own words."""

from typing import Any

Json = dict[str, Any]

_PREFIX = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}


class RefusedError(Exception):
    """Telegram would answer this call with `ok: false`.

    `own_fault` tells a bug of the bot (a call that can never be right) from a circumstance
    that a correct bot meets too: blocked by a user, the message deleted meanwhile, ...
    """

    def __init__(
        self, description: str, code: int = 400, *, own_fault: bool = True, **parameters: int
    ) -> None:
        self.code = code
        self.description = _PREFIX.get(code, "") + description
        self.own_fault = own_fault
        self.parameters = parameters
        super().__init__(self.description)

    def body(self) -> Json:
        """Return the JSON object that Telegram answers."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})
