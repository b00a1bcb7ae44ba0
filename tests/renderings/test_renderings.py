"""Drawing of chats: no word is lost, quotes are separate, the bot's real replies can be drawn."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.answering.compose import Composer
from bot.knowledge import load_knowledge
from bot.telegram.messages.buttons import markup
from bot.telegram.messages.replies import render
from tests.fake_telegram import Json
from tests.fake_telegram.formatting import parse_html
from tests.renderings.__main__ import SITUATIONS
from tests.renderings.bubbles import WIDTH, Scene, draw_chat, lay_out
from tests.renderings.themes import DARK, LIGHT
from tests.renderings.words import Block, blocks, width_of

TREATY = load_knowledge()
SIZE = 32


def parse(html: str, width: int = 600) -> list[Block]:
    """The blocks of a message in HTML, parsed as by Telegram."""
    return blocks(*parse_html(html), width, SIZE, 40)


def text_lines(block: Block) -> list[str]:
    """The lines of a block as plain text."""
    return ["".join(run.text for run in line) for line in block.lines]


@given(st.lists(st.text("abé😀", min_size=1, max_size=8), min_size=1), st.integers(250, 700))
def test_no_word_is_lost_and_lines_fit_the_width(words: list[str], width: int) -> None:
    """Wrapping loses nothing, wherever styles begin, with offsets in UTF-16 units."""
    html = " ".join(f"<b>{word}</b>" if len(word) % 2 else word for word in words)
    (block,) = parse(html, width)
    assert " ".join(text_lines(block)).split() == words
    assert all(width_of(line, SIZE) <= width for line in block.lines)
    for line in block.lines:
        for run in line:
            bold = {word for word in words if len(word) % 2}
            assert run.style == "Regular" or set(run.text.split()) <= bold


def test_quotes_are_separate_blocks() -> None:
    """The newline next to a quote adds no empty line, but other empty lines stay."""
    parsed = parse("a\n<blockquote>b</blockquote>\n<blockquote>c</blockquote>d\n\ne")
    assert [(text_lines(block), block.is_quote) for block in parsed] == [
        (["a"], False), (["b"], True), (["c"], True), (["d", "", "e"], False),
    ]  # fmt: skip


def test_a_long_quote_is_folded_as_in_telegram() -> None:
    """An expandable quote shows three lines; an ordinary one is complete."""
    words = "word " * 60
    (folded,) = parse(f"<blockquote expandable>{words}</blockquote>")
    (whole,) = parse(f"<blockquote>{words}</blockquote>")
    assert folded.is_folded
    assert len(folded.lines) == 3 < len(whole.lines)
    assert not whole.is_folded


def test_any_message_of_a_chat_can_be_drawn() -> None:
    """Service messages, empty buttons and long names are drawn in both themes."""
    person: Json = {"id": 1, "first_name": "W" * 64}
    message: Json = {"from": person, "chat": {"id": 2, "type": "group"}, "message_id": 1}
    rows = [
        [
            {"text": "x" * 200, "url": "https://t.me"},
            {"text": "👍 yes", "callback_data": "a"},
            {"text": "", "callback_data": "a"},
        ]
    ]
    messages = [
        message | {"text": "x" * 500},
        message | {"left_chat_member": person},
        message | {"text": "hi", "reply_markup": {"inline_keyboard": rows}},
        message | {"text": "hi", "reply_to_message": message},
    ]
    for theme in (LIGHT, DARK):
        assert draw_chat(Scene("T", "s", messages, 3, {}), theme).width == WIDTH


@pytest.mark.parametrize("entry", TREATY.entries)
def test_a_reply_in_a_group_fits_on_a_phones_screen(entry: str) -> None:
    """Of 390 x 844 points, a fifth of them for bars, nobody has to scroll to read one."""
    shown = render(
        Composer(TREATY).opened(TREATY.entries[entry]),
        TREATY, "TreatyBot", in_group=True, votes=True,
    )  # fmt: skip
    text, entities = parse_html(shown.html)
    bot: Json = {"id": 1, "first_name": "Treaty Bot"}
    message: Json = {
        "from": bot,
        "chat": {"id": 2, "type": "supergroup"},
        "text": text,
        "entities": entities,
        "reply_to_message": {"from": bot, "text": TREATY.entries[entry].question},
        "reply_markup": markup(shown.rows),
    }
    assert len(shown.rows) == 1
    assert lay_out(message, 3, {}).height < 0.8 * WIDTH * 844 / 390


def test_the_command_draws_the_real_replies(tmp_path: Path) -> None:
    """Each situation is drawn in light and dark, small enough for the documentation."""
    command = [sys.executable, "-m", "tests.renderings", str(tmp_path / "new")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    pictures = sorted((tmp_path / "new").iterdir())
    names = {picture.stem.rpartition("-")[0] for picture in pictures}
    assert names == set(SITUATIONS)
    assert len(pictures) == 2 * len(names)
    for picture in pictures:
        assert picture.stat().st_size < 150_000
        with Image.open(picture) as image:
            assert image.width == WIDTH
