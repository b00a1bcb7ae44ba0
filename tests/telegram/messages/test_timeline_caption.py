"""The timeline's caption: whole events only, and never longer than Telegram allows."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import Knowledge, load_knowledge
from bot.telegram.messages.texts import timeline_caption
from bot.timeline import event_date
from tests.fake_telegram.formatting import parse_html
from tests.paths import BRIDGE

TREATY = load_knowledge(None)
TOWN = load_knowledge(BRIDGE)
CUT = "… /timeline WORD finds the others"


def parsed(source: str) -> str:
    """The text that Telegram's parser leaves."""
    return parse_html(source)[0]


def units(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("knowledge", [TREATY, TOWN], ids=["treaty", "bridge"])
def test_every_event_has_date_label_and_passage(knowledge: Knowledge) -> None:
    """Both knowledge folders fit whole, with their source and notes."""
    said = parsed(timeline_caption(knowledge, knowledge.events, "TreatyBot"))
    assert CUT not in said
    for event in knowledge.events:
        assert f"{event_date(event)}" in said
        assert f"{event.label} (" in said
        assert not event.note or event.note in said
    assert said.startswith(f"As reported by {knowledge.source.publisher} on ")
    assert said.count("expected") == 1


def test_passage_numbers_are_deep_links() -> None:
    """p7 opens passage 7 in the chat with the bot."""
    said = timeline_caption(TREATY, TREATY.events, "TreatyBot")
    assert '<a href="https://t.me/TreatyBot?start=p7">p7</a>' in said


labels = st.lists(st.text("aé<&>\"'😀 ", min_size=1, max_size=1500), min_size=1, max_size=40)


@given(labels, st.sampled_from(["TreatyBot", "B" * 32]))
def test_a_caption_always_fits_and_holds_only_whole_events(
    labels: list[str], username: str
) -> None:
    """Whatever the labels, it has at most 1,024 units, and each event is whole or left out."""
    events = [replace(TREATY.events[0], label=label) for label in labels]
    said = timeline_caption(TREATY, events, username)
    text = parsed(said)
    assert units(text) <= 1024
    shown = said.count("<b>")
    assert shown <= len(labels)
    for label in labels[:shown]:
        assert html.escape(label, quote=False) in said
    assert (CUT in said) == (shown < len(labels))


def test_as_many_events_as_fit_are_shown() -> None:
    """One more event would not fit."""
    events = [replace(TREATY.events[0], label=f"{n:02} " + 85 * "x") for n in range(40)]
    said = parsed(timeline_caption(TREATY, events, "TreatyBot"))
    shown = len(re.findall("^2002", said, re.MULTILINE))
    assert 5 < shown < 40
    one_more = parsed(timeline_caption(TREATY, events[:1], "TreatyBot")).splitlines()[-1]
    assert units(said) + units(one_more) + 1 > 1024
