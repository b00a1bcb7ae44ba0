"""Answers in chats that the bot is not in: inline queries and guest queries."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge import Knowledge, load_knowledge
from tests.fake_telegram import BotProcess, FakeTelegram, Json
from tests.fake_telegram.formatting import parse_html
from tests.paths import BRIDGE

WELCOME = "I answer questions about one article"
CLOSING = "The old harbour bridge was to close to cars on 12 April 2021"
PASSAGE = "The Lindholm town council will close the old harbour bridge to cars on April 12"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The article about a bridge."""
    return load_knowledge(BRIDGE)


def answered(telegram: FakeTelegram, query_id: str) -> Json:
    """Wait for the answer to a query."""
    found = telegram.wait_for(lambda: telegram.answer_to(query_id), what="answer to a query")
    assert found is not None
    return found


def results(telegram: FakeTelegram, query: str, offset: str = "") -> list[Json]:
    """The results of an inline query."""
    found: list[Json] = answered(telegram, telegram.inline(query, offset=offset))["results"]
    return found


def quotes(result: Json) -> list[str]:
    """The passages in the message that a result sends."""
    text, entities = parse_html(result["input_message_content"]["message_text"])
    spans = [e for e in entities if e["type"].endswith("blockquote")]
    return [text[e["offset"] : e["offset"] + e["length"]] for e in spans]


def urls(result: Json) -> list[str]:
    """The URLs of a result's buttons."""
    rows = result.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["url"] for row in rows for button in row]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("bridge close", "When does the bridge close?"),
        ("wen is teh brigde shut", "When does the bridge close?"),
        ("how long do the works take", "How long do the works take?"),
        ("who is the contractor", "Which company repairs the bridge?"),
        (
            "when does the bridge close? are bikes allowed?",
            "When does the bridge close? · Can people still cross on foot or by bicycle?",
        ),
    ],
)
def test_the_best_answers_come_with_their_passages(
    town: FakeTelegram, knowledge: Knowledge, query: str, title: str
) -> None:
    """The first result is the answer, and every result quotes the article."""
    found = results(town, query)
    assert found[0]["title"] == title
    for result in found:
        assert result["type"] == "article"
        assert quotes(result)
        for quote in quotes(result):
            assert quote in knowledge.article.text


@pytest.mark.parametrize("query", ["", "   ", "hello", "zebra quagga", "@TreatyBot", "👍"])
def test_without_an_answer_the_topics_are_offered(town: FakeTelegram, query: str) -> None:
    """Empty queries, greetings and unknown words list the topics with links to their answers."""
    found = results(town, query)
    assert [result["title"] for result in found] == ["The works", "The dispute"]
    assert "https://t.me/TreatyBot?start=closing-date" in urls(found[0])


def test_results_are_cached_for_everybody(town: FakeTelegram) -> None:
    """Telegram may cache them for hours; a button leads to the private chat."""
    answer = answered(town, town.inline("bridge"))
    assert answer["cache_time"] >= 3600
    assert not answer.get("is_personal", False)
    assert answer["button"]["start_parameter"]


ODD = [
    "?" * 256,
    "<b>&amp;<i>" * 23,
    "close " * 42,
    "\N{FAMILY}" * 128,
    "e\u0301\u0323" * 85,
    "\u202eesolc egdirb eht seod nehw\u202c" * 9,
    "\x00\x07\x1b" * 85,
    "日本語の質問" * 42,
    "%s{0}$(rm)';--" * 18,
    "9" * 256,
    "a" * 256,
    "when does the bridge close " * 9,
]


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
def test_odd_queries_are_harmless(town: FakeTelegram, query: str) -> None:
    """256 odd characters get results or topics with distinct ids, never an error."""
    found = results(town, query[:256])
    ids = [result["id"] for result in found]
    assert len(set(ids)) == len(ids) > 0
    assert all(1 <= len(result_id.encode()) <= 64 for result_id in ids)


@pytest.mark.parametrize("offset", ["50", "-1", "²", "next", "0" * 64, "💥"])
def test_odd_offsets_are_the_end_of_the_list(town: FakeTelegram, offset: str) -> None:
    """All results come on the first page, so any other offset is empty."""
    assert results(town, "bridge close", offset) == []


