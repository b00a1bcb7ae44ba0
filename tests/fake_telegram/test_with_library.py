from pathlib import Path

from tests.fake_telegram import BotProcess, FakeTelegram

ECHO = ("-m", "tests.fake_telegram.echo_bot")


def test_library_echo_bot_answers_in_its_own_process(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """A plain python-telegram-bot process polls the fake and answers every message."""
    with BotProcess(telegram, tmp_path, command=ECHO) as bot:
        bot.start()
        questions = [telegram.say(f"question {i}") for i in range(20)]
        answers = [telegram.reply_to(question)["text"] for question in questions]
        telegram.wait_idle()
        bot.terminate()
        assert bot.wait() == 0
    assert answers == [f"question {i}" for i in range(20)]
    assert telegram.violations == []
