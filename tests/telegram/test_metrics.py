"""The Prometheus metrics, scraped from the real process."""

import json
import re
import shutil
import socket
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE, ROOT
from tests.telegram.processes import free_port
from tests.waiting import wait_until

QUESTION = "when does the bridge close?"


def bot_with(telegram: FakeTelegram, folder: Path, **env: str) -> BotProcess:
    """Make a bot that serves metrics, not yet started."""
    port = str(free_port())
    defaults: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE), "METRICS_PORT": port}
    return BotProcess(telegram, folder, env={**defaults, **env})


def page(bot: BotProcess) -> str:
    """The page of metrics."""
    return httpx.get(f"http://127.0.0.1:{bot.env['METRICS_PORT']}/metrics").text


def metrics(bot: BotProcess) -> dict[str, float]:
    """The values by name and labels, as in `name{outcome=answered}`."""
    return {
        sample.name + "".join(f"{{{key}={value}}}" for key, value in sample.labels.items()):
            sample.value
        for family in text_string_to_metric_families(page(bot))
        for sample in family.samples
    }  # fmt: skip


def wait_for_metric(bot: BotProcess, name: str, least: float) -> dict[str, float]:
    """Scrape until a metric is at least `least`: a reply is sent before its update is counted."""

    def found() -> dict[str, float] | None:
        values = metrics(bot)
        return values if values.get(name, 0.0) >= least else None

    return wait_until(found, lambda: metrics(bot))


def test_updates_are_counted_by_outcome_and_timed(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Two questions count as two answered updates with latencies, and none is waiting."""
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        for text in (QUESTION, "how long do the works take?"):
            telegram.reply_to(telegram.say(text))
        values = wait_for_metric(bot, "treaty_bot_update_seconds_count", 2)
        assert values["treaty_bot_updates_total{outcome=answered}"] == 2
        assert values["treaty_bot_update_seconds_bucket{le=+Inf}"] == 2
        assert 0 < values["treaty_bot_update_seconds_sum"] < 60
        assert values["treaty_bot_updates_waiting"] == 0
        assert values["treaty_bot_oldest_update_seconds"] == 0
        assert values["process_resident_memory_bytes"] > 0
        bot.terminate()
        assert bot.wait() == 0


def test_retries_and_waiting_updates_are_counted(telegram: FakeTelegram, tmp_path: Path) -> None:
    """While Telegram fails, the retries and the age of the waiting update grow."""
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        telegram.faults.add("500", "sendMessage", times=2)
        question = telegram.say(QUESTION)
        values = wait_for_metric(bot, "treaty_bot_retries_total{method=sendMessage}", 1)
        assert values["treaty_bot_updates_waiting"] == 1
        assert values["treaty_bot_oldest_update_seconds"] > 0
        assert telegram.reply_to(question)
        values = wait_for_metric(bot, "treaty_bot_update_seconds_count", 1)
        assert values["treaty_bot_retries_total{method=sendMessage}"] == 2
        assert values["treaty_bot_updates_waiting"] == 0


def test_the_version_of_the_knowledge_and_a_refused_edit(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """A refused edit leaves the version as it was, and sets the time of the last refusal."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    with bot_with(telegram, tmp_path, KNOWLEDGE_DIR=str(folder)) as bot:
        bot.start()
        telegram.reply_to(telegram.say(QUESTION))
        before = metrics(bot)
        assert any(name.startswith("treaty_bot_knowledge_info{version=") for name in before)
        assert before["treaty_bot_refused_edit_timestamp_seconds"] == 0
        (folder / "answers.yaml").write_text("topics: 3", encoding="utf-8")
        after = wait_for_metric(bot, "treaty_bot_refused_edit_timestamp_seconds", 1)
        assert {name for name in before if "_info{version" in name} <= set(after)


def test_no_metric_identifies_a_person_or_a_chat(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Names, ids, texts and the token do not appear in the metrics."""
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        person = telegram.user("Zebedee", username="zebedee_quux")
        group = telegram.group("Quuxreaders")
        telegram.reply_to(telegram.say(f"{QUESTION} xyzzy", user=person))
        telegram.reply_to(telegram.say(f"/ask {QUESTION}", user=person, chat=group))
        wait_for_metric(bot, "treaty_bot_update_seconds_count", 2)
        served = page(bot)
        labels = set(re.findall(r'(\w+)="', served))
        secret = telegram.token.partition(":")[2]
        for private in ("Zebedee", "quux", "xyzzy", str(person.id), str(group.id), secret):
            assert private.casefold() not in served.casefold()
        assert labels <= {"outcome", "method", "le", "generation", "implementation", "major",
                          "minor", "patchlevel", "version"}  # fmt: skip


def test_updates_handed_back_by_webhook_are_not_waiting(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """An update handed back to Telegram no longer counts as waiting."""
    port = str(free_port())
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/updates", "WEBHOOK_PORT": port}
    with bot_with(telegram, tmp_path, **hook) as bot:
        bot.start()
        telegram.faults.add("500", "sendMessage", times=4)  # all tries of one call
        question = telegram.say(QUESTION)
        values = wait_for_metric(bot, "treaty_bot_retries_total{method=update}", 1)
        assert telegram.reply_to(question)
        values = wait_for_metric(bot, "treaty_bot_updates_total{outcome=answered}", 1)
        assert values["treaty_bot_updates_waiting"] == 0


def test_without_the_setting_nothing_listens(telegram: FakeTelegram, tmp_path: Path) -> None:
    """Metrics are off by default."""
    with bot_with(telegram, tmp_path) as bot:
        port = bot.env.pop("METRICS_PORT")
        bot.start()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/metrics")


def test_a_port_in_use_is_one_clear_message(telegram: FakeTelegram, tmp_path: Path) -> None:
    """The process exits with status 1, since that may pass, and names the variable."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with bot_with(telegram, tmp_path, METRICS_PORT=port) as bot:
            bot.start(ready=False)
            assert bot.wait() == 1
            assert "METRICS_PORT: cannot listen on 127.0.0.1" in bot.log
            assert "Traceback" not in bot.log


def test_the_dashboard_and_the_alerts_use_existing_metrics(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """Every metric that a panel or a rule asks for is served."""
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text("utf-8"))
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
    (alerts,) = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in alerts["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        expressions.append(rule["expr"])
    asked = set(re.findall(r"(?:treaty_bot|process)_\w+", " ".join(expressions)))
    assert len(asked) >= 6
    with bot_with(telegram, tmp_path) as bot:
        bot.start()
        telegram.faults.add("500", "sendMessage", times=1)
        telegram.reply_to(telegram.say(QUESTION))
        values = wait_for_metric(bot, "treaty_bot_update_seconds_count", 1)
        assert asked <= {name.partition("{")[0] for name in values}
