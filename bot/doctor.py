"""`doctor`: looks at everything that `run` needs and says what to do about what is amiss."""

import asyncio
import datetime as dt
import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal, TextIO
from urllib.parse import urlsplit

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

from bot.config import TELEGRAM_SERVER, Settings
from bot.knowledge import KnowledgeError, load_knowledge
from bot.store import known_groups

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


_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_PORTS = {None, 443, 80, 88, 8443}  # the only ones that the official server calls
_CLOCK_OFF = 30  # seconds; more than a slow answer explains
_GROUPS = 20  # looked at; two calls each
_MANY_WAITING = 100  # updates; a running bot has none


def examine(settings: Settings, folder: Path | None, out: TextIO) -> int:
    """Print one line a finding. Status 0: all well; 1: something is amiss; 2: wrong settings."""
    findings = [
        _knowledge(folder or settings.knowledge_dir),
        _store(settings.database_path),
        *webhook_address(settings),
        *_telegram(settings),
    ]
    for finding in findings:
        print(finding, file=out)
    amiss = [finding for finding in findings if finding.state in {"trouble", "wrong setting"}]
    print(f"{len(amiss)} to mend" if amiss else "all well", file=out)
    if any(finding.state == "wrong setting" for finding in findings):
        return 2
    return 1 if amiss else 0


def _knowledge(folder: Path | None) -> Finding:
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        count = len(error.faults)
        return Finding(
            "knowledge",
            "trouble",
            f"{count} fault(s), the first: {error.faults[0]}",
            "run `treaty-bot check`, which lists all, and mend them",
        )
    return Finding("knowledge", "ok", f"{knowledge.version}, {len(knowledge.entries)} entries")


def _store(path: Path) -> Finding:
    if not path.exists():
        folder = next((p for p in path.absolute().parents if p.exists()), Path("/"))
        if folder.is_dir():
            return Finding("store", "ok", f"{path} is not there yet; `run` makes it")
        return _broken_store(path, f"{folder} is no folder")
    try:
        # mode=rw: an examination must not leave an empty file behind.
        link = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=2)
        try:
            (verdict,) = link.execute("PRAGMA quick_check(1)").fetchone()
            link.execute("BEGIN IMMEDIATE")
            link.execute("ROLLBACK")
        finally:
            link.close()
    except sqlite3.Error as error:
        return _broken_store(path, str(error))
    if verdict != "ok":
        return _broken_store(path, verdict)
    return Finding("store", "ok", f"{path} opens and takes writes")


def _broken_store(path: Path, reason: str) -> Finding:
    return Finding(
        "store",
        "trouble",
        f"{path} cannot be used ({reason})",
        "give the bot's user the right to write there, name another DATABASE_PATH, or, if the file"
        " is broken, move it away: the next start makes a new one",
    )


def _telegram(settings: Settings) -> Iterator[Finding]:
    token = settings.telegram_bot_token
    if token is None:
        yield Finding(
            "token",
            "wrong setting",
            "TELEGRAM_BOT_TOKEN is not set",
            "get a token from @BotFather in Telegram (/newbot) and put it into .env",
        )
        return
    if not _TOKEN.fullmatch(token.reveal()):
        yield Finding(
            "token",
            "wrong setting",
            "TELEGRAM_BOT_TOKEN does not look like a token",
            "copy the whole of it from @BotFather (/mybots, API Token): 123456:ABC-DEF",
        )
        return
    groups = known_groups(settings.database_path, _GROUPS)
    seen = asyncio.run(ask_telegram(token.reveal(), settings.telegram_api_url, groups))
    if isinstance(seen, Finding):
        yield seen
        return
    yield Finding("token", "ok", f"belongs to @{seen.me.username}")
    yield Finding("server", "ok", f"{settings.telegram_api_url} answers")
    yield _clock(seen)
    yield _webhook(settings, seen)
    yield _deliveries(settings, seen)
    yield from _switches(seen)
    yield from _rights(seen)


def _rights(seen: TelegramSide) -> Iterator[Finding]:
    mute = [str(group) for group, may_write in seen.may_write.items() if not may_write]
    if mute:
        yield Finding(
            "rights",
            "trouble",
            f"may not write in {len(mute)} of {len(seen.may_write)} groups: {', '.join(mute)}",
            "let an admin of the group allow it to send messages (the group's permissions, or those"
            " of the bot among its members), or remove it from there",
        )
    elif seen.may_write:
        yield Finding("rights", "ok", f"may write in all {len(seen.may_write)} groups looked at")


