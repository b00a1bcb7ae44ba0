import pytest

from bot.telegram.hearing import MOST, Hearing
from tests.fake_telegram import Json

NOW, ASKED = 1000.0, 990.0
WRITTEN: Json = {"message": {"date": 950}}
LATER: Json = {"message": {"date": 970}}
PRESSED: Json = {"callback_query": {"id": "1"}}


@pytest.mark.parametrize(
    ("updates", "until"),
    [
        ([], NOW - 1),  # nothing came while the call waited
        ([WRITTEN], ASKED),  # all that there was
        ([WRITTEN] * MOST, 950.0),  # more may be waiting
        ([WRITTEN] * (MOST - 2) + [LATER, PRESSED], 970.0),
        ([PRESSED] * MOST, 0.0),
    ],
)
def test_what_came_tells_until_when_all_is_heard(updates: list[Json], until: float) -> None:
    """A backlog is heard as far as its newest message goes; it never becomes less."""
    hearing = Hearing(lambda: NOW)
    assert hearing.until() == 0
    hearing.told(ASKED, updates)
    assert hearing.until() == until
    hearing.told(900.0, [{"message": {"date": "x"}}])
    assert hearing.until() == max(until, 900.0)


def test_by_webhook_an_empty_queue_tells() -> None:
    """What waits there may be a message that looks like a copy."""
    hearing = Hearing(lambda: NOW)
    hearing.waiting(ASKED, 3)
    assert hearing.until() == 0
    hearing.waiting(ASKED, 0)
    assert hearing.until() == ASKED
