"""Editing a question edits its answer."""

import time
from pathlib import Path

from tests.fake_telegram import BotProcess, Chat, FakeTelegram, Json
from tests.paths import BRIDGE
from tests.telegram.processes import holders
from tests.waiting import wait_until


def edited(telegram: FakeTelegram, message: Json, text: str, expected: str) -> Json:
    """Edit a question and wait until its answer contains the expected text."""
    telegram.edit(message, text)

    def found() -> Json | None:
        replies = telegram.replies_to(message) or telegram.sent(message["chat"]["id"])
        return next((reply for reply in replies if expected in reply["text"]), None)

    reply = telegram.wait_for(found, what="edited answer")
    assert reply is not None
    return reply


def test_the_answer_follows_the_question(town: FakeTelegram) -> None:
    """The same message is edited, in private and in groups; an edit without effect is fine."""
    group = town.group("Neighbours")
    chats: list[tuple[Chat | None, str]] = [(None, ""), (group, "@TreatyBot "), (group, "/ask ")]
    for chat, call in chats:
        asked = town.say(f"{call}what does the repair cost?", chat=chat)
        first = town.reply_to(asked)
        assert "2.4 million crowns" in first["text"]
        changed = edited(town, asked, f"{call}when does the bridge close?", "12 April 2021")
        assert changed["message_id"] == first["message_id"]
        town.edit(asked, f"{call}When does the bridge close??")
        town.wait_idle()


def test_an_edit_uses_the_context_from_before_the_question(town: FakeTelegram) -> None:
    """The answer that it replaces is not part of the context."""
    ann = town.user("Ann")
    chat = town.private(ann)
    town.reply_to(town.say("when does the bridge close?", user=ann))
    asked = town.say("how long do the works take?", user=ann)
    town.reply_to(asked)
    town.edit(asked, "why?")
    town.wait_for(lambda: "rust" in town.sent(chat.id)[1]["text"], what="the reason")


def test_a_mention_added_by_an_edit_is_answered(town: FakeTelegram) -> None:
    """Removing the mention again leaves the answer unchanged."""
    group = town.group("Neighbours")
    said = town.say("when does the bridge close?", chat=group)
    reply = edited(town, said, "@TreatyBot when does the bridge close?", "12 April 2021")
    town.edit(said, "never mind")
    town.wait_idle()
    assert town.sent(group.id) == [reply]


def test_words_added_by_an_edit_are_answered(town: FakeTelegram) -> None:
    """A picture can get a caption, and /ask its question."""
    sizes = {"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}
    group = town.group("Neighbours")
    question = "when does the bridge close?"
    for chat, call in ((town.private(), ""), (group, "@TreatyBot "), (group, "/ask@TreatyBot ")):
        picture = town.say(chat=chat, photo=[sizes])
        town.wait_idle()
        before = len(town.sent(chat.id))
        town.edit(picture, caption=call + question)
        town.wait_idle()
        (answer,) = town.sent(chat.id)[before:]
        assert "12 April 2021" in answer["text"] or "Answered a moment ago" in answer["text"]
    bare = town.say("/ask", chat=town.group("Others"))
    town.reply_to(bare)
    edited(town, bare, f"/ask {question}", "12 April 2021")


def test_edits_of_messages_older_than_a_day_are_ignored(town: FakeTelegram) -> None:
    """Adding a mention to an old message does not ask anything."""
    group = town.group("Neighbours")
    said = town.say("when does the bridge close?", chat=group, date=int(time.time()) - 90_000)
    town.edit(said, "@TreatyBot when does the bridge close?")
    town.wait_idle()
    assert town.sent(group.id) == []


def test_edits_work_after_a_restart_but_not_on_deleted_answers(tmp_path: Path) -> None:
    """The store knows the answer to each question; a deleted one stays deleted."""
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE)}
    with FakeTelegram() as telegram:
        bot = BotProcess(telegram, tmp_path, env=env).start()
        asked = telegram.say("what does the repair cost?")
        first = telegram.reply_to(asked)
        wait_until(lambda: not holders(tmp_path, asked["text"]))  # it is recorded as done
        bot.kill()
        with BotProcess(telegram, tmp_path, env=env) as again:
            again.start()
            changed = edited(telegram, asked, "when does the bridge close?", "12 April 2021")
            assert changed["message_id"] == first["message_id"]
            telegram.delete(changed)
            telegram.edit(asked, "how long do the works take?")
            telegram.wait_idle()
            assert "Traceback" not in again.log
            assert telegram.calls_of("sendMessage")[1:] == []
