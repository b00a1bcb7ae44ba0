"""`/timeline`: a picture, narrowed by words, or text if the picture is refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge import default_folder, load_knowledge
from bot.timeline import event_date
from tests.fake_telegram import BotProcess, FakeTelegram, Json
from tests.fake_telegram.errors import RefusedError
from tests.fake_telegram.methods import METHODS
from tests.fake_telegram.world import World
from tests.paths import BRIDGE
from tests.telegram.handlers.buttons import notice

TREATY = load_knowledge(default_folder())


def questions(message: Json) -> list[str]:
    """The labels of the buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def picture(telegram: FakeTelegram, message: Json) -> bytes:
    """The picture of a message."""
    return telegram.world.files[message["photo"][-1]["file_id"]]


def test_the_timeline_is_a_picture_with_every_event(treaty: FakeTelegram) -> None:
    """The caption and the buttons list all events; each button opens the event's answer."""
    shown = treaty.reply_to(treaty.say("/timeline"))
    assert shown["photo"]
    for event in TREATY.events:
        assert event_date(event) in shown["caption"]
        assert TREATY.entries[event.entry].question in questions(shown)
    treaty.press("When did the US leave the ABM Treaty?", shown)
    chat = shown["chat"]["id"]
    (opened,) = treaty.wait_for(lambda: treaty.sent(chat)[1:], what="the event's answer")
    assert "2002" in opened["text"]


def test_each_event_in_the_caption_links_to_its_passage(treaty: FakeTelegram) -> None:
    """The passage numbers in the caption are links."""
    shown = treaty.reply_to(treaty.say("/timeline"))
    urls = {e["url"] for e in shown["caption_entities"] if e["type"] == "text_link"}
    for event in TREATY.events:
        assert f"https://t.me/TreatyBot?start=p{event.citation.paragraph}" in urls


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("2018", ["December 2018"]),
        ("ultimatum", ["December 2018"]),
        ("ULTIMATUM?", ["December 2018"]),
        ("2019", ["1 February 2019", "5 July 2019", "2 August 2019"]),
        ("july 2014", ["July 2014"]),
    ],
)
def test_words_narrow_the_timeline(treaty: FakeTelegram, words: str, dates: list[str]) -> None:
    """A year, a month or a word gives a picture of only the matching events."""
    shown = treaty.reply_to(treaty.say(f"/timeline {words}"))
    assert shown["photo"]
    fitting = [event for event in TREATY.events if event_date(event) in dates]
    assert questions(shown) == [TREATY.entries[event.entry].question for event in fitting]
    for date in dates:
        assert date in shown["caption"]


@pytest.mark.parametrize("words", ["1962", "zebra", "<zebra>&", "x" * 4000, "2018 zebra"])
def test_words_that_match_nothing_get_a_hint(treaty: FakeTelegram, words: str) -> None:
    """The reply is text: the years of the events, and how to see all."""
    shown = treaty.reply_to(treaty.say(f"/timeline {words}"))
    assert "No event in the article matches" in shown["text"]
    assert "2002, 2014, 2018, 2019" in shown["text"]


def test_the_person_who_asked_for_it_can_delete_it(town: FakeTelegram) -> None:
    """There is a Delete button in groups, but not in private."""
    group, ida, bo = town.group(), town.user("Ida"), town.user("Bo")
    shown = town.reply_to(town.say("/timeline", chat=group, user=ida))
    assert "the person who asked" in notice(town, town.press("Delete", shown, user=bo))
    assert notice(town, town.press("Delete", shown, user=ida)) == "Deleted."
    assert shown["message_id"] in group.deleted
    assert "Delete" not in questions(town.reply_to(town.say("/timeline")))


def test_groups_and_topics(town: FakeTelegram) -> None:
    """In a forum it is a reply in the same topic."""
    forum, (topic,) = town.forum("Bridges")
    asked = town.say("/timeline@TreatyBot", chat=forum, thread=topic)
    shown = town.reply_to(asked)
    assert shown["reply_to_message"]["message_id"] == asked["message_id"]
    assert shown["message_thread_id"] == topic


@pytest.mark.parametrize("words", ["", " april"], ids=["all", "narrowed"])
def test_chats_that_forbid_photos_get_text(town: FakeTelegram, words: str) -> None:
    """Each time, they get one text with the events and links to passages."""
    group = town.group()
    group.can_send_photos = False
    for _ in range(2):
        shown = town.reply_to(town.say(f"/timeline{words}", chat=group))
        assert "photo" not in shown
        assert "12 April 2021" in shown["text"]
        assert any(e["type"] == "text_link" for e in shown["entities"])
        assert questions(shown) == ["Delete"]  # one row: everybody has to scroll past it
    town.wait_idle()
    assert len(town.sent(group.id)) == 2


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (400, "IMAGE_PROCESS_FAILED"),
        (400, "wrong file identifier/HTTP URL specified"),
        (400, "PHOTO_INVALID_DIMENSIONS"),
        (400, "not enough rights to send photos to the chat"),
        (400, "CHAT_SEND_PHOTOS_FORBIDDEN"),
        (400, "something new"),
        (413, "Request Entity Too Large"),
    ],
)
def test_a_picture_refused_for_any_reason_becomes_text(
    town: FakeTelegram, monkeypatch: pytest.MonkeyPatch, code: int, refusal: str
) -> None:
    """The events are in the text."""

    def refuse(_: World, __: Json) -> object:
        raise RefusedError(refusal, code, is_violation=False)

    monkeypatch.setitem(METHODS, "sendPhoto", refuse)
    chat = town.private()
    shown = town.reply_to(town.say("/timeline", chat=chat), timeout=60)
    assert "12 April 2021" in shown["text"]
    town.wait_idle()
    assert town.sent(chat.id) == [shown]


def test_it_arrives_once_despite_errors(town: FakeTelegram) -> None:
    """A server error and a dropped connection neither lose nor duplicate the picture."""
    town.faults.add("502", "sendPhoto", times=1)
    town.faults.add("drop before", "sendPhoto", times=1)
    chat = town.private()
    town.reply_to(town.say("/timeline", chat=chat))
    town.wait_idle()
    assert len(town.sent(chat.id)) == 1


def test_new_knowledge_has_a_new_picture(
    tmp_path: Path, reload: Callable[[BotProcess], None]
) -> None:
    """The same knowledge has the same one."""
    folder = tmp_path / "knowledge"
    shutil.copytree(BRIDGE, folder)
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(folder)}
    with FakeTelegram() as telegram, BotProcess(telegram, tmp_path, env=env) as process:
        process.start()
        first, second = (telegram.reply_to(telegram.say("/timeline")) for _ in range(2))
        assert picture(telegram, first) == picture(telegram, second)
        events = folder / "timeline.yaml"
        events.write_text(events.read_text("utf-8").replace("to cars", "to all cars", 1), "utf-8")
        reload(process)
        third = telegram.reply_to(telegram.say("/timeline"))
        assert picture(telegram, first) != picture(telegram, third)
        assert telegram.violations == []
