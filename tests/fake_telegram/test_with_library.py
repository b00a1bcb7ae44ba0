import signal
from pathlib import Path

import pytest
from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.process import KILLED

from .test_circumstances import PNG

ECHO = ("-m", "tests.fake_telegram.echo_bot")


def test_echo_bot_answers_from_its_own_process(telegram: FakeTelegram, tmp_path: Path) -> None:
    """A plain python-telegram-bot process polls, answers every message and exits on SIGTERM."""
    with BotProcess(telegram, tmp_path, command=ECHO) as bot:
        bot.start()
        questions = [telegram.say(f"question {i}") for i in range(20)]
        answers = [telegram.reply_to(question)["text"] for question in questions]
        telegram.wait_idle()
        assert bot.peak_memory() > 10_000_000
        bot.terminate()
        assert bot.wait() == 0
    assert answers == [f"question {i}" for i in range(20)]
    assert telegram.violations == []


def test_bot_is_killed_and_started_again(telegram: FakeTelegram, tmp_path: Path) -> None:
    """A message sent while the bot is down is answered after a restart; exiting kills it."""
    with BotProcess(telegram, tmp_path, command=ECHO) as bot:
        bot.start()
        assert bot.kill() == KILLED
        message = telegram.say("anybody there?")
        bot.start()
        assert telegram.reply_to(message)["text"] == "anybody there?"
        assert bot.is_running()
    assert bot.wait() == -signal.SIGKILL


def test_bot_that_exits_at_once_fails_the_test_with_its_log(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """A bot that exits during startup is an error that includes its output."""
    telegram.faults.add("401")
    bot = BotProcess(telegram, tmp_path, command=ECHO)
    with bot, pytest.raises(RuntimeError, match="exited with status 1"):
        bot.start()
    assert "InvalidToken" in bot.log


@pytest.mark.anyio
async def test_every_method_of_the_library_is_accepted(telegram: FakeTelegram) -> None:
    """Calls as python-telegram-bot serialises them are accepted, and it can parse the results."""
    chat, group = telegram.private(), telegram.group(status="administrator")
    question = telegram.say("When?", chat=chat)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("b", callback_data="d")]])
    async with Bot(telegram.token, f"{telegram.url}/bot", f"{telegram.url}/file/bot") as bot:
        await bot.set_my_commands([BotCommand("ask", "Ask")], language_code="en")
        assert (await bot.get_my_commands(language_code="en"))[0].command == "ask"
        await bot.set_my_description("d")
        await bot.set_my_short_description("s", language_code="fr")
        assert (await bot.get_my_description("fr")).description == "d"
        await bot.send_chat_action(chat.id, ChatAction.TYPING)
        sent = await bot.send_message(
            chat.id, "<b>x</b>", ParseMode.HTML, reply_markup=keyboard,
            reply_parameters=ReplyParameters(question["message_id"], quote="When"),
        )  # fmt: skip
        assert sent.reply_to_message
        assert sent.parse_entities() == {sent.entities[0]: "x"}
        await bot.edit_message_text("y", chat.id, sent.message_id, reply_markup=keyboard)
        await bot.edit_message_reply_markup(chat.id, sent.message_id)
        await bot.send_message(group.id, "Which?", reply_markup=ForceReply(selective=True))
        photo = await bot.send_photo(chat.id, PNG, caption="c", reply_markup=keyboard)
        await bot.edit_message_caption(chat.id, photo.message_id, caption="d")
        media = InputMediaPhoto(PNG + b"2", caption="<i>e</i>", parse_mode=ParseMode.HTML)
        await bot.edit_message_media(media, chat.id, photo.message_id)
        again = await bot.send_photo(chat.id, photo.photo[-1].file_id)
        assert await (await again.photo[-1].get_file()).download_as_bytearray() == PNG
        await bot.set_message_reaction(chat.id, question["message_id"], "👀")
        await bot.delete_message(chat.id, again.message_id)
        assert (await bot.get_chat(group.id)).title == "Readers"
        assert (await bot.get_chat_member(group.id, bot.id)).status == "administrator"
        assert len(await bot.get_chat_administrators(group.id)) == 1
        content = InputTextMessageContent("x")
        article = InlineQueryResultArticle("1", "t", content, reply_markup=keyboard)
        await bot.answer_inline_query(telegram.inline("x"), [article], cache_time=300)
        await bot.answer_guest_query(telegram.guest("@TreatyBot x"), article)
        assert len(await bot.get_updates(timeout=1)) == 3
        assert (await bot.get_webhook_info()).url == ""
        await bot.leave_chat(group.id)
    assert [call for call in telegram.calls if call.refused] == []


@pytest.mark.anyio
async def test_refusals_become_the_librarys_errors(telegram: FakeTelegram) -> None:
    """The library turns each kind of refusal into the matching exception."""
    blocked = telegram.user()
    telegram.block(blocked)
    group = telegram.group("G", "group")
    moved = telegram.migrate(group)
    async with Bot(telegram.token, f"{telegram.url}/bot") as bot:
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(blocked.id, "x")
        with pytest.raises(ChatMigrated) as migrated:
            await bot.send_message(group.id, "x")
        with pytest.raises(BadRequest, match=r"(?i)message is too long"):
            await bot.send_message(moved.id, "x" * 4097)
        telegram.faults.add("429", "sendMessage", times=1, retry_after=3)
        with pytest.raises(RetryAfter) as limited:
            await bot.send_message(moved.id, "x")
        telegram.faults.add("401")
        with pytest.raises(InvalidToken):
            await bot.get_me()
    assert migrated.value.new_chat_id == moved.id
    assert limited.value.retry_after.total_seconds() == 3  # type: ignore[union-attr]
