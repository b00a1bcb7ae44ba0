"""Reading the article: pages, passages, and passages inside their paragraphs."""

import shutil
from operator import mul
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answerer
from bot.knowledge import Article, Knowledge, default_folder, load_knowledge
from bot.telegram.messages import article as pages
from bot.telegram.messages.buttons import PAGE
from bot.telegram.messages.replies import render
from tests.fake_telegram import FakeTelegram, Json
from tests.fake_telegram.formatting import parse_html
from tests.paths import BRIDGE

TOWN = load_knowledge(BRIDGE)
TREATY = load_knowledge(default_folder())
ANSWERER = Answerer(TREATY)
OLD = "This button is from an older version. Please ask again."


def buttons(message: Json) -> list[str]:
    """The labels below a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def links(message: Json) -> dict[str, str]:
    """The links of a message: linked words to URL."""
    text, entities = message["text"], message.get("entities", [])
    spans = [e for e in entities if e["type"] == "text_link"]
    return {text[e["offset"] : e["offset"] + e["length"]]: e["url"] for e in spans}


def pressed(telegram: FakeTelegram, button: str, message: Json, *, forged: bool = False) -> str:
    """Press a button and return the text of the notice."""
    query = telegram.press(button, message, forged=forged)
    answer = telegram.wait_for(lambda: telegram.answer_to(query), what="answer to a button")
    assert answer is not None
    notice: str = answer.get("text", "")
    return notice


def test_source_is_read_page_by_page_in_one_message(treaty: FakeTelegram) -> None:
    """Next and Previous turn the page in place; every paragraph comes once, in order."""
    shown = treaty.reply_to(treaty.say("/source"))
    first = shown["text"]
    read = [first]
    while "Next ▶" in buttons(shown):
        assert pressed(treaty, "Next ▶", shown) == ""
        (shown,) = treaty.sent(shown["chat"]["id"])
        read.append(shown["text"])
    assert len(read) > 2
    paragraphs = [f"p{p.number} {p.text}" for p in TREATY.article.paragraphs]
    found = [part for text in read for part in text.split("\n\n") if part[1:2].isdigit()]
    assert found == paragraphs
    assert buttons(shown) == ["◀ Previous"]
    pressed(treaty, "◀ Previous", shown)
    assert treaty.sent(shown["chat"]["id"])[0]["text"] == read[-2]


def test_source_begins_with_the_article_data(treaty: FakeTelegram) -> None:
    """It shows title, publisher, place, date and the knowledge version."""
    text = treaty.reply_to(treaty.say("/source"))["text"]
    source = TREATY.source
    for part in (source.title, source.publisher, source.place, "5 July 2019", TREATY.version):
        assert part in text


def test_a_source_without_a_place_has_none(tmp_path: Path) -> None:
    """Rules and press notices have no dateline."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    file = folder / "source.yaml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(x for x in lines if not x.startswith("place:")), encoding="utf-8")
    knowledge = load_knowledge(folder)
    assert f"\n{TOWN.source.publisher}, 3 March 2021\n" in pages.source(knowledge, "TownBot").html


def test_passage_numbers_are_links(treaty: FakeTelegram) -> None:
    """Each number on a page opens that passage."""
    found = links(treaty.reply_to(treaty.say("/source")))
    assert found["p1"] == "https://t.me/TreatyBot?start=p1"
    assert set(found) == {"p1", "p2", "p3"}


@pytest.mark.parametrize("data", ["p:0", "p:99", "p:007x", "p:-1", "p:", "c:", "c:no-such-entry"])
def test_buttons_of_another_version_say_so(town: FakeTelegram, data: str) -> None:
    """Missing pages or entries and made-up data get a notice and change nothing."""
    shown = town.reply_to(town.say("/source"))
    assert pressed(town, data, shown, forged=True) == OLD
    assert town.sent(shown["chat"]["id"]) == [shown]


def test_turning_to_the_current_page_is_not_an_error(treaty: FakeTelegram) -> None:
    """After two quick presses, the second finds nothing to change."""
    shown = treaty.reply_to(treaty.say("/source"))
    pressed(treaty, "Next ▶", shown)
    assert pressed(treaty, "p:2", shown, forged=True) == ""


def test_no_answer_can_be_turned_into_a_page(town: FakeTelegram) -> None:
    """A client can send any data about somebody else's answer."""
    answer = town.reply_to(town.say("how long do the works take?"))
    assert pressed(town, "p:1", answer, forged=True) == OLD
    assert town.sent(answer["chat"]["id"]) == [answer]


def test_pages_turn_in_place_in_a_group(treaty: FakeTelegram) -> None:
    """In a group the source is a reply, and its pages turn in place for everybody."""
    group, bob = treaty.group(), treaty.user("Bob")
    asked = treaty.say("/source@TreatyBot", chat=group)
    shown = treaty.reply_to(asked)
    assert shown["reply_to_message"]["message_id"] == asked["message_id"]
    query = treaty.press("Next ▶", shown, bob)
    treaty.wait_for(lambda: treaty.answer_to(query))
    assert "page 2" in treaty.sent(group.id)[0]["text"]
    assert len(treaty.sent(group.id)) == 1


