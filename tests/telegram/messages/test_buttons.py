import pytest
from telegram import InlineKeyboardMarkup

from bot.telegram.messages.buttons import Button, Rows, markup, question_row


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
def test_the_keyboard_is_as_the_library_has_it(rows: Rows) -> None:
    """It reads all rows, and would send the same."""
    made = markup(rows)
    assert made is not None
    read = InlineKeyboardMarkup.de_json(made, None)
    assert read.to_dict() == made
    assert [len(row) for row in read.inline_keyboard] == [len(row) for row in rows]


def test_no_buttons_make_no_keyboard() -> None:
    """Without buttons no keyboard is sent at all."""
    assert markup(()) is None
