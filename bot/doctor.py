"""`doctor`: checks everything that `run` needs and says how to fix what is wrong."""

import asyncio
import datetime as dt
import difflib
import os
import sqlite3
import stat
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass, fields
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal, TextIO
from urllib.parse import urlsplit

import bot.telegram  # noqa: F401 - first: it keeps the library from importing httpx

# isort: split
import telegram.error
from telegram.constants import ChatMemberStatus

from bot.config import ENV_FILE, TELEGRAM_SERVER, Settings, clean, read_env_file
from bot.errors import InputError
from bot.knowledge import KnowledgeError, load_knowledge
from bot.store import Inbox, inbox_path
from bot.store.database import MIGRATIONS
from bot.store.sqlite_file import primary_code
from bot.telegram.send.client import Client, make_client
from bot.telegram.send.responses import UnknownResponseError
from bot.telegram.send.transport import Http
from bot.text_layout import counted

_TIMEOUT = 10.0  # seconds
_PORTS = {None, 443, 80, 88, 8443}  # the only webhook ports that Telegram's server supports
_MAX_CLOCK_OFFSET = 30  # seconds; more than a slow response can explain
_MAX_GROUPS = 20  # checked, with up to two requests each
_SIMILAR = 0.65  # of a name in .env to that of a setting
_ALIVE, _WRONG_SECRET = (200, b"alive\n"), (403, b"wrong secret\n")  # from the bot's web server
_MAX_PENDING = 100  # updates; a running bot keeps hardly any waiting
_FINDINGS = tomllib.loads((files("bot") / "doctor.toml").read_text("utf-8"))


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


def _finding(name: str, /, **values: object) -> Finding:
    """The finding of this name in `doctor.toml`, with its values filled in."""
    state, looked_at, *texts = _FINDINGS[name]
    filled = (" ".join(text.split()).format(**values) for text in (looked_at, *texts))
    return Finding(state, *filled)


def run_checks(settings: Settings, folder: Path | None, out: TextIO) -> int:
    """Print every finding; return 0 if all is well, 1 for a problem, 2 for a wrong setting."""
    findings = [
        _knowledge(folder or settings.knowledge_dir),
        _file("database", settings.database_path, len(MIGRATIONS)),
        _file("inbox", inbox_path(settings.database_path), len(Inbox.migrations)),
        *_env_file(),
        *check_webhook_url(settings),
    ]
    try:
        settings.require_token()
    except InputError as error:
        message, _, advice = str(error).partition(". ")
        findings.append(_finding("token_invalid", message=message, advice=advice))
    else:
        findings += asyncio.run(_telegram(settings))
    for finding in findings:
        print(finding, file=out)
    problems = [finding.state for finding in findings if finding.state not in {"ok", "note"}]
    count = counted(len(problems), "problem")
    print(f"{count} found" if problems else "No problems found.", file=out)
    return 2 if "wrong setting" in problems else 1 if problems else 0


def _knowledge(folder: Path | None) -> Finding:
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        count, first = counted(len(error.problems), "problem"), error.problems[0]
        return _finding("knowledge_invalid", count=count, first=first)
    return _finding("knowledge_ok", version=knowledge.version, count=len(knowledge.entries))


def _file(name: str, path: Path, newest: int) -> Finding:
    """Whether `run` can use one of its files, of which this version knows `newest` migrations."""
    try:
        if not path.exists():
            return _missing(name, path)
        # mode=rw, so as not to create an empty file.
        address = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=2)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute("BEGIN IMMEDIATE")  # fails if it cannot be written to
    except (sqlite3.Error, OSError) as error:
        if name == "inbox" and primary_code(error) == sqlite3.SQLITE_BUSY:
            return _finding("file_in_use", name=name, path=path)
        return _finding("file_unusable", name=name, path=path, reason=error)
    if verdict != "ok":
        return _finding("file_unusable", name=name, path=path, reason=verdict)
    return _finding("file_newer" if version > newest else "file_ok", name=name, path=path)


def _missing(name: str, path: Path) -> Finding:
    """Whether a file that does not exist can be created; its folder need not exist either."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            return _finding("file_missing", name=name, path=path)
    except OSError as error:
        reason = f"no file can be made in {folder}: {error.strerror}"
        return _finding("file_unusable", name=name, path=path, reason=reason)


def _env_file() -> Iterator[Finding]:
    """Who can read `.env`, and names in it that are not settings."""
    if not ENV_FILE.is_file():
        return
    if os.name == "posix" and ENV_FILE.stat().st_mode & stat.S_IROTH:
        yield _finding("env_public")
    known = [setting.name.upper() for setting in fields(Settings)]
    for name in read_env_file():
        if name.upper() in known:
            continue
        if nearest := difflib.get_close_matches(name.upper(), known, 1, _SIMILAR):
            yield _finding("env_misspelt", name=clean(name), nearest=nearest[0])
        else:
            yield _finding("env_unknown", name=clean(name))


async def _telegram(settings: Settings) -> list[Finding]:
    """Ask Telegram about the bot, its webhook and its rights in groups."""
    client = make_client(settings, timeout=_TIMEOUT)
    groups = _known_groups(settings.database_path)
    try:
        async with aclosing(client.http):
            await client.get_me()
            webhook = telegram.WebhookInfo.de_json(await client.call("getWebhookInfo"))
            rights = {group: await _can_write(client, group) for group in groups}
            return [
                _finding("token_ok", username=client.username),
                _finding("server_ok", server=settings.telegram_api_url),
                _clock(client.http.server_date),
                _webhook(settings, webhook.url),
                *[await _webhook_path(settings, url) for url in [settings.webhook_url] if url],
                _deliveries(settings, webhook),
                *_switches(client.me),
                *_rights({group: can for group, can in rights.items() if can is not None}),
            ]
    except telegram.error.TelegramError as error:
        return [_describe_error(error, settings.telegram_api_url)]


def _known_groups(path: Path) -> list[int]:
    """The ids of some groups, read without creating or changing the file; [] if unreadable."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            query = "SELECT chat_id FROM groups ORDER BY chat_id LIMIT ?"
            return [chat_id for (chat_id,) in database.execute(query, (_MAX_GROUPS,))]
    except sqlite3.Error:
        return []


