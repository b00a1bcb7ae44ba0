"""Calls of the fake Telegram from the test's own process."""

from bot.config import Secret, Settings
from tests.fake_telegram import FakeTelegram


def settings_for(telegram: FakeTelegram) -> Settings:
    """The settings of a bot that is served by the fake Telegram."""
    return Settings(telegram_bot_token=Secret(telegram.token), telegram_api_url=telegram.url)
