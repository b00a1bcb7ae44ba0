import pytest
from telegram import InlineKeyboardMarkup

from bot.telegram.messages.buttons import BAD, GOOD, Rows, button, markup, question_row, url_button


@pytest.mark.parametrize(
    "rows",
    [
        (question_row("When does it end?", "inf-end-date"),),
        (
            (button("👍 Right", GOOD, "a"), button('👎 "Wrong"', BAD, "a")),
            (url_button("Share", "https://t.me/share/url?url=a&text=b"),),
        ),
    ],
)
def test_the_keyboard_is_as_the_library_has_it(rows: Rows) -> None:
    """It reads all rows, and would send the same."""
    made = markup(rows)
    assert made is not None
    read = InlineKeyboardMarkup.de_json(made, None)
    assert read.to_dict() == {"inline_keyboard": [list(row) for row in rows]}
    assert [len(row) for row in read.inline_keyboard] == [len(row) for row in rows]


def test_no_buttons_make_no_keyboard() -> None:
    """Without buttons no keyboard is sent at all."""
    assert markup(()) is None
