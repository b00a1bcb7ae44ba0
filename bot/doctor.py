"""`doctor`: checks everything that `run` needs and says how to fix what is wrong."""

import asyncio
import datetime as dt
import difflib
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Literal, TextIO
from urllib.parse import urlsplit

import telegram.error

from bot.config import (
    ENV_FILE,
    MALFORMED,
    TELEGRAM_SERVER,
    TOKEN_FORMAT,
    Settings,
    clean,
    read_env_file,
)
from bot.knowledge import KnowledgeError, load_knowledge
from bot.store import known_groups
from bot.store.migrations import MIGRATIONS
from bot.telegram.send.client import AiohttpRequest, make_client
from bot.telegram.send.responses import UnknownResponseError
from bot.telegram.send.retries import rejects_token

_TIMEOUT = 10.0  # seconds
_PORTS = {None, 443, 80, 88, 8443}  # the only webhook ports that Telegram's server supports
_MAX_CLOCK_OFFSET = 30  # seconds; more than a slow response can explain
_MAX_GROUPS = 20  # checked, with up to two requests each
_SIMILAR = 0.65  # of a name in .env to that of a setting
_ALIVE, _WRONG_SECRET = (200, b"alive\n"), (403, b"wrong secret\n")  # from the bot's web server
_MAX_PENDING = 100  # updates; a running bot keeps hardly any waiting


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; a `note` is worth knowing but needs no fixing."""

    state: Literal["ok", "note", "problem", "wrong setting"]
    name: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        """`problem  clock: 300 s behind the server's clock`, with the advice on a second line."""
        advice = f"\n{'':15}{self.advice}" if self.advice else ""
        return f"{self.state:<13}  {self.name}: {self.message}{advice}"


_ok, _note = partial(Finding, "ok"), partial(Finding, "note")
_problem, _wrong_setting = partial(Finding, "problem"), partial(Finding, "wrong setting")


def run_checks(settings: Settings, folder: Path | None, out: TextIO) -> int:
    """Print every finding; return 0 if all is well, 1 for a problem, 2 for a wrong setting."""
    findings = [
        _knowledge(folder or settings.knowledge_dir),
        _database(settings.database_path),
        *_env_file(),
        *check_webhook_url(settings),
    ]
    wrong_token = _token(settings)
    findings += [wrong_token] if wrong_token else asyncio.run(_telegram(settings))
    for finding in findings:
        print(finding, file=out)
    problems = [finding.state for finding in findings if finding.state not in {"ok", "note"}]
    plural = "s" if len(problems) > 1 else ""
    print(f"{len(problems)} problem{plural} found" if problems else "No problems found.", file=out)
    return 2 if "wrong setting" in problems else 1 if problems else 0


def _knowledge(folder: Path | None) -> Finding:
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        count = len(error.problems)
        return _problem(
            "knowledge",
            f"{count} problem{'s' if count > 1 else ''}, the first: {error.problems[0]}",
            "run `treaty-bot check` to see every problem and how to fix it",
        )
    return _ok("knowledge", f"{knowledge.version}, {len(knowledge.entries)} entries")


def _database(path: Path) -> Finding:
    verdict, version = "ok", 0
    if not path.exists():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if folder.is_dir():
            return _ok("database", f"{path} does not exist yet; `run` creates it")
        verdict = f"{folder} is not a folder"
    else:
        try:
            # mode=rw, so as not to create an empty file.
            address = f"{path.absolute().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, uri=True, timeout=2)) as connection:
                (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                connection.execute("BEGIN IMMEDIATE")  # fails if it cannot be written to
        except sqlite3.Error as error:
            verdict = str(error)
    if verdict != "ok":
        return _problem(
            "database",
            f"{path} cannot be used ({verdict})",
            "let the account that runs the bot write there, or set another DATABASE_PATH; if the"
            " file is damaged, move it elsewhere, and the next start will create a new one",
        )
    if version > len(MIGRATIONS):
        return _problem(
            "database",
            f"{path} was written by a newer version of the bot",
            "install that version again, or set another DATABASE_PATH",
        )
    return _ok("database", f"{path} can be read and written")


def _env_file() -> Iterator[Finding]:
    """Who can read `.env`, and names in it that are not settings."""
    if not ENV_FILE.is_file():
        return
    if os.name == "posix" and ENV_FILE.stat().st_mode & stat.S_IROTH:
        message = "everybody on this machine can read it, and so the token"
        yield _problem(".env", message, "chmod 600 .env")
    known = [setting.name.upper() for setting in fields(Settings)]
    for name in read_env_file():
        message = f"{clean(name)!r} is not a setting"
        if name.upper() in known:
            continue
        if nearest := difflib.get_close_matches(name.upper(), known, 1, _SIMILAR):
            yield _problem(".env", message, f"did you mean {nearest[0]}?")
        else:
            yield _note(".env", message)


def _token(settings: Settings) -> Finding | None:
    """What is wrong with the token at first sight, if anything."""
    token = settings.telegram_bot_token
    if token is None:
        message = "TELEGRAM_BOT_TOKEN is not set"
        advice = "get a token from @BotFather in Telegram (/newbot) and put it in .env"
        return _wrong_setting("token", message, advice)
    if not TOKEN_FORMAT.fullmatch(token.reveal()):
        message, _, advice = MALFORMED.partition(". ")
        return _wrong_setting("token", message, advice)
    return None


async def _telegram(settings: Settings) -> list[Finding]:
    """Ask Telegram about the bot, its webhook and its rights in groups.

    If that fails, the finding is without the library's error text, which may contain the token.
    """
    logging.getLogger("telegram").addHandler(logging.NullHandler())  # we report its errors
    client = make_client(settings, timeout=_TIMEOUT)
    groups = known_groups(settings.database_path, _MAX_GROUPS)
    try:
        async with client as bot:
            webhook, request = await bot.get_webhook_info(), client.request
            rights = {group: await _can_write(bot, group) for group in groups}
            return [
                _ok("token", f"belongs to @{bot.bot.username}"),
                _ok("server", f"{settings.telegram_api_url} responds"),
                _clock(request.server_date if isinstance(request, AiohttpRequest) else None),
                _webhook(settings, webhook.url),
                *[await _webhook_path(settings, url) for url in [settings.webhook_url] if url],
                _deliveries(settings, webhook),
                *_switches(bot.bot),
                *_rights({group: can for group, can in rights.items() if can is not None}),
            ]
    except telegram.error.TelegramError as error:
        return [_describe_error(error, settings.telegram_api_url)]


async def _can_write(bot: telegram.Bot, group: int) -> bool | None:
    """Whether the bot may send messages to a group; None if it is no longer a member."""
    try:
        member = await bot.get_chat_member(group, bot.id)
        if isinstance(member, telegram.ChatMemberMember):
            allowed = (await bot.get_chat(group)).permissions
            return allowed is None or allowed.can_send_messages is not False
    except (telegram.error.BadRequest, telegram.error.Forbidden):
        return None
    if isinstance(member, telegram.ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return True if isinstance(member, telegram.ChatMemberAdministrator) else None


def _describe_error(error: telegram.error.TelegramError, server: str) -> Finding:
    if rejects_token(error.__cause__ or error):
        message = "the server does not accept TELEGRAM_BOT_TOKEN"
        advice = "copy it again from @BotFather (/mybots, API Token); it looks like 123456:ABC-DEF"
        return _problem("token", message, advice)
    message = f"{server} refuses the bot ({type(error).__name__})"
    advice = "wait and try again; if TELEGRAM_API_URL is your own server, check its log"
    if isinstance(error, telegram.error.InvalidToken):
        message = f"{server} knows no such bot (404 Not Found)"
        advice = "check TELEGRAM_API_URL and TELEGRAM_BOT_TOKEN: one of them is incomplete"
    elif isinstance(error, telegram.error.RetryAfter):
        message = f"{server} asks the bot to wait: too many requests"
    elif isinstance(error, UnknownResponseError):
        message = f"what answers at {server} is not the Bot API ({error.message})"
        advice = (
            "check TELEGRAM_API_URL; if it is right, a proxy or a sign-in page answers in its"
            " place, or the server is down for a while: wait and try again"
        )
    elif isinstance(error, telegram.error.NetworkError) and error.__cause__:
        message = f"{server} cannot be reached ({error.message})"
        advice = (
            "check the network, DNS and the firewall, HTTPS_PROXY if you need a proxy, and that"
            " TELEGRAM_API_URL is correct"
        )
    elif isinstance(error, telegram.error.NetworkError):
        message = f"{server} responds with a server error"
    return _problem("server", message, advice)


async def _webhook_path(settings: Settings, url: str) -> Finding:
    """Whether a request to WEBHOOK_URL arrives at the bot, with its path unchanged."""
    answer = await _fetch("POST", url, settings.proxy_for(url))
    if answer == _WRONG_SECRET:
        return _ok("webhook path", f"{url} leads to the bot")
    alive = await _fetch("GET", f"{settings.local_webhook_url}/healthz") == _ALIVE
    if answer is None or not alive:
        reason = f"{url} cannot be reached from here" if alive else "the bot does not run here"
        return _note("webhook path", f"not checked: {reason}")
    return _problem(
        "webhook path",
        f"a request to {url} does not arrive at the bot as it should (HTTP {answer[0]})",
        f"let the reverse proxy forward it to {settings.local_webhook_url} with the path"
        f" {urlsplit(url).path or '/'} unchanged (in nginx: proxy_pass without a path)",
    )


async def _fetch(method: str, url: str, proxy: str | None = None) -> tuple[int, bytes] | None:
    """The status and the body of the response; None if there is none."""
    try:
        async with AiohttpRequest(1, _TIMEOUT, proxy) as request:
            return await request.fetch(method, url)
    except telegram.error.NetworkError:
        return None


def _rights(can_write: Mapping[int, bool]) -> Iterator[Finding]:
    muted = [str(group) for group, can in can_write.items() if not can]
    if muted:
        yield _problem(
            "rights",
            f"cannot write in {len(muted)} of {len(can_write)} groups: {', '.join(muted)}",
            "ask an admin of the group to let the bot send messages (in the permissions of the"
            " group or of the bot), or remove the bot from the group",
        )
    elif can_write:
        yield _ok("rights", f"can write in all {len(can_write)} groups checked")


def _clock(date: str | None) -> Finding:
    """Compare the clock with the time in an HTTP header."""
    try:
        then = parsedate_to_datetime(date or "").replace(tzinfo=dt.UTC)  # as HTTP prescribes
    except ValueError:
        return _note("clock", "not checked: the server does not send its time")
    ahead = round((dt.datetime.now(dt.UTC) - then).total_seconds())
    if abs(ahead) <= _MAX_CLOCK_OFFSET:
        return _ok("clock", "agrees with the server's clock")
    side = "ahead of" if ahead > 0 else "behind"
    message = f"{abs(ahead)} s {side} the server's clock"
    return _problem("clock", message, "turn on time synchronisation: timedatectl set-ntp true")


def check_webhook_url(settings: Settings) -> list[Finding]:
    """Check that WEBHOOK_URL is an address that Telegram's own server can call."""
    url = urlsplit(settings.webhook_url or "https://")
    is_valid = url.scheme == "https" and url.port in _PORTS
    if is_valid or settings.telegram_api_url != TELEGRAM_SERVER:
        return []
    message = f"Telegram cannot deliver to {settings.webhook_url}"
    advice = (
        "WEBHOOK_URL must begin with https:// and use port 443, 80, 88 or 8443; let a reverse"
        " proxy forward the requests to WEBHOOK_LISTEN:WEBHOOK_PORT"
    )
    return [_wrong_setting("webhook", message, advice)]