def test_in_context_marks_the_passage(town: FakeTelegram) -> None:
    """The paragraph is shown, with the passage in bold and marked in words."""
    answer = town.reply_to(town.say("how long do the works take?"))
    assert pressed(town, "Context", answer) == ""
    shown = town.sent(answer["chat"]["id"])[-1]
    text = shown["text"]
    passage = "The works will take nine weeks and cost 2.4 million crowns."
    assert f"p3 [passage:] {passage} [end of passage] Cyclists and walkers" in text
    assert "In context: How long do the works take?" in text
    for kind in ("bold", "underline"):
        (mark,) = (e for e in shown["entities"] if e["type"] == kind)
        assert text[mark["offset"] : mark["offset"] + mark["length"]] == passage
    assert links(shown)["p3"] == "https://t.me/TreatyBot?start=p3"


@pytest.mark.parametrize(
    ("knowledge", "entry"),
    [
        pytest.param(knowledge, entry, id=f"{knowledge.version}-{entry}")
        for knowledge in (TREATY, TOWN)
        for entry in knowledge.entries
    ],
)
def test_every_entry_has_its_passages_marked(knowledge: Knowledge, entry: str) -> None:
    """All passages are marked; without the marks, each paragraph is that of the article."""
    shown = pages.in_context(knowledge, entry, "TreatyBot")
    citations = knowledge.entries[entry].citations
    if not citations:
        assert shown is None
        return
    assert shown is not None
    text, _ = parse_html(shown.html)
    marked = " ".join(part.partition(" [end of passage]")[0] for part in text.split("[passage:] "))
    plain = text.replace("[passage:] ", "").replace(" [end of passage]", "")
    for citation in citations:
        paragraph = knowledge.article.paragraphs[citation.paragraph - 1]
        assert f"p{citation.paragraph} {paragraph.text}" in plain
        assert citation.quote in marked
    assert len(text.encode("utf-16-le")) // 2 <= 4096


@pytest.mark.parametrize("entry", TREATY.entries)
def test_every_answer_reads_well_aloud(entry: str) -> None:
    """Links and buttons are labelled in words; long passages are folded."""
    reply = ANSWERER.open(entry)
    assert reply is not None
    shown = render(reply, TREATY, "TreatyBot")
    text, entities = parse_html(shown.html)
    quoted = [e for e in entities if e["type"].endswith("blockquote")]
    passages = [text[e["offset"] : e["offset"] + e["length"]] for e in quoted]
    assert passages == [citation.quote for citation in TREATY.entries[entry].citations]
    for passage, mark in zip(passages, quoted, strict=True):
        assert (mark["type"] == "expandable_blockquote") == (len(passage) > 220)
    if quoted:
        is_silent = TREATY.entries[entry].is_silent
        assert ("\nThe closest it comes:\n" in text) == is_silent
        assert text[quoted[-1]["offset"] + quoted[-1]["length"]] == "\n"
    labels = [button["text"] for row in shown.rows for button in row]
    assert all(any(letter.isalpha() for letter in label) for label in labels)
    assert len(set(labels)) == len(labels)


WORDS = st.text(st.sampled_from('ab <&>"é😀.'), min_size=1, max_size=40).filter(str.strip)
PARAGRAPHS = st.lists(st.builds(mul, WORDS, st.integers(1, 300)), min_size=1, max_size=4)


@given(PARAGRAPHS)
def test_an_article_of_any_length_fits(paragraphs: list[str]) -> None:
    """Pages hold the whole article in order; pages and passages stay within Telegram's limit."""
    article = Article.parse("\n\n".join(paragraphs))
    knowledge = Knowledge("abc", TOWN.source, article, TOWN.topics, {}, (), TOWN.vocabulary)
    text_read = ""
    number = 1
    while page := pages.page(knowledge, number, "TreatyBot"):
        text, _ = parse_html(page.html)
        assert len(text.encode("utf-16-le")) // 2 <= 4096
        turns = [button.get("callback_data") for row in page.rows for button in row]
        assert (f"{PAGE}:{number + 1}" in turns) == bool(
            pages.page(knowledge, number + 1, "TreatyBot")
        )
        text_read += text.partition("\n\n")[2]
        number += 1
    for paragraph in article.paragraphs:
        shown = pages.passage(knowledge, paragraph.number, "TreatyBot")
        assert shown is not None
        assert len(parse_html(shown.html)[0].encode("utf-16-le")) // 2 <= 4096
        # Whether it was cut or not, no letter is lost.
        letters = "".join(paragraph.text.split())
        assert letters in "".join(text_read.split()).replace(f"p{paragraph.number}", "")
