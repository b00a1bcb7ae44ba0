"""Fixtures that call the fake over plain HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.fake_telegram import FakeTelegram, Json

Api = Callable[..., Json]


@pytest.fixture
def client(telegram: FakeTelegram) -> Iterator[httpx.Client]:
    """Open an HTTP client on the bot's base URL."""
    address = f"{telegram.url}/bot{telegram.token}/"
    with httpx.Client(base_url=address, timeout=20) as opened:
        yield opened


@pytest.fixture
def api(client: httpx.Client) -> Api:
    """Return a function that calls a method with JSON parameters and returns the JSON response."""

    def call(method: str, **params: Any) -> Json:  # noqa: ANN401
        response: Json = client.post(method, json=params).json()
        return response

    return call