def _webhook(settings: Settings, actual: str) -> Finding:
    wanted = settings.webhook_url
    if not wanted and not actual:
        return _ok("webhook", "not used; `run` polls")
    if not actual:
        return _note("webhook", "not set yet; `treaty-bot run` sets it")
    if wanted and actual.startswith(wanted):
        return _ok("webhook", f"Telegram delivers to {actual}")
    advice = (
        "restart `treaty-bot run`, which sets it; if it changes back, another program is using"
        " the same token: stop that program or get a separate token for it"
        if wanted
        else "set WEBHOOK_URL to keep the webhook, or start `treaty-bot run`, which removes it and"
        " polls"
    )
    state = f"WEBHOOK_URL is {wanted or 'not set'}"
    return _problem("webhook", f"Telegram delivers to {actual}, but {state}", advice)


def _deliveries(settings: Settings, webhook: telegram.WebhookInfo) -> Finding:
    pending = webhook.pending_update_count
    message = f"updates waiting: {pending}"
    if webhook.url and webhook.last_error_message and pending:
        return _problem(
            "deliveries",
            f"{message}; the last delivery failed: {webhook.last_error_message}",
            "check that `treaty-bot run` is running and that the reverse proxy forwards"
            f" {settings.webhook_url or 'the address'} to"
            f" {settings.webhook_listen}:{settings.webhook_port}, with a valid certificate",
        )
    if pending > _MAX_PENDING:
        advice = (
            "check that `treaty-bot run` is running; it answers them when it starts (Telegram keeps"
            " them for a day)"
        )
        return _problem("deliveries", message, advice)
    return _ok("deliveries", message)


def _switches(me: telegram.User) -> Iterator[Finding]:
    if me.can_read_all_group_messages:
        yield _note(
            "privacy mode",
            "off: Telegram sends the bot every message in its groups; it answers only those"
            " addressed to it and does not store the others",
            "to turn it on: @BotFather, /setprivacy, Enable; then remove the bot from its groups"
            " and add it again",
        )
    else:
        yield _ok("privacy mode", "on: in groups it sees commands, mentions and replies")
    outside = "nobody can ask it in chats that it is not in"
    for name, is_on, command, effect in (
        ("groups", me.can_join_groups, "/setjoingroups, Enable", "nobody can add it to a group"),
        ("inline", me.supports_inline_queries, "/setinline", "@name QUESTION does nothing"),
        ("guest", me.supports_guest_queries, "/mybots, Bot Settings", outside),
    ):
        if is_on:
            yield _ok(name, "on")
        else:
            yield _note(name, f"off: {effect}", f"to turn it on: @BotFather, {command}")
