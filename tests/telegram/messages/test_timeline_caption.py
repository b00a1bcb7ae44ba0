"""The caption of the timeline: every event whole, never more than Telegram takes."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import Knowledge, load_knowledge
from bot.telegram.messages.texts import caption
from bot.timeline import event_date
from tests.fake_telegram.formatting import parse_html
from tests.paths import BRIDGE

TREATY = load_knowledge(None)
TOWN = load_knowledge(BRIDGE)
CUT = "… /timeline WORD for one event"


def parsed(said: str) -> str:
    """What is left after Telegram's parser."""
    return parse_html(said)[0]


def units(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("knowledge", [TREATY, TOWN], ids=["treaty", "bridge"])
def test_every_event_is_told_with_date_label_and_passage(knowledge: Knowledge) -> None:
    """Both knowledge folders fit whole, with their source and what was inferred."""
    said = parsed(caption(knowledge, knowledge.events))
    assert CUT not in said
    for event in knowledge.events:
        assert f"{event_date(event)}" in said
        assert f"{event.label} (" in said
        assert not event.note or event.note in said
    assert said.startswith(f"As reported by {knowledge.source.publisher} on ")
    assert said.count("expected") == 1


def test_the_numbers_of_passages_are_deep_links() -> None:
    """Given the bot's name, p7 opens passage 7 in the chat with the bot."""
    said = caption(TREATY, TREATY.events, "TreatyBot")
    assert '<a href="https://t.me/TreatyBot?start=p7">p7</a>' in said
    assert "<a" not in caption(TREATY, TREATY.events)
    assert parsed(said) == parsed(caption(TREATY, TREATY.events))


def test_a_claim_is_told_with_whose_it_is() -> None:
    """The publisher's own report goes without saying; anybody else is named."""
    assert "(the Lindholm town council, p2)" in parsed(caption(TOWN, TOWN.events))
    assert "TASS's own report" not in caption(TREATY, TREATY.events)


labels = st.lists(st.text("aé<&>\"'😀 ", min_size=1, max_size=1500), min_size=1, max_size=40)


@given(labels, st.sampled_from([None, "TreatyBot", "B" * 32]))
def test_a_caption_always_fits_and_holds_whole_events_alone(
    labels: list[str], username: str | None
) -> None:
    """However many and long the labels: at most 1,024 units, each event whole or left out."""
    events = [replace(TREATY.events[0], label=label) for label in labels]
    said = caption(TREATY, events, username)
    text = parsed(said)
    assert units(text) <= 1024
    kept = said.count("<b>")
    assert kept <= len(labels)
    for label in labels[:kept]:
        assert html.escape(label, quote=False) in said
    assert (CUT in said) == (kept < len(labels))


def test_as_many_events_as_fit_are_kept() -> None:
    """One more event would not have fitted."""
    events = [replace(TREATY.events[0], label=f"{n:02} " + 85 * "x") for n in range(40)]
    said = parsed(caption(TREATY, events))
    kept = len(re.findall("^2002", said, re.MULTILINE))
    assert 5 < kept < 40
    one_more = parsed(caption(TREATY, events[:1])).splitlines()[-1]
    assert units(said) + units(one_more) + 1 > 1024
