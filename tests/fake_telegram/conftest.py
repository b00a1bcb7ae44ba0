"""Plain HTTP calls, as any client could make them."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.fake_telegram import FakeTelegram, Json

Api = Callable[..., Json]


@pytest.fixture
def client(telegram: FakeTelegram) -> Iterator[httpx.Client]:
    """Open an HTTP client on the bot's own address."""
    address = f"{telegram.url}/bot{telegram.token}/"
    with httpx.Client(base_url=address, timeout=20) as opened:
        yield opened


@pytest.fixture
def api(client: httpx.Client) -> Api:
    """Call a method with JSON parameters and return the JSON answered."""

    def call(method: str, **params: Any) -> Json:  # noqa: ANN401
        answer: Json = client.post(method, json=params).json()
        return answer

    return call
