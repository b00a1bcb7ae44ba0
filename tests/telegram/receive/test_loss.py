from pathlib import Path

from tests.fake_telegram import BotProcess, Chat, FakeTelegram
from tests.fake_telegram.faults import FaultKind
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, holders
from tests.waiting import wait_for_log, wait_until


def ask_five(telegram: FakeTelegram) -> list[Chat]:
    """Let five people ask at once; return their chats."""
    chats = [telegram.private() for _ in range(5)]
    for chat in chats:
        telegram.say(QUESTION, chat=chat)
    return chats


def answered(telegram: FakeTelegram, chats: list[Chat]) -> bool:
    """Whether every chat got its answer."""
    return all(
        any(message["text"].startswith(ANSWER) for message in telegram.sent(chat.id))
        for chat in chats
    )


def test_a_kill_in_the_middle_loses_no_question(telegram: FakeTelegram, bot: BotProcess) -> None:
    """Questions that came just before SIGKILL are answered by the next process, each once."""
    bot.start()
    telegram.faults.add("429", "sendMessage", retry_after=60)
    chats = ask_five(telegram)
    telegram.wait_for(
        lambda: sum(call.fault == "429" for call in telegram.calls) >= 5, what="five tries"
    )
    bot.kill()
    telegram.faults.clear()
    bot.start()
    telegram.wait_for(lambda: answered(telegram, chats))
    telegram.wait_idle()
    assert [len(telegram.sent(chat.id)) for chat in chats] == [1] * 5


def test_what_was_answered_before_a_kill_is_not_answered_again(
    telegram: FakeTelegram, bot: BotProcess, tmp_path: Path
) -> None:
    """The next process knows which unconfirmed updates were already answered."""
    bot.start()
    chat = telegram.private()
    telegram.faults.add("502", "getUpdates")  # so that nothing is confirmed
    telegram.say(QUESTION, chat=chat)
    wait_for_log(bot, "outcome=answered")
    wait_until(lambda: not holders(tmp_path, QUESTION))  # deleted when it is recorded as done
    bot.kill()
    assert telegram.updates.pending
    telegram.faults.clear()
    bot.start()
    telegram.reply_to(telegram.say(QUESTION, chat=chat))
    telegram.wait_idle()
    assert len(telegram.sent(chat.id)) == 2


def test_two_signals_in_the_middle_of_a_batch_stop_it_cleanly(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """The first SIGTERM lets the batch finish and the second changes nothing."""
    bot.start()
    telegram.faults.add("slow", "sendMessage", delay=0.5)
    chats = ask_five(telegram)
    telegram.wait_for(lambda: sum(call.fault == "slow" for call in telegram.calls) == 5)
    bot.terminate()
    bot.terminate()
    assert bot.wait() == 0
    assert answered(telegram, chats)
    assert not telegram.updates.pending
    assert [len(telegram.sent(chat.id)) for chat in chats] == [1] * 5


def test_temporary_faults_lose_no_answer(telegram: FakeTelegram, bot: BotProcess) -> None:
    """Throttling, server errors and broken connections only delay answers."""
    bot.start()
    kinds: tuple[FaultKind, ...] = ("429", "502", "500", "drop before")
    for kind in kinds:
        telegram.faults.add(kind, "sendMessage", times=1)
        telegram.faults.add(kind, "getUpdates", times=1)
    chats = ask_five(telegram)
    telegram.wait_for(lambda: answered(telegram, chats))
    telegram.wait_idle()
    assert [len(telegram.sent(chat.id)) for chat in chats] == [1] * 5
    assert telegram.violations == []


def test_only_the_unreadable_update_is_skipped(telegram: FakeTelegram, bot: BotProcess) -> None:
    """A malformed update is not retried and does not affect the others."""
    bot.start()
    for garbage in ({}, {"message_id": 1}, {"message_id": "x", "date": 0, "chat": {"id": [1]}}):
        telegram.publish({"message": garbage})
    asked = telegram.say(QUESTION)
    assert telegram.reply_to(asked)["text"].startswith(ANSWER)
    telegram.wait_idle()
    assert bot.log.count("cannot be read") == 3


def test_a_question_from_a_chat_that_blocked_the_bot_is_dropped(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """The refusal is logged once and the call is not retried."""
    bot.start()
    chat = telegram.private()
    chat.is_blocked = True
    telegram.say(QUESTION, chat=chat)
    wait_for_log(bot, "outcome=forbidden")
    telegram.wait_idle()
    assert sum(call.method == "sendMessage" for call in telegram.calls) == 1


def test_a_button_too_old_to_answer_is_dropped(telegram: FakeTelegram, bot: BotProcess) -> None:
    """An expired query is not an error and does not affect later updates."""
    bot.start()
    asked = telegram.say(QUESTION)
    reply = telegram.reply_to(asked)
    telegram.wait_idle()
    telegram.expire(telegram.press(reply["reply_markup"]["inline_keyboard"][0][0]["text"], reply))
    wait_for_log(bot, "outcome=expired")
    assert " ERROR bot" not in bot.log
    assert telegram.reply_to(telegram.say(QUESTION))


def test_a_throttled_chat_delays_no_other(telegram: FakeTelegram, bot: BotProcess) -> None:
    """While one has to wait, others are answered, all is confirmed, and a kill loses nothing."""
    bot.start()
    telegram.faults.add("429", "sendMessage", times=1, retry_after=55)
    slow, quick = telegram.private(), telegram.private()
    telegram.say(QUESTION, chat=slow)
    telegram.wait_for(lambda: any(call.fault == "429" for call in telegram.calls))
    telegram.reply_to(telegram.say(QUESTION, chat=quick))
    assert not telegram.sent(slow.id)
    telegram.wait_for(lambda: not telegram.updates.pending, what="the confirmation")
    bot.kill()
    bot.start()
    telegram.wait_for(lambda: answered(telegram, [slow]), what="the answer that was waiting")
    telegram.wait_idle()
    bot.terminate()
    assert bot.wait() == 0
    assert len(telegram.sent(slow.id)) == 1


def test_questions_in_a_chat_are_answered_in_order(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """Faults may delay answers but never reorder them."""
    bot = make_bot(SEND_LIMITS="false").start()
    telegram.faults.add("502", "sendMessage", probability=0.3)
    chat = telegram.private()
    for _ in range(4):
        telegram.say(QUESTION, chat=chat)
        telegram.say("How long do the works take?", chat=chat)
    telegram.wait_for(lambda: len(telegram.sent(chat.id)) == 8, what="eight answers")
    starts = [message["text"].startswith(ANSWER) for message in telegram.sent(chat.id)]
    assert starts == [True, False] * 4
    assert bot.is_running()
