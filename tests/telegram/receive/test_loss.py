from tests.fake_telegram import BotProcess, Chat, FakeTelegram
from tests.fake_telegram.faults import Kind
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, wait_for_log


def ask_five(telegram: FakeTelegram) -> list[Chat]:
    """Let five people ask at once; return their chats."""
    chats = [telegram.private() for _ in range(5)]
    for chat in chats:
        telegram.say(QUESTION, chat=chat)
    return chats


def answered(telegram: FakeTelegram, chats: list[Chat]) -> bool:
    """Whether each chat got its answer."""
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
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """An answer that went out but was not yet confirmed is known to the next process."""
    bot.start()
    chat = telegram.private()
    telegram.faults.add("502", "getUpdates")  # so that nothing is confirmed
    telegram.say(QUESTION, chat=chat)
    wait_for_log(bot, "outcome=answered")
    bot.kill()
    assert telegram.updates.pending
    telegram.faults.clear()
    bot.start()
    telegram.reply_to(telegram.say(QUESTION, chat=chat))
    telegram.wait_idle()
    assert len(telegram.sent(chat.id)) == 2


def test_two_signals_in_the_middle_of_a_batch_end_well(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """The first SIGTERM lets the batch finish, the second changes nothing; status 0."""
    bot.start()
    telegram.faults.add("slow", "sendMessage", delay=0.5)
    chats = ask_five(telegram)
    telegram.wait_for(lambda: any(call.fault == "slow" for call in telegram.calls))
    bot.terminate()
    bot.terminate()
    assert bot.wait() == 0
    assert answered(telegram, chats)
    assert not telegram.updates.pending
    assert [len(telegram.sent(chat.id)) for chat in chats] == [1] * 5


def test_every_passing_fault_is_outlived(telegram: FakeTelegram, bot: BotProcess) -> None:
    """Throttling, server faults and broken connections delay an answer; none is lost."""
    bot.start()
    kinds: tuple[Kind, ...] = ("429", "502", "500", "drop before")
    for kind in kinds:
        telegram.faults.add(kind, "sendMessage", times=1)
        telegram.faults.add(kind, "getUpdates", times=1)
    chats = ask_five(telegram)
    telegram.wait_for(lambda: answered(telegram, chats))
    telegram.wait_idle()
    assert [len(telegram.sent(chat.id)) for chat in chats] == [1] * 5
    assert telegram.violations == []


def test_an_unreadable_update_is_skipped_alone(telegram: FakeTelegram, bot: BotProcess) -> None:
    """One malformed update in a batch costs nobody else an answer, and nothing loops."""
    bot.start()
    for rubbish in ({}, {"message_id": 1}, {"message_id": "x", "date": 0, "chat": {"id": [1]}}):
        telegram.publish({"message": rubbish})
    asked = telegram.say(QUESTION)
    assert telegram.reply_to(asked)["text"].startswith(ANSWER)
    telegram.wait_idle()
    assert bot.log.count("cannot be read") == 3


def test_a_chat_that_blocked_the_bot_is_acknowledged(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """A hopeless refusal is told once in the log and tried no more."""
    bot.start()
    chat = telegram.private()
    chat.is_blocked = True
    telegram.say(QUESTION, chat=chat)
    wait_for_log(bot, "outcome=forbidden")
    telegram.wait_idle()
    assert sum(call.method == "sendMessage" for call in telegram.calls) == 1


def test_a_button_too_old_to_answer_is_dropped(telegram: FakeTelegram, bot: BotProcess) -> None:
    """An expired query is no error, and the others go on."""
    bot.start()
    asked = telegram.say(QUESTION)
    reply = telegram.reply_to(asked)
    telegram.wait_idle()
    telegram.expire(telegram.press(reply["reply_markup"]["inline_keyboard"][0][0]["text"], reply))
    wait_for_log(bot, "outcome=expired")
    assert " ERROR bot" not in bot.log
    assert telegram.reply_to(telegram.say(QUESTION))


def test_a_throttled_chat_holds_up_nobody(telegram: FakeTelegram, bot: BotProcess) -> None:
    """While Telegram throttles one chat, another one's question is answered and confirmed."""
    bot.start()
    telegram.faults.add("429", "sendMessage", times=1, retry_after=55)
    slow, quick = telegram.private(), telegram.private()
    telegram.say(QUESTION, chat=slow)
    telegram.wait_for(lambda: any(call.fault == "429" for call in telegram.calls))
    telegram.reply_to(telegram.say(QUESTION, chat=quick))
    assert not telegram.sent(slow.id)
    # What takes long is put aside after a few seconds, so that Telegram hands out the others.
    telegram.wait_idle()
    bot.kill()
    bot.start()
    telegram.wait_for(lambda: answered(telegram, [slow]), what="the answer put aside")
    wait_for_log(bot, "outcome=answered", times=2)
    bot.terminate()
    assert bot.wait() == 0
    assert len(telegram.sent(slow.id)) == 1


def test_in_a_chat_questions_are_answered_in_order(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """Faults may delay answers but never swap them."""
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
