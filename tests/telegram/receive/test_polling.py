"""Two pollers with one token, and a server that answers at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.errors import ServingError
from bot.telegram.receive import polling
from bot.telegram.receive.polling import Poller
from bot.telegram.receive.queues import ChatQueues
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import Client, make_client
from tests.fake_telegram import FakeTelegram
from tests.telegram.clients import settings_for

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def open_client(telegram: FakeTelegram) -> AsyncIterator[Client]:
    """A client of the fake server."""
    client = make_client(settings_for(telegram))
    try:
        yield client
    finally:
        await client.http.aclose()


def poller(client: Client, accepted: list[Any], patience: float) -> Poller:
    """A poller whose worker only collects what it accepts."""

    async def accept(bodies: list[object]) -> None:
        accepted.extend(bodies)

    worker = cast(Worker, SimpleNamespace(queues=ChatQueues(), accept=accept))
    return Poller(client, worker, conflict_patience=patience)


async def test_of_two_equal_pollers_the_newcomer_yields(telegram: FakeTelegram) -> None:
    """The one that polled undisturbed for a while goes on, and accepts what comes."""
    accepted: list[Any] = []
    async with open_client(telegram) as one, open_client(telegram) as two:
        polls = telegram.updates.polls
        established = poller(one, accepted, patience=0.5)
        established._started -= 3600  # noqa: SLF001 - as if it had started an hour ago
        first = asyncio.create_task(established.run())
        while telegram.updates.polls == polls:  # noqa: ASYNC110 - in another thread
            await asyncio.sleep(0.01)
        with pytest.raises(ServingError, match="another process is polling with the same token"):
            await asyncio.wait_for(poller(two, accepted, patience=0.5).run(), 30)
        telegram.say("hello")
        while not accepted:
            assert not first.done()
            await asyncio.sleep(0.01)
        first.cancel()


@pytest.mark.parametrize("seconds", [0.0, 10.0])
async def test_one_of_two_recent_pollers_goes_on(telegram: FakeTelegram, seconds: float) -> None:
    """However little time is between their starts, one yields: the newcomer, if there is one."""
    accepted: list[Any] = []
    async with open_client(telegram) as one, open_client(telegram) as two:
        pollers = [poller(client, accepted, patience=0.5) for client in (one, two)]
        pollers[0]._started -= seconds  # noqa: SLF001 - as if it had started earlier
        tasks = [asyncio.create_task(each.run()) for each in pollers]
        done, going_on = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        assert isinstance(done.pop().exception(), ServingError)
        assert not seconds or going_on == {tasks[0]}
        telegram.say("hello")
        while not accepted:
            assert len(going_on) == 1
            await asyncio.sleep(0.01)
        for task in going_on:
            assert not task.done()
            task.cancel()


async def test_a_server_that_answers_at_once_is_not_called_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between two calls that bring nothing there is a pause, whatever the server does."""
    pauses: list[float] = []

    async def at_once(*_: object, **__: object) -> list[object]:
        return []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    client = cast(Client, SimpleNamespace(call=at_once))
    monkeypatch.setattr(polling, "asyncio", SimpleNamespace(sleep=sleep))
    with pytest.raises(asyncio.CancelledError):
        await poller(client, [], 1.0).run()
    assert min(pauses) > 0.5


async def test_an_established_poller_removes_a_webhook(telegram: FakeTelegram) -> None:
    """Somebody who sets one with the same token must not silence the bot that is serving."""
    accepted: list[Any] = []
    async with open_client(telegram) as client:
        established = poller(client, accepted, patience=0.1)
        established._started -= 3600  # noqa: SLF001 - as if it had started an hour ago
        serving = asyncio.create_task(established.run())
        await client.call("setWebhook", url="http://127.0.0.1:9/other")
        telegram.say("hello")
        while not accepted:
            assert not serving.done()
            await asyncio.sleep(0.01)
        serving.cancel()


async def test_a_new_poller_yields_to_a_webhook(telegram: FakeTelegram) -> None:
    """It had removed it at its start, and the other process has set it again."""
    async with open_client(telegram) as client:
        await client.call("setWebhook", url="http://127.0.0.1:9/other")
        with pytest.raises(ServingError, match="webhook is active"):
            await asyncio.wait_for(poller(client, [], patience=0.1).run(), 30)