async def _can_write(client: Client, group: int) -> bool | None:
    """Whether the bot may send messages to a group; None if it is no longer a member."""
    try:
        member = await client.call("getChatMember", chat_id=group, user_id=client.me.id)
        if member["status"] == ChatMemberStatus.MEMBER:
            chat = await client.call("getChat", chat_id=group)
            return bool(chat.get("permissions", {}).get("can_send_messages", True))
    except (telegram.error.BadRequest, telegram.error.Forbidden):
        return None
    if member["status"] == ChatMemberStatus.RESTRICTED:
        return bool(member["is_member"] and member["can_send_messages"])
    return True if member["status"] == ChatMemberStatus.ADMINISTRATOR else None


def _describe_error(error: telegram.error.TelegramError, server: str) -> Finding:
    kinds = (
        (telegram.error.InvalidToken, "token_rejected"),
        (telegram.error.EndPointNotFound, "server_without_bot"),
        (telegram.error.RetryAfter, "server_busy"),
        (UnknownResponseError, "server_unknown"),
        (
            telegram.error.NetworkError,
            "server_unreachable" if error.__cause__ else "server_failing",
        ),
    )
    name = next((name for kind, name in kinds if isinstance(error, kind)), "server_refuses")
    return _finding(name, server=server, error=type(error).__name__, reason=error.message)


async def _webhook_path(settings: Settings, url: str) -> Finding:
    """Whether a request to WEBHOOK_URL arrives at the bot, with its path unchanged."""
    answer = await _fetch("POST", url, settings.proxy_for(url))
    if answer == _WRONG_SECRET:
        return _finding("path_ok", url=url)
    alive = await _fetch("GET", f"{settings.local_webhook_url}/healthz") == _ALIVE
    if answer is None or not alive:
        reason = f"{url} cannot be reached from here" if alive else "the bot does not run here"
        return _finding("path_unchecked", reason=reason)
    local, path = settings.local_webhook_url, urlsplit(url).path or "/"
    return _finding("path_changed", url=url, status=answer[0], local=local, path=path)


async def _fetch(method: str, url: str, proxy: str | None = None) -> tuple[int, bytes] | None:
    """The status and the body of the response; None if there is none."""
    try:
        async with aclosing(Http(_TIMEOUT, proxy)) as http:
            return await http.fetch(method, url)
    except telegram.error.NetworkError:
        return None


def _rights(can_write: Mapping[int, bool]) -> Iterator[Finding]:
    muted = [str(group) for group, can in can_write.items() if not can]
    if muted:
        groups = ", ".join(muted)
        yield _finding("rights_missing", muted=len(muted), count=len(can_write), groups=groups)
    elif can_write:
        yield _finding("rights_ok", count=len(can_write))


def _clock(date: str | None) -> Finding:
    """Compare the clock with the time in an HTTP header."""
    try:
        then = parsedate_to_datetime(date or "").replace(tzinfo=dt.UTC)  # as HTTP prescribes
    except ValueError:
        return _finding("clock_unchecked")
    ahead = round((dt.datetime.now(dt.UTC) - then).total_seconds())
    if abs(ahead) <= _MAX_CLOCK_OFFSET:
        return _finding("clock_ok")
    return _finding("clock_off", seconds=abs(ahead), side="ahead of" if ahead > 0 else "behind")


def check_webhook_url(settings: Settings) -> list[Finding]:
    """Check that WEBHOOK_URL is an address that Telegram's own server can call."""
    url = urlsplit(settings.webhook_url or "https://")
    is_valid = url.scheme == "https" and url.port in _PORTS
    if is_valid or settings.telegram_api_url != TELEGRAM_SERVER:
        return []
    return [_finding("webhook_invalid", url=settings.webhook_url)]


def _webhook(settings: Settings, actual: str) -> Finding:
    wanted = settings.webhook_url
    if not actual:
        return _finding("webhook_not_set" if wanted else "webhook_unused")
    if not wanted:
        return _finding("webhook_unwanted", actual=actual)
    name = "webhook_ok" if actual.rstrip("/") == wanted.rstrip("/") else "webhook_elsewhere"
    return _finding(name, actual=actual, wanted=wanted)


def _deliveries(settings: Settings, webhook: telegram.WebhookInfo) -> Finding:
    pending, error = webhook.pending_update_count, webhook.last_error_message
    if webhook.url and error and pending:
        return _finding(
            "deliveries_failing",
            pending=pending,
            error=error,
            url=settings.webhook_url or "the address",
            listen=settings.webhook_listen,
            port=settings.webhook_port,
        )
    name = "deliveries_waiting" if pending > _MAX_PENDING else "deliveries_ok"
    return _finding(name, pending=pending)


def _switches(me: telegram.User) -> Iterator[Finding]:
    yield _finding("privacy_off" if me.can_read_all_group_messages else "privacy_on")
    for name, is_on in (
        ("groups", me.can_join_groups),
        ("inline", me.supports_inline_queries),
        ("guest", me.supports_guest_queries),
    ):
        yield Finding("ok", name, "on") if is_on else _finding(f"{name}_off")