def _clock(seen: TelegramSide) -> Finding:
    if seen.clock_ahead is None:
        return Finding("clock", "note", "the server does not tell its time")
    seconds = round(abs(seen.clock_ahead))
    if seconds <= _CLOCK_OFF:
        return Finding("clock", "ok", "agrees with the server's")
    side = "ahead of" if seen.clock_ahead > 0 else "behind"
    return Finding(
        "clock",
        "trouble",
        f"{seconds} s {side} the server's",
        "switch time synchronisation on: timedatectl set-ntp true",
    )


def webhook_address(settings: Settings) -> list[Finding]:
    """What is wrong with WEBHOOK_URL by itself; the official server calls few addresses."""
    url = urlsplit(settings.webhook_url or "https://")
    if settings.telegram_api_url != TELEGRAM_SERVER or (
        url.scheme == "https" and url.port in _PORTS
    ):
        return []
    return [
        Finding(
            "webhook",
            "wrong setting",
            f"Telegram does not call {settings.webhook_url}",
            "WEBHOOK_URL must begin with https:// and use port 443, 80, 88 or 8443; let a reverse"
            " proxy take the calls and pass them to WEBHOOK_LISTEN:WEBHOOK_PORT",
        )
    ]


def _webhook(settings: Settings, seen: TelegramSide) -> Finding:
    wanted, actual = settings.webhook_url, seen.hook.url
    if not wanted:
        if actual:
            return Finding(
                "webhook",
                "trouble",
                f"Telegram delivers to {actual}, but WEBHOOK_URL is not set",
                "set WEBHOOK_URL to go on with the webhook; else start `treaty-bot run`, which"
                " removes it and polls",
            )
        return Finding("webhook", "ok", "none; `run` polls")
    if not actual:
        return Finding("webhook", "note", "not set yet; `treaty-bot run` sets it")
    if not actual.startswith(wanted):
        return Finding(
            "webhook",
            "trouble",
            f"Telegram delivers to {actual}, WEBHOOK_URL is {wanted}",
            "restart `treaty-bot run`, which sets it; if it changes back, another program uses the"
            " same token: stop that one or get a token of its own",
        )
    return Finding("webhook", "ok", f"Telegram delivers to {actual}")


def _deliveries(settings: Settings, seen: TelegramSide) -> Finding:
    waiting = seen.hook.pending_update_count
    if seen.hook.url and seen.hook.last_error_message and waiting:
        return Finding(
            "deliveries",
            "trouble",
            f"{waiting} waiting; the last failed: {seen.hook.last_error_message}",
            "see that `treaty-bot run` is up and that the reverse proxy passes"
            f" {settings.webhook_url or 'the address'} to"
            f" {settings.webhook_listen}:{settings.webhook_port}, with a valid certificate",
        )
    if waiting > _MANY_WAITING:
        return Finding(
            "deliveries",
            "trouble",
            f"{waiting} updates wait to be fetched",
            "see that `treaty-bot run` is up; they are answered when it is (Telegram keeps them"
            " for a day)",
        )
    return Finding("deliveries", "ok", f"{waiting} waiting")


def _switches(seen: TelegramSide) -> Iterator[Finding]:
    me = seen.me
    if me.can_read_all_group_messages:
        yield Finding(
            "privacy mode",
            "note",
            "off: Telegram sends the bot all messages of its groups; it answers only those put to"
            " it and keeps none",
            "to switch it on: @BotFather, /setprivacy, Enable; then add the bot to its groups anew",
        )
    else:
        yield Finding("privacy mode", "ok", "on: in groups it gets commands, mentions and replies")
    for name, on, command, what in (
        ("groups", me.can_join_groups, "/setjoingroups, Enable", "nobody can add it to a group"),
        ("inline", me.supports_inline_queries, "/setinline", "@name QUESTION works in no chat"),
        (
            "guest",
            me.supports_guest_queries,
            "/mybots, Bot Settings",
            "it cannot be asked in chats it is no member of",
        ),
    ):
        if on:
            yield Finding(name, "ok", "on")
        else:
            yield Finding(name, "note", f"off: {what}", f"if you want it: @BotFather, {command}")
