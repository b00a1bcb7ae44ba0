"""The figures for Prometheus, scraped from the real process as Prometheus does."""

import json
import re
import socket
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import ROOT

BRIDGE = str(ROOT / "tests" / "bridge")
QUESTION = "when does the bridge close?"


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def bot_with(telegram: FakeTelegram, folder: Path, **env: str) -> BotProcess:
    """Make a bot that serves figures, not yet started."""
    known: dict[str, str | None] = {"KNOWLEDGE_DIR": BRIDGE, "METRICS_PORT": str(free_port())}
    return BotProcess(telegram, folder, env={**known, **env})


def page(bot: BotProcess) -> str:
    """The figures as served."""
    return httpx.get(f"http://127.0.0.1:{bot.env['METRICS_PORT']}/metrics").text


def figures(bot: BotProcess) -> dict[str, float]:
    """Each figure by its name, with its labels as in `name{outcome=answered}`."""
    return {
        sample.name + "".join(f"{{{key}={value}}}" for key, value in sample.labels.items()):
            sample.value
        for family in text_string_to_metric_families(page(bot))
        for sample in family.samples
    }  # fmt: skip


def wait_for_figure(bot: BotProcess, name: str, least: float) -> dict[str, float]:
    """Scrape until a figure is so high: an update ends a moment after its reply was sent."""
    deadline = time.monotonic() + 30
    while (found := figures(bot)).get(name, 0.0) < least:
        assert time.monotonic() < deadline, found
    return found


def test_updates_are_counted_by_outcome_and_timed(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Two questions are two updates answered, each with its latency; none is left waiting."""
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        for text in (QUESTION, "how long do the works take?"):
            telegram.reply_to(telegram.say(text))
        told = wait_for_figure(bot, "treaty_bot_update_seconds_count", 2)
        assert told["treaty_bot_updates_total{outcome=answered}"] == 2
        assert told["treaty_bot_update_seconds_bucket{le=+Inf}"] == 2
        assert 0 < told["treaty_bot_update_seconds_sum"] < 60
        assert told["treaty_bot_updates_waiting"] == 0
        assert told["treaty_bot_oldest_update_seconds"] == 0
        assert told["process_resident_memory_bytes"] > 0
        bot.terminate()
        assert bot.wait() == 0


def test_retries_and_the_waiting_update_show(telegram: FakeTelegram, tmp_path: Path) -> None:
    """While Telegram fails, the retries grow and the update's age with them."""
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        telegram.faults.add("500", "sendMessage", times=2)
        question = telegram.say(QUESTION)
        told = wait_for_figure(bot, "treaty_bot_retries_total{method=sendMessage}", 1)
        assert told["treaty_bot_updates_waiting"] == 1
        assert told["treaty_bot_oldest_update_seconds"] > 0
        assert telegram.reply_to(question)
        told = wait_for_figure(bot, "treaty_bot_update_seconds_count", 1)
        assert told["treaty_bot_retries_total{method=sendMessage}"] == 2
        assert told["treaty_bot_updates_waiting"] == 0


def test_no_figure_tells_of_a_person_or_a_chat(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Neither names nor ids nor words of people are in the figures; nor is the token."""
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        person = telegram.user("Zebedee", username="zebedee_quux")
        group = telegram.group("Quuxreaders")
        telegram.reply_to(telegram.say(f"{QUESTION} xyzzy", user=person))
        telegram.reply_to(telegram.say(f"/ask {QUESTION}", user=person, chat=group))
        wait_for_figure(bot, "treaty_bot_update_seconds_count", 2)
        served = page(bot)
        labels = set(re.findall(r'(\w+)="', served))
        secret = telegram.token.partition(":")[2]
        for told in ("Zebedee", "quux", "xyzzy", str(person.id), str(group.id), secret):
            assert told.casefold() not in served.casefold()
        assert labels <= {"outcome", "method", "le", "generation", "implementation", "major",
                          "minor", "patchlevel", "version"}  # fmt: skip


def test_by_webhook_too(telegram: FakeTelegram, tmp_path: Path) -> None:
    """An update handed back to Telegram waits there, not here."""
    port = str(free_port())
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/updates", "WEBHOOK_PORT": port}
    with bot_with(telegram, tmp_path, **hook) as bot:
        bot.start()
        telegram.faults.add("500", "sendMessage", times=4)  # all the tries of one call
        question = telegram.say(QUESTION)
        told = wait_for_figure(bot, "treaty_bot_retries_total{method=update}", 1)
        assert telegram.reply_to(question)
        told = wait_for_figure(bot, "treaty_bot_updates_total{outcome=answered}", 1)
        assert told["treaty_bot_updates_waiting"] == 0


def test_without_the_setting_nothing_listens(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Off by default."""
    with bot_with(telegram, tmp_path) as bot:
        port = bot.env.pop("METRICS_PORT")
        bot.start()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/metrics")


def test_a_port_in_use_is_one_clear_message(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Status 2, the variable's name, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with bot_with(telegram, tmp_path, METRICS_PORT=port) as bot:
            bot.start(ready=False)
            assert bot.wait() == 2
            assert "METRICS_PORT: cannot listen on 127.0.0.1" in bot.log
            assert "Traceback" not in bot.log


def test_the_dashboard_shows_figures_that_there_are(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Each figure that a panel asks for is served, once there was something to count."""
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text("utf-8"))
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
    asked = set(re.findall(r"(?:treaty_bot|process)_\w+", " ".join(expressions)))
    assert len(asked) >= 6
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        telegram.faults.add("500", "sendMessage", times=1)
        telegram.reply_to(telegram.say(QUESTION))
        told = wait_for_figure(bot, "treaty_bot_update_seconds_count", 1)
        assert asked <= {name.partition("{")[0] for name in told}
