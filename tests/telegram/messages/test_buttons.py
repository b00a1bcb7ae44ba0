import json

import pytest

from bot.telegram.messages.buttons import Button, Rows, markup, markup_json, question_row


@pytest.mark.parametrize(
    "rows",
    [
        (question_row("When does it end?", "inf-end-date"),),
        (
            (Button("👍 Right", data="g:a"), Button('👎 "Wrong"', data="b:a")),
            (Button("Share", url="https://t.me/share/url?url=a&text=b"),),
        ),
    ],
)
def test_json_matches_the_library(rows: Rows) -> None:
    """The hand-made JSON is what the library would send."""
    made, expected = markup_json(rows), markup(rows)
    assert made is not None
    assert expected is not None
    assert json.loads(made) == expected.to_dict()


def test_no_buttons_make_no_keyboard() -> None:
    """Without buttons no keyboard is sent at all."""
    assert markup_json(()) is None
    assert markup(()) is None
