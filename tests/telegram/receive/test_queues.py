import asyncio
from collections import defaultdict
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.receive.worker import ChatQueues

Item = tuple[int, int]  # queue, number


def run_queues(items: list[Item], diverted: frozenset[int]) -> list[Item]:
    """Put all items at once, diverting some queues; return the items in the order they finish."""
    done: list[Item] = []

    async def handle(item: Item) -> None:
        for _ in range((item[0] * 7 + item[1]) % 3):
            await asyncio.sleep(0)
        done.append(item)

    def divert(item: Item) -> Hashable | None:
        return ("side", item[0] % 4) if item[0] % 4 in diverted else None

    async def run() -> None:
        queues = ChatQueues(handle, divert, lambda _: None)
        for item in items:
            queues.put(item[0], item)
        assert await queues.wait_until_idle(60)

    asyncio.run(run())
    return done


@given(
    st.lists(st.integers(0, 6), max_size=60),
    st.frozensets(st.integers(0, 3)),
)
def test_every_queue_keeps_its_order(queues: list[int], diverted: frozenset[int]) -> None:
    """No item is lost or handled twice, and each queue stays in order."""
    items = [(queue, number) for number, queue in enumerate(queues)]
    done = run_queues(items, diverted)
    assert sorted(done) == sorted(items)
    by_queue = defaultdict(list)
    for queue, number in done:
        by_queue[queue].append(number)
    assert all(numbers == sorted(numbers) for numbers in by_queue.values())


@pytest.mark.anyio
async def test_a_slow_queue_holds_up_no_other() -> None:
    """While one queue waits, another gets through, and `wait_until_idle` times out."""
    gate, done = asyncio.Event(), list[str]()

    async def handle(item: str) -> None:
        if item == "slow":
            await gate.wait()
        done.append(item)

    queues = ChatQueues(handle, lambda _: None, lambda _: None)
    queues.put(1, "slow")
    queues.put(1, "behind")
    queues.put(2, "quick")
    assert not await queues.wait_until_idle(0.05)
    assert done == ["quick"]
    gate.set()
    assert await queues.wait_until_idle(60)
    assert done == ["quick", "slow", "behind"]


@pytest.mark.anyio
async def test_an_error_is_reported() -> None:
    """An error raised by `handle` is passed to `on_failure`."""
    errors: list[BaseException] = []

    async def handle(_: str) -> None:
        raise LookupError("unexpected")

    queues = ChatQueues(handle, lambda _: None, errors.append)
    queues.put(1, "item")
    assert await queues.wait_until_idle(60)
    assert [str(error) for error in errors] == ["unexpected"]
