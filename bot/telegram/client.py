"""The bot's line to Telegram: discreet about its token, patient with a slow server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram.ext import BaseRateLimiter, Defaults, ExtBot

from bot.config import Settings
from bot.telegram.line import Line

_TIMEOUT = 20.0  # seconds for one call; cut short, nobody knows whether it was done
# Calls at once; more wait for their turn. Enough for 30 messages a second when each takes a
# quarter of a second to be answered; every connection more costs time with each call.
CONNECTIONS = 8
KINDS = [
    "message", "edited_message", "callback_query", "inline_query", "my_chat_member",
    "guest_message",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours: the number of its chat, and its own."""

    chat_id: int
    message_id: int


class Client(ExtBot[None]):
    """As the library's bot, but its `repr` tells no secret, and two methods go past its objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Client[{self.token.partition(':')[0]}]"

    async def raw_updates(
        self, offset: int | None, *, seconds: int, limit: int
    ) -> list[dict[str, Any]]:
        """Updates from `offset` on as JSON objects, waiting `seconds` at most for the first.

        Unparsed, because the library refuses a whole batch for one update that it cannot read.
        """
        data = {"offset": offset, "limit": limit, "timeout": seconds, "allowed_updates": KINDS}
        found = await self._post("getUpdates", data, read_timeout=_TIMEOUT + seconds)
        return [item for item in found if isinstance(item, dict)] if found else []

    async def send_raw(self, data: dict[str, Any]) -> Sent:
        """Call sendMessage with the Bot API's own parameters; those that are None are left out.

        Unparsed, because to make and to read the library's objects takes as long as the call.
        """
        message = await self._post("sendMessage", data)
        return Sent(message["chat"]["id"], message["message_id"])


def make_client(
    settings: Settings, limiter: BaseRateLimiter[None], defaults: Defaults | None = None
) -> Client:
    """The client for these settings; nothing is sent yet. The token must be set."""
    token = settings.telegram_bot_token
    assert token is not None  # noqa: S101 - `run` has checked it
    return Client(
        token.reveal(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=Line(CONNECTIONS, _TIMEOUT),
        get_updates_request=Line(2, _TIMEOUT),
        defaults=defaults,
        rate_limiter=limiter,
    )
