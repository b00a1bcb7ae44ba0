from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram.error import BadRequest

from bot.store import Begun, Messages, Store
from bot.telegram.looking import Lookout, words_of

PRIVATE, SUPERGROUP = 5, -1_000_000_000_005
NEWEST = 100  # known when the message was sent
SINCE = 7  # the turn of its failure
THEIRS, OURS = "theirs", "ours"


@pytest.fixture
def messages(tmp_path: Path) -> Iterator[Messages]:
    """Open a store and know of one message in each count."""
    store = Store(tmp_path / "bot.sqlite3")
    known = Messages(store)
    for chat in (PRIVATE, SUPERGROUP):
        known.saw(chat, NEWEST)
    yield known
    store.close()


class Chat:
    """A chat by number: somebody's message, or one of ours with its buttons."""

    def __init__(self, number: int, shown: dict[int, str]) -> None:
        self.number, self.shown = number, shown
        self.asked: list[int] = []

    async def ask(self, method: str, parameters: dict[str, Any]) -> None:
        """Refuse as Telegram does."""
        number = parameters["message_id"]
        there = self.shown.get(number)
        if method == "stopMessageLiveLocation":
            self.asked.append(number)
            reasons = {None: "Message to edit not found", THEIRS: "Message can't be edited"}
            raise BadRequest(reasons.get(there, "There is no live location in the message to edit"))
        assert there not in {None, THEIRS}
        if there == parameters["reply_markup"]:
            raise BadRequest("Message is not modified: specified new message content and ...")
        self.shown[number] = parameters["reply_markup"]

    def message(self, buttons: str | None) -> dict[str, Any]:
        """What is to be sent."""
        return {"chat_id": self.number, "text": "answer", "reply_markup": buttons}


async def find(
    messages: Messages, chat: Chat, buttons: str | None = OURS, *, alone: bool = True, **begun: int
) -> int | None:
    """Look for a message; its number."""
    data = chat.message(buttons)
    sought = Begun(**{"newest": NEWEST, "words": words_of(data), **begun})
    lookout = Lookout(messages, alone=alone)
    found = await lookout.find(chat.ask, data, sought, SINCE, 1)
    return found["message_id"] if found else None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("chat", "shown", "found", "asked"),
    [
        (PRIVATE, {}, None, [101, 102, 103]),
        (PRIVATE, {102: OURS}, 102, [101, 102]),
        (PRIVATE, {101: THEIRS, 102: "another's", 103: OURS}, 103, [101, 102, 103]),
        (SUPERGROUP, {}, None, [101, 102, 103]),
        (SUPERGROUP, dict.fromkeys(range(101, 110), THEIRS) | {110: OURS}, 110, [*range(101, 111)]),
        (
            SUPERGROUP,
            dict.fromkeys(range(101, 120), THEIRS) | {120: OURS},
            None,
            [*range(101, 117)],
        ),
    ],
)
async def test_the_next_numbers_are_asked_for(
    messages: Messages, chat: int, shown: dict[int, str], found: int | None, asked: list[int]
) -> None:
    """As far as the message can be, and a bounded number of times."""
    there = Chat(chat, shown)
    assert await find(messages, there) == found
    assert there.asked == asked


@pytest.mark.anyio
async def test_what_is_known_is_not_asked_for(messages: Messages) -> None:
    """In any chat of the count."""
    for number in range(101, 140):
        messages.saw(PRIVATE + number, number)
    messages.sent(PRIVATE, 140)
    there = Chat(PRIVATE, {101: OURS, 140: OURS, 142: OURS})
    assert await find(messages, there) == 142
    assert there.asked == [141, 142]


@pytest.mark.anyio
async def test_what_was_sent_later_has_a_higher_number(messages: Messages) -> None:
    """So that numbers above it are not asked for."""
    messages.saw(PRIVATE, 150)
    lookout, there = Lookout(messages, alone=True), Chat(PRIVATE, {104: OURS})
    lookout.arrived(SINCE - 1, PRIVATE, 102)
    lookout.arrived(SINCE + 1, SUPERGROUP, 101)
    lookout.arrived(SINCE + 2, PRIVATE + 1, 103)
    data = there.message(OURS)
    begun = Begun(NEWEST, words_of(data))
    assert await lookout.find(there.ask, data, begun, SINCE, 8) is None
    assert there.asked == [101, 102, 103]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("buttons", "alone", "begun", "suspected", "found"),
    [
        (None, True, {}, False, True),
        (None, False, {}, False, False),  # it may be another process's
        (None, True, {}, True, False),  # it may be one sent before
        (OURS, False, {}, True, True),
        (OURS, True, {"words": 0}, False, True),  # as it was put before a kill; buttons unknown
        (OURS, False, {"words": 0}, False, False),
        (OURS, True, {"newest": 0}, False, False),  # nothing is known of the count
    ],
)
async def test_nothing_is_taken_for_an_answer_that_may_be_another(  # noqa: PLR0913 - one column each
    messages: Messages,
    *,
    buttons: str | None,
    alone: bool,
    begun: dict[str, int],
    suspected: bool,
    found: bool,
) -> None:
    """A second answer is better than none."""
    if suspected:
        messages.suspect(PRIVATE, [99], "")
    there = Chat(PRIVATE, {101: OURS})
    assert (await find(messages, there, buttons, alone=alone, **begun) == 101) == found
    assert bool(there.asked) == found
