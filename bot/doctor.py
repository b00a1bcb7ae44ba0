"""`doctor`: looks at everything that `run` needs and says what to do about what is amiss."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from bot.checkup import Finding, TelegramSide, ask_telegram
from bot.config import TELEGRAM_SERVER, Settings
from bot.knowledge import KnowledgeError, load_knowledge
from bot.store import known_groups

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
