import json

import pytest

from tests.fake_telegram.schema import SCHEMA, check_update
from tests.fake_telegram.trim_schema import trim
from tests.paths import ROOT

FULL = ROOT.resolve().parent / "shared" / "botapi" / "api-10.0.json"


@pytest.mark.skipif(not FULL.exists(), reason="needs the complete description of the Bot API")
def test_schema_matches_the_complete_description() -> None:
    """schema.json is what trim_schema makes of the complete description."""
    assert trim(json.loads(FULL.read_text("utf-8"))) == SCHEMA


CHAT = {"id": 1, "type": "private"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"message": {"message_id": 1, "chat": CHAT}}, 'Message requires the field "date"'),
        ({"message": {"message_id": "1", "date": 0, "chat": CHAT}}, "must be of type Integer"),
        (
            {"message": {"message_id": 1, "date": 0, "chat": CHAT, "x": 1}},
            'Message has no field "x"',
        ),
        ({"inline_query": {"id": "1"}}, 'InlineQuery requires the field "from"'),
        ({}, "exactly one kind of content"),
    ],
)
def test_updates_that_telegram_could_not_send(content: dict[str, object], error: str) -> None:
    """An update that does not follow the Bot API is an error in the test."""
    with pytest.raises(ValueError, match=error):
        check_update({"update_id": 1} | content)
