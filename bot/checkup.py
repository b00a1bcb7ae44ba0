"""What Telegram says of a bot, read without disturbing the bot that may be running."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx
from telegram import (
    Bot,
    ChatMemberAdministrator,
    ChatMemberMember,
    ChatMemberRestricted,
    User,
    WebhookInfo,
)
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `note` is worth knowing and nothing to mend."""

    name: str
    state: Literal["ok", "note", "trouble", "wrong setting"]
    said: str
    advice: str = ""

    def __str__(self) -> str:
        """`trouble  clock: 300 s behind the server's; switch ... on`."""
        advice = f"\n{'':15}{self.advice}" if self.advice else ""
        return f"{self.state:<13}  {self.name}: {self.said}{advice}"


@dataclass(frozen=True, slots=True)
class TelegramSide:
    """What the server says; `clock_ahead` is in seconds, None where it does not tell its time."""

    me: User
    hook: WebhookInfo
    clock_ahead: float | None
    may_write: Mapping[int, bool]  # in the groups asked for that it is a member of


async def ask_telegram(
    token: str, server: str, groups: Iterable[int] = ()
) -> TelegramSide | Finding:
    """Ask who the bot is, how it is served, and what it may do in `groups`.

    A `Finding` if the server cannot tell.

    The messages of the library's errors may hold the token: none is passed on.
    """
    logging.getLogger("telegram").addHandler(logging.NullHandler())  # what it logs, we tell
    ahead: list[float] = []

    async def read_clock(response: httpx.Response) -> None:
        if date := response.headers.get("date"):
            there = parsedate_to_datetime(date)
            ahead.append((dt.datetime.now(dt.UTC) - there).total_seconds())

    request = HTTPXRequest(
        read_timeout=_TIMEOUT,
        connect_timeout=_TIMEOUT,
        httpx_kwargs={"event_hooks": {"response": [read_clock]}},
    )
    try:
        async with Bot(token, f"{server}/bot", request=request) as bot:
            me, hook = bot.bot, await bot.get_webhook_info()
            rights = {group: await _may_write(bot, group) for group in groups}
    except TelegramError as error:
        return _refusal(error, server)
    known = {group: may for group, may in rights.items() if may is not None}
    return TelegramSide(me, hook, ahead[0] if ahead else None, known)


async def _may_write(bot: Bot, group: int) -> bool | None:
    """Whether it may send messages there; None where it is no member any more."""
    try:
        member = await bot.get_chat_member(group, bot.id)
        if isinstance(member, ChatMemberMember):
            allowed = (await bot.get_chat(group)).permissions
            return allowed is None or allowed.can_send_messages is not False
    except (BadRequest, Forbidden):
        return None
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return True if isinstance(member, ChatMemberAdministrator) else None


def _refusal(error: TelegramError, server: str) -> Finding:
    cause = error.__cause__
    said = f"{server} refuses the bot ({type(error).__name__})"
    advice = "wait and try again; if TELEGRAM_API_URL is your own server, see its log"
    if isinstance(error, InvalidToken):
        return Finding(
            "token",
            "trouble",
            "the server does not accept TELEGRAM_BOT_TOKEN",
            "copy it again from @BotFather (/mybots, API Token); it looks like 123456:ABC-DEF",
        )
    if isinstance(error, RetryAfter):
        said = f"{server} asks to wait: too many calls"
    elif isinstance(cause, httpx.RequestError):
        said = f"{server} is out of reach ({type(cause).__name__})"
        advice = (
            "see the network, the name server and the firewall, HTTPS_PROXY if you need a proxy,"
            " and that TELEGRAM_API_URL is right"
        )
    elif isinstance(error, NetworkError):
        said = f"{server} answers with an error of its own"
    return Finding("server", "trouble", said, advice)
