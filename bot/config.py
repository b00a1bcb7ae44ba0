"""Settings from the environment and a `.env` file; every error names its variable."""

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values

from bot.errors import InputError

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what setWebhook accepts
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_PORTS = range(1, 65536)
TELEGRAM_SERVER = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Secret:
    """Text kept out of logs, tracebacks and `repr`; only `reveal` returns it."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself."""
        return self._text


def _parse_url(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    return text.rstrip("/")


def _parse_secret(text: str) -> Secret:
    if not _SECRET.fullmatch(text):
        raise ValueError("must be 1 to 256 of the characters A-Z a-z 0-9 _ -")
    return Secret(text)


def _parse_port(text: str) -> int:
    if not text.strip().isdecimal() or int(text) not in _PORTS:
        raise ValueError("must be a whole number from 1 to 65535")
    return int(text)


def _parse_boolean(text: str) -> bool:
    if text.strip().lower() not in _BOOLEANS:
        raise ValueError("must be true or false")
    return _BOOLEANS[text.strip().lower()]


def _parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ValueError("must be a number of seconds above 0")
    return seconds


def _parse_user_ids(text: str) -> frozenset[int]:
    ids = text.replace(",", " ").split()
    if not all(number.isdecimal() for number in ids):
        raise ValueError("must be Telegram user ids like 123456789, separated by commas")
    return frozenset(map(int, ids))


def _one_of(*names: str) -> Callable[[str], str]:
    choices = {name.lower(): name for name in names}

    def parse(text: str) -> str:
        if text.strip().lower() not in choices:
            raise ValueError(f"must be {', '.join(names[:-1])} or {names[-1]}")
        return choices[text.strip().lower()]

    return parse


def _parsed_by(parser: Callable[[str], object]) -> Mapping[str, Any]:
    """Field metadata: `parser` converts the text or raises `ValueError` saying what to write."""
    return {"parser": parser}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be configured; `.env.example` explains each setting."""

    telegram_bot_token: Secret | None = field(default=None, metadata=_parsed_by(Secret))
    telegram_api_url: str = field(default=TELEGRAM_SERVER, metadata=_parsed_by(_parse_url))
    webhook_url: str | None = field(default=None, metadata=_parsed_by(_parse_url))
    webhook_secret: Secret | None = field(default=None, metadata=_parsed_by(_parse_secret))
    webhook_listen: str = field(default="127.0.0.1", metadata=_parsed_by(str))
    webhook_port: int = field(default=8080, metadata=_parsed_by(_parse_port))
    knowledge_dir: Path | None = field(default=None, metadata=_parsed_by(Path))
    database_path: Path = field(default=Path("treaty-bot.sqlite3"), metadata=_parsed_by(Path))
    question_log: bool = field(default=True, metadata=_parsed_by(_parse_boolean))
    owner_ids: frozenset[int] = field(default=frozenset(), metadata=_parsed_by(_parse_user_ids))
    send_limits: bool = field(default=True, metadata=_parsed_by(_parse_boolean))
    conflict_patience: float = field(default=10.0, metadata=_parsed_by(_parse_seconds))
    metrics_port: int | None = field(default=None, metadata=_parsed_by(_parse_port))
    metrics_listen: str = field(default="127.0.0.1", metadata=_parsed_by(str))
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = field(
        default="INFO", metadata=_parsed_by(_one_of("DEBUG", "INFO", "WARNING", "ERROR"))
    )
    log_format: Literal["text", "json"] = field(
        default="text", metadata=_parsed_by(_one_of("text", "json"))
    )


def load_settings() -> Settings:
    """Read the settings; raise `InputError` naming every invalid variable."""
    given = _variables()
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
        where = "the environment or .env" if Path(".env").exists() else "the environment"
        raise InputError(
            "\n".join([*errors, f"Fix this in {where}; .env.example explains each variable."])
        )
    return Settings(**values)


def _variables() -> dict[str, str]:
    """Every non-empty variable; the environment overrides `.env`."""
    try:
        file = dotenv_values(".env", encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(
            ".env is not UTF-8 text; save it as UTF-8 (PowerShell's > writes UTF-16)"
        ) from None
    return {
        name.upper(): value
        for source in (file, os.environ)
        for name, value in source.items()
        if value
    }
