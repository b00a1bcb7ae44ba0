"""Settings from the environment and a `.env` file; every error names its variable."""

import hashlib
import hmac
import math
import os
import re
from collections.abc import Callable
from configparser import RawConfigParser
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import InputError

_T = TypeVar("_T")

ENV_FILE = Path(".env")
_TOKEN = re.compile(r"[0-9]{1,18}:[A-Za-z0-9_-]+")
_MISSING = (
    "TELEGRAM_BOT_TOKEN is not set. Get a token from @BotFather in Telegram (/newbot), and put it"
    " in the environment or in .env (see .env.example). Without a token, try: treaty-bot chat"
)
_MALFORMED = (
    "TELEGRAM_BOT_TOKEN does not look like a token. Copy all of it from @BotFather (/mybots, API"
    " Token), and nothing else; it looks like 123456:ABC-DEF."
)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what setWebhook accepts
_URL = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", re.IGNORECASE)
_PROXY = re.compile(r"(?:([a-z0-9]+)://)?[^\s/]+/?", re.IGNORECASE)
_PROXY_SCHEMES = {"http", "https", "socks4", "socks5"}
# Other names of the same; SOCKS proxies always look up the server's name themselves.
_SOCKS = {"socks": "socks5", "socks4a": "socks4", "socks5h": "socks5"}
# Copied along from a page or a file: whitespace, byte order marks, characters without width.
_INVISIBLE = " \t\r\n\f\v\xa0\0\ufeff\u200b\u200c\u200d\u2060"
_QUOTES = {('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("‘", "’")}
_PORTS = range(1, 65536)
TELEGRAM_SERVER = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Secret:
    """Text kept out of logs, tracebacks and `repr`; only `reveal` returns it."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself."""
        return self._text


def clean(text: str) -> str:
    """A value without the invisible characters and the quotes around it."""
    text = text.strip(_INVISIBLE)
    if len(text) > 1 and (text[0], text[-1]) in _QUOTES:
        return clean(text[1:-1])
    return text


def _parse_url(text: str) -> str:
    if not text.lower().startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    if not _URL.fullmatch(text) or not _is_host(text):
        raise ValueError("must be an address like https://example.org/path")
    return text.rstrip("/")


def _is_host(url: str) -> bool:
    """Whether a URL has a host and, if it has a port, a valid one."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _parse_server(text: str) -> str:
    # Some programs want the address with /bot, or with the whole token, at its end.
    return re.sub(r"/bot\d+:.*$|/bot[^/]*$", "", _parse_url(text))


def _parse_proxy(text: str) -> str:
    found = _PROXY.fullmatch(text)
    scheme = (found[1] or "http").lower() if found else ""
    scheme = _SOCKS.get(scheme, scheme)
    address = f"{scheme}://{text.rpartition('://')[2].rstrip('/')}"
    if scheme not in _PROXY_SCHEMES or not _is_host(address):
        raise ValueError("must be like http://host:port or socks5://host:port")
    is_complete = not scheme.startswith("socks") or urlsplit(address).port
    return address if is_complete else f"{address}:1080"


def _is_listed(no_proxy: str, host: str, host_and_port: str) -> bool:
    """Whether NO_PROXY names a host or a domain above it; "*" is every host."""
    names = [name.strip().removeprefix("*.").lstrip(".") for name in no_proxy.lower().split(",")]
    return any(
        name in {"*", host, host_and_port} or (name and host.endswith(f".{name}")) for name in names
    )


def _parse_file(text: str) -> Path:
    path = _parse_path(text)
    if not path.name or path.is_dir():
        raise ValueError("must be a file, not a folder, like treaty-bot.sqlite3")
    return path


def _parse_path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        reason = "~ means nothing here, without a home folder; write the path out"
        raise ValueError(reason) from None


def _parse_host(text: str) -> str:
    host = text.removeprefix("[").removesuffix("]")
    if re.search(r"[\s/]|^[^:]*:[0-9]*$", host):
        raise ValueError("must be an address without a port, like 127.0.0.1")
    return host


def _parse_secret(text: str) -> Secret:
    if not _SECRET.fullmatch(text):
        raise ValueError("must be 1 to 256 of the characters A-Z a-z 0-9 _ -")
    return Secret(text)


def _parse_port(text: str) -> int:
    if not text.isdecimal() or int(text) not in _PORTS:
        raise ValueError("must be a whole number from 1 to 65535")
    return int(text)


def _parse_boolean(text: str) -> bool:
    if text.lower() not in RawConfigParser.BOOLEAN_STATES:  # also yes and no, on and off, 1 and 0
        raise ValueError("must be true or false")
    return RawConfigParser.BOOLEAN_STATES[text.lower()]


def _parse_seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < (seconds := float(text)) < math.inf:
            return seconds
    raise ValueError("must be a number of seconds above 0")


def _parse_user_ids(text: str) -> frozenset[int]:
    ids = text.replace(",", " ").split()
    if not all(number.isdecimal() for number in ids):
        raise ValueError("must be Telegram user ids like 123456789, separated by commas")
    return frozenset(map(int, ids))


def _one_of(*names: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        for name in names:
            if name.lower() == text.lower():
                return name
        raise ValueError(f"must be {', '.join(names[:-1])} or {names[-1]}")

    return parse


def _parse_log_level(text: str) -> str:
    # Other programs' names, which may be set for them.
    aliases = {"TRACE": "DEBUG", "WARN": "WARNING", "CRITICAL": "ERROR", "FATAL": "ERROR"}
    return _one_of("DEBUG", "INFO", "WARNING", "ERROR")(aliases.get(text.upper(), text))


def _setting(parser: Callable[[str], object], *, default: _T, shown: bool = True) -> _T:
    """A field whose `parser` converts the text or raises `ValueError` saying what to write."""
    return field(default=default, repr=shown, metadata={"parser": parser})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be configured; `.env.example` explains each setting."""

    telegram_bot_token: Secret | None = _setting(Secret, default=None)
    telegram_api_url: str = _setting(_parse_server, default=TELEGRAM_SERVER)
    https_proxy: str | None = _setting(_parse_proxy, default=None, shown=False)
    http_proxy: str | None = _setting(_parse_proxy, default=None, shown=False)
    all_proxy: str | None = _setting(_parse_proxy, default=None, shown=False)
    no_proxy: str | None = _setting(str, default=None)
    webhook_url: str | None = _setting(_parse_url, default=None)
    webhook_secret: Secret | None = _setting(_parse_secret, default=None)
    webhook_listen: str = _setting(_parse_host, default="127.0.0.1")
    webhook_port: int = _setting(_parse_port, default=8080)
    knowledge_dir: Path | None = _setting(_parse_path, default=None)
    database_path: Path = _setting(_parse_file, default=Path("treaty-bot.sqlite3"))
    question_log: bool = _setting(_parse_boolean, default=True)
    owner_ids: frozenset[int] = _setting(_parse_user_ids, default=frozenset())
    send_limits: bool = _setting(_parse_boolean, default=True)
    conflict_patience: float = _setting(_parse_seconds, default=10.0)
    metrics_port: int | None = _setting(_parse_port, default=None)
    metrics_listen: str = _setting(_parse_host, default="127.0.0.1")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = _setting(
        _parse_log_level, default="INFO"
    )
    log_format: Literal["text", "json"] = _setting(_one_of("text", "json"), default="text")

    def require_token(self) -> str:
        """The bot's token; raises `InputError` if it is missing or malformed."""
        if self.telegram_bot_token is None:
            raise InputError(_MISSING)
        token = self.telegram_bot_token.reveal()
        if not _TOKEN.fullmatch(token):
            raise InputError(_MALFORMED)
        return token

    def proxy_for(self, url: str) -> str | None:
        """The URL of the proxy for calls to `url`, such as socks5://host:1080."""
        parts = urlsplit(url)
        if _is_listed(self.no_proxy or "", parts.hostname or "", parts.netloc.lower()):
            return None
        return (self.http_proxy if parts.scheme == "http" else self.https_proxy) or self.all_proxy

    @property
    def effective_webhook_secret(self) -> str:
        """WEBHOOK_SECRET or, if it is not set, one made of the token: the same at every start."""
        if self.webhook_secret:
            return self.webhook_secret.reveal()
        key = self.telegram_bot_token.reveal().encode() if self.telegram_bot_token else b""
        return hmac.new(key, b"webhook", hashlib.sha256).hexdigest()

    @property
    def local_webhook_url(self) -> str:
        """The address at which this machine itself reaches the webhook server."""
        every = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened on here
        host = every.get(self.webhook_listen, self.webhook_listen)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.webhook_port}"


def load_settings() -> Settings:
    """Read the settings; raise `InputError` naming every invalid variable."""
    given = {
        name.upper(): value
        for source in (read_env_file(), os.environ)  # which overrides the file
        for name, text in source.items()
        if (value := clean(text))
    }
    values: dict[str, Any] = {}
    errors = []
    for setting in fields(Settings):
        name = setting.name.upper()
        if name in given:
            try:
                values[setting.name] = setting.metadata["parser"](given[name])
            except ValueError as error:
                errors.append(f"{name}: {error}")
    if errors:
        where = "the environment or .env" if ENV_FILE.exists() else "the environment"
        advice = f"Fix this in {where}; .env.example explains each variable."
        raise InputError("\n".join([*errors, advice]))
    return Settings(**values)


def read_env_file() -> dict[str, str]:
    """The variables in `.env`, their names as written; none if there is no such file."""
    try:
        found = dotenv_values(ENV_FILE, encoding="utf-8-sig")
    except UnicodeDecodeError:
        reason = ".env is not UTF-8 text; save it as UTF-8 (PowerShell's > writes UTF-16)"
        raise InputError(reason) from None
    except OSError as error:
        raise InputError(f".env cannot be read ({error.strerror})") from None
    return {name: value or "" for name, value in found.items()}
