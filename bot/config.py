"""Settings from the environment and a `.env` file; every fault names its variable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import InputError

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # as setWebhook takes it
TELEGRAM_SERVER = "https://api.telegram.org"


class Settings(BaseSettings):
    """What the owner of a bot can set; `.env.example` lists each with a comment."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",  # a .env may hold variables of other programs
        hide_input_in_errors=True,  # a mistyped secret must not be printed back
        frozen=True,
    )

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: str = TELEGRAM_SERVER
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_listen: str = "127.0.0.1"
    webhook_port: int = Field(default=8080, ge=1, le=65535)
    knowledge_dir: Path | None = None
    database_path: Path = Path("treaty-bot.sqlite3")
    question_log: bool = True
    owner_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    send_limits: bool = True
    conflict_patience: float = Field(default=30.0, gt=0)
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_listen: str = "127.0.0.1"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _apart(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = value.replace(",", " ").split()
        if not all(number.isdecimal() for number in ids):
            raise ValueError("must be numbers of people like 123456789, separated by commas")
        return frozenset(map(int, ids))

    @field_validator("webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("must be 1 to 256 of the characters A-Z a-z 0-9 _ -")
        return value

    @field_validator("telegram_api_url", "webhook_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// or http://")
        return value.rstrip("/") if value else value


def load_settings() -> Settings:
    """Read the settings; raise `InputError` naming each variable that is wrong."""
    try:
        return Settings()
    except UnicodeDecodeError:
        raise InputError(
            ".env is not UTF-8; save it as UTF-8 (PowerShell's > writes UTF-16)"
        ) from None
    except ValidationError as error:
        faults = [
            f"{str(fault['loc'][0]).upper() if fault['loc'] else 'settings'}:"
            f" {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False)
        ]
        where = "the environment or .env" if Path(".env").exists() else "the environment"
        raise InputError(
            "\n".join([*faults, f"Mend it in {where}; .env.example explains each variable."])
        ) from None
