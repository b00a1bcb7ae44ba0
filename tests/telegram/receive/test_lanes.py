import asyncio
from collections import defaultdict
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.receive.worker import ChatQueues

Item = tuple[int, int]  # lane, number


def work_off(items: list[Item], flooders: frozenset[int]) -> list[Item]:
    """Put all items at once; return them as they were finished, flooders diverted."""
    done: list[Item] = []

    async def work(item: Item) -> None:
        for _ in range((item[0] * 7 + item[1]) % 3):
            await asyncio.sleep(0)
        done.append(item)

    def divert(item: Item) -> Hashable | None:
        return ("side", item[0] % 4) if item[0] % 4 in flooders else None

    async def run() -> None:
        lanes = ChatQueues(work, divert, lambda _: None)
        for item in items:
            lanes.put(item[0], item)
        assert await lanes.wait(60)

    asyncio.run(run())
    return done


@given(
    st.lists(st.integers(0, 6), max_size=60),
    st.frozensets(st.integers(0, 3)),
)
def test_every_lane_keeps_its_order(lanes: list[int], flooders: frozenset[int]) -> None:
    """Nothing is lost or done twice, and what belongs together stays in order."""
    items = [(lane, number) for number, lane in enumerate(lanes)]
    done = work_off(items, flooders)
    assert sorted(done) == sorted(items)
    by_lane = defaultdict(list)
    for lane, number in done:
        by_lane[lane].append(number)
    assert all(numbers == sorted(numbers) for numbers in by_lane.values())


@pytest.mark.anyio
async def test_a_slow_lane_holds_up_no_other() -> None:
    """While one lane waits, another one gets through; a wait that is too short says so."""
    gate, done = asyncio.Event(), list[str]()

    async def work(item: str) -> None:
        if item == "slow":
            await gate.wait()
        done.append(item)

    lanes = ChatQueues(work, lambda _: None, lambda _: None)
    lanes.put(1, "slow")
    lanes.put(1, "behind")
    lanes.put(2, "quick")
    assert not await lanes.wait(0.05)
    assert done == ["quick"]
    gate.set()
    assert await lanes.wait(60)
    assert done == ["quick", "slow", "behind"]


@pytest.mark.anyio
async def test_an_escaped_failure_is_told() -> None:
    """What the work did not expect reaches the owner of the lanes."""
    told: list[BaseException] = []

    async def work(_: str) -> None:
        raise LookupError("unexpected")

    lanes = ChatQueues(work, lambda _: None, told.append)
    lanes.put(1, "item")
    assert await lanes.wait(60)
    assert [str(error) for error in told] == ["unexpected"]
