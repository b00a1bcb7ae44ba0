"""Links to answers, to passages and into groups."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import default_folder, load_knowledge
from bot.telegram.messages.buttons import (
    CONTEXT,
    OPEN,
    TOPIC,
    answer_url,
    as_links,
    button,
    passage_link,
    passage_number,
    url_button,
)
from tests.fake_telegram import FakeTelegram, Json

WELCOME = "I answer questions about one article"
CLOSING = "The old harbour bridge was to close to cars on 12 April 2021"
BUILDER = "The article doesn't say which company repairs the bridge."


def buttons(message: Json) -> dict[str, str]:
    """The link buttons below a message, label to URL."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {b["text"]: b["url"] for row in rows for b in row if "url" in b}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("closing-date", CLOSING),
        ("gap-builder", BUILDER),
        ("p1", "p1 Lindholm closes its harbour bridge for repairs"),
        ("p3", "p3 The works will take nine weeks and cost 2.4 million crowns."),
        ("", WELCOME),
        ("p0", WELCOME),
        ("p4", WELCOME),
        ("p03", WELCOME),
        ("p99999999999999999999", WELCOME),
        ("p²", WELCOME),
        ("no-such-entry", WELCOME),
        ("Closing-Date_x", WELCOME),
        ("added", WELCOME),
        ("a" * 64, WELCOME),
        ("<b>&", WELCOME),
        ("../../etc", WELCOME),
    ],
)
def test_start_opens_what_its_link_points_to(town: FakeTelegram, payload: str, said: str) -> None:
    """An answer, a passage, or the welcome for anything unknown."""
    assert said in town.reply_to(town.say(f"/start {payload}"))["text"]


def test_the_welcome_offers_three_questions(treaty: FakeTelegram) -> None:
    """They are on different topics, and a press answers."""
    shown = treaty.reply_to(treaty.say("/start"))
    asked = [b["text"] for row in shown["reply_markup"]["inline_keyboard"] for b in row]
    questions = [text for text in asked if text.endswith("?")]
    assert len(questions) == 3
    treaty.press(questions[0], shown)
    chat = shown["chat"]["id"]
    treaty.wait_for(lambda: len(treaty.sent(chat)) == 2, what="the answer")
    assert "TASS, 5 July 2019" in treaty.sent(chat)[1]["text"]


def test_an_opened_answer_can_be_followed_up(town: FakeTelegram) -> None:
    """After a link, "why?" is understood just as after a question."""
    chat = town.private()
    town.reply_to(town.say("/start closing-date", chat=chat))
    assert "rust does not wait" in town.reply_to(town.say("why?", chat=chat))["text"]


def test_every_answer_has_its_permalink(town: FakeTelegram) -> None:
    """The shared link of an answer opens the same answer."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    shared = parse_qs(urlsplit(buttons(answer)["Share"]).query)
    assert shared["text"] == ["When does the bridge close?"]
    (permalink,) = shared["url"]
    assert permalink == "https://t.me/TreatyBot?start=closing-date"
    payload = parse_qs(urlsplit(permalink).query)["start"][0]
    assert town.reply_to(town.say(f"/start {payload}"))["text"] == answer["text"]


def test_the_source_line_links_to_the_passage_and_the_answer(town: FakeTelegram) -> None:
    """Both links have words that make sense when read aloud."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    text = answer["text"]
    found = {
        text[e["offset"] : e["offset"] + e["length"]]: e["url"]
        for e in answer["entities"]
        if e["type"] == "text_link"
    }
    assert found == {
        "p2": "https://t.me/TreatyBot?start=p2",
        "link to this answer": "https://t.me/TreatyBot?start=closing-date",
    }


@pytest.mark.parametrize("command", ["/start", "/help"])
def test_adding_the_bot_to_a_group_is_offered(town: FakeTelegram, command: str) -> None:
    """A button adds the bot to a group of the reader's choice."""
    url = buttons(town.reply_to(town.say(command)))["Add me to a group"]
    assert urlsplit(url).path == "/TreatyBot"
    assert "startgroup" in parse_qs(urlsplit(url).query)


def test_help_mentions_other_chats(town: FakeTelegram) -> None:
    """With inline and guest mode on, /help says how to ask in any chat."""
    text = town.reply_to(town.say("/help"))["text"]
    assert "In any other chat, type @TreatyBot and a few words" in text


def test_the_start_sent_when_added_to_a_group_is_ignored(town: FakeTelegram) -> None:
    """The client sends /start by itself, after the greeting; other payloads get a reply."""
    group, ann = town.group(), town.user()
    silent = town.say("/start@TreatyBot added", chat=group, user=ann)
    asked = town.say("/start@TreatyBot closing-date", chat=group, user=ann)
    assert CLOSING in town.reply_to(asked)["text"]
    assert town.replies_to(silent) == []


def test_start_for_or_from_another_bot_is_ignored(town: FakeTelegram) -> None:
    """Neither /start@other_bot nor a /start sent by a bot gets a reply."""
    group = town.group()
    robot = town.user("Robot")
    robot.is_bot = True
    for message in (
        town.say("/start@other_bot closing-date", chat=group),
        town.say("/start closing-date", chat=group, user=robot),
    ):
        town.wait_idle()
        assert town.replies_to(message) == []


@pytest.mark.parametrize("entry", load_knowledge(default_folder()).entries)
def test_every_entry_fits_its_links_and_buttons(entry: str) -> None:
    """Payloads have at most 64 allowed characters, callback data at most 64 bytes."""
    payload = parse_qs(urlsplit(answer_url("TreatyBot", entry)).query)["start"][0]
    assert payload == entry
    assert len(payload) <= 64
    assert payload.replace("-", "").isalnum()
    assert payload.isascii()
    assert all(len(f"{kind}:{entry}".encode()) <= 64 for kind in (OPEN, CONTEXT))


@given(st.integers(1, 999_999))
def test_a_passage_link_round_trips(number: int) -> None:
    """Its payload is read back as the same number."""
    link = passage_link("TreatyBot", number)
    payload = parse_qs(urlsplit(link.split('"')[1]).query)["start"][0]
    assert passage_number(payload) == number


@given(st.text(max_size=70))
def test_any_payload_is_read_or_refused(payload: str) -> None:
    """Only p and a plain number from 1 up is a passage."""
    number = passage_number(payload)
    assert number is None or payload == f"p{number}"


def test_buttons_become_links_in_other_chats() -> None:
    """Presses never reach the bot from a chat it is not in, so answers open by link."""
    rows = (
        (button("Why?", OPEN, "closing-reason"),),
        (button("Context", CONTEXT, "closing-date"), url_button("Share", "https://x.y")),
        (button("The works", TOPIC, "works"),),
    )
    assert as_links(rows, "TreatyBot") == (
        (url_button("Why?", "https://t.me/TreatyBot?start=closing-reason"),),
        (url_button("Share", "https://x.y"),),
    )