def test_a_chosen_result_is_not_a_question(town: FakeTelegram) -> None:
    """A message posted via the bot gets no reply."""
    user, group = town.user(), town.group()
    query = town.inline("when does the bridge close", user)
    first = answered(town, query)["results"][0]["id"]
    chosen = town.choose(query, first, group, user)
    town.wait_idle()
    assert CLOSING in chosen["text"]
    assert town.replies_to(chosen) == []


def test_ids_change_with_knowledge(tmp_path: Path, reload: Callable[[BotProcess], None]) -> None:
    """After a reload, results have new ids."""
    folder = tmp_path / "knowledge"
    shutil.copytree(BRIDGE, folder)
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(folder)}
    with FakeTelegram() as telegram, BotProcess(telegram, tmp_path, env=env) as process:
        process.start()
        before = {result["id"] for result in results(telegram, "bridge close")}
        answers = folder / "answers.yaml"
        answers.write_text(answers.read_text("utf-8").replace("of rust", "of the rust"), "utf-8")
        reload(process)
        after = {result["id"] for result in results(telegram, "bridge close")}
        assert not before & after
        assert telegram.violations == []


MENTION = "@TreatyBot when does the bridge close?"
SAID = {
    "message_id": 5,
    "date": 1,
    "chat": {"id": -9, "type": "supergroup"},
    "from": {"id": 6, "is_bot": False, "first_name": "Bob"},
    "text": "when does the bridge close?",
}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": MENTION}, CLOSING),
        ({"text": "when does the bridge close, @tReAtYbOt"}, CLOSING),
        ({"caption": MENTION, "photo": []}, CLOSING),
        ({"text": MENTION, "chat": {"id": 4, "type": "private"}}, CLOSING),
        ({"text": "@TreatyBot", "reply_to_message": SAID}, CLOSING),
        ({"text": "@TreatyBot"}, WELCOME),
        ({"text": "@TreatyBot", "reply_to_message": SAID | {"text": "😀 @x"}}, "couldn't find"),
        ({"text": "@TreatyBot", "reply_to_message": SAID | {"text": "😀 !?"}}, WELCOME),
        ({"text": "@TreatyBot hello"}, "Hello. Ask me about the bridge."),
        ({"text": "@TreatyBot who is the contractor?"}, "doesn't say which company"),
        ({"text": "@TreatyBot zebra quagga"}, "couldn't find"),
    ],
)
def test_a_guest_query_gets_one_answer(
    town: FakeTelegram, fields: dict[str, Any], said: str
) -> None:
    """Mentioned in a chat it is not in, the bot answers there; all its buttons are links."""
    answer = answered(town, town.guest(**fields))
    text, _ = parse_html(answer["result"]["input_message_content"]["message_text"])
    assert said in text
    assert all(url.startswith("https://t.me/") for url in urls(answer["result"]))
    if said == CLOSING:
        assert quotes(answer["result"]) == [PASSAGE]


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"id": 77, "is_bot": True, "first_name": "Other", "username": "other_bot"}},
        {"is_automatic_forward": True},
    ],
)
def test_bots_and_forwards_are_ignored(town: FakeTelegram, fields: dict[str, Any]) -> None:
    """A mention by another bot is not answered, so two bots never talk to each other forever."""
    query = town.guest(MENTION, **fields)
    town.wait_idle()
    assert town.answer_to(query) is None


def test_an_expired_query_does_no_harm(town: FakeTelegram) -> None:
    """An expired inline or guest query is skipped, and the next one is answered."""
    with town.lock:  # before the bot sees them
        for query in (town.inline("bridge"), town.guest(MENTION)):
            town.expire(query)
    assert results(town, "bridge close")


def test_what_is_denied_is_not_offered_as_an_answer(town: FakeTelegram) -> None:
    """The title says that the date is wrong, before what the article does say."""
    first, *_ = results(town, "does the bridge close on 5 June 2021?")
    assert first["title"].startswith("The article doesn't give that date for it.")
