"""`check` enforces the rules of style that a machine can, in every folder."""

import io
import shutil
from pathlib import Path

import pytest

from bot.answering.compose import templates
from bot.cli import main
from bot.errors import InputError
from bot.evaluation.check import check
from bot.knowledge import load_knowledge
from tests.knowledge.breakages import Breakage
from tests.paths import BRIDGE

BREACHES = (
    Breakage(
        "a date that has passed, told as future",
        "answers.yaml",
        "was to close to cars on 12 April 2021,",
        "will close to cars on 12 April 2021,",
        ("'closing-date'", "“will”", "“was due to”", "like “opens at nine”"),
    ),
    Breakage(
        "a claim without a claimant",
        "answers.yaml",
        "on 12 April 2021, the council said.",
        "on 12 April 2021.",
        ("'closing-date'", "the claim of the Lindholm town council", "“according to”"),
    ),
    Breakage(
        "a claimant who says nothing",
        "answers.yaml",
        "According to Mayor Ida Berg, rust does not wait.",
        "Ida Berg is mayor, and rust does not wait.",
        ("'closing-reason'", "the claim of Mayor Ida Berg"),
    ),
    Breakage(
        "a claimant who only stands in the quotation",
        "answers.yaml",
        "According to Mayor Ida Berg, rust does not wait.",
        '\'"Rust does not wait", according to "Ida Berg"\'',
        ("'closing-reason'", "name them"),
    ),
    Breakage(
        "a yes that comes late",
        "answers.yaml",
        "      It is disputed. The harbour association said",
        "      The harbour association said",
        ("'trade'", "begin with one of “yes”"),
        "answers.yaml:66",
    ),
    Breakage(
        "a web page's code for a space",
        "answers.yaml",
        "answer: Cyclists and walkers may",
        "answer: Cyclists and&nbsp;walkers may",
        ("'crossing' has “&nbsp;”, which readers would see as it stands; write a space instead",),
    ),
    Breakage(
        "a quote that lost its partner",
        "answers.yaml",
        "line: The article doesn't say which company repairs the bridge.",
        "line: The article doesn't say which company repairs the bridge.\"",
        ("'gap-builder' has a quotation mark (\") without its partner; add that, or delete",),
    ),
    Breakage(
        "a tag in a question",
        "answers.yaml",
        "question: Can people still cross",
        "question: Can <b>people</b> still cross",
        ("has “<b>people</b>”, which readers would see as it stands; write people instead",),
    ),
    Breakage(
        "bold in small talk",
        "vocabulary.yaml",
        "reply: Hello.",
        "reply: Hello, **dear** reader.",
        ("has “**dear**”, which readers would see as it stands; write dear instead",),
    ),
    Breakage(
        "a passage as long as a paragraph",
        "answers.yaml",
        "      - Cyclists and walkers may still cross on a temporary path.",
        "      - Cyclists and walkers may still cross on a temporary path. The harbour association"
        " says the closure will ruin the summer trade. The council denies this and points out that"
        " the ferry will run every twenty minutes.\n"
        "      - The works will take nine weeks and cost 2.4 million crowns. Cyclists and walkers"
        " may still cross on a temporary path. The harbour association says the closure will ruin"
        " the summer trade. The council denies this and points out that the ferry will run every"
        " twenty minutes.",
        ("'crossing'", "47 words", "uncut: true"),
        "answers.yaml:55",
    ),
    Breakage(
        "a gap that speaks of tomorrow",
        "answers.yaml",
        "line: The article doesn't say which company repairs the bridge.",
        "line: The article doesn't say which company will repair the bridge.",
        ("'gap-builder'", "“will”"),
    ),
    Breakage(
        "an event told as future",
        "timeline.yaml",
        "The harbour bridge is due to close",
        "The harbour bridge will close",
        ("'2021-04-12'", "“will”"),
    ),
    Breakage(
        "an answer of six sentences",
        "answers.yaml",
        "answer: Cyclists and walkers may cross on a temporary path.",
        "answer: Cyclists may cross. Walkers may cross. Cars may not. Boats may. All may."
        " There is a temporary path.",
        ("'crossing' has 6 sentences, and readers want one to three",),
    ),
    Breakage(
        "an answer that breaks off",
        "answers.yaml",
        "answer: Cyclists and walkers may cross on a temporary path.",
        "answer: Cyclists and walkers may cross on a",
        ("'crossing' ends with “may cross on a”, without a full stop",),
    ),
    Breakage(
        "a passage that breaks off within a word",
        "answers.yaml",
        "- Cyclists and walkers may still cross on a temporary path.",
        "- Cyclists and walkers may still cross on a temporary pa",
        ("'crossing' cites “Cyclists", "begins or ends within a word; cite whole words"),
        "answers.yaml:55",
    ),
    Breakage(
        "a passage that stands twice",
        "answers.yaml",
        "      - Cyclists and walkers may still cross on a temporary path.\n",
        "      - Cyclists and walkers may still cross on a temporary path.\n" * 2,
        ("'crossing' cites “Cyclists and walkers may still cross on …” twice; delete one",),
        "answers.yaml:55",
    ),
    Breakage(
        "a letter that the pictures cannot show",
        "timeline.yaml",
        "The article is published",
        "The article is published \N{BLACK CHESS KNIGHT}",
        ("'2021-03-03'", "black chess knight", "lacks"),
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


@pytest.mark.parametrize("breach", BREACHES, ids=lambda b: b.name)
def test_each_breach_is_reported_with_file_line_and_mend(folder: Path, breach: Breakage) -> None:
    """The bot runs all the same: style is for `check` to enforce, before the words are shipped."""
    place = breach.apply(folder)
    with pytest.raises(InputError) as error:
        check(folder, io.StringIO())
    message = str(error.value)
    assert place in message, message
    for part in breach.says:
        assert part in message, message
    assert load_knowledge(folder).entries


def test_style_is_checked_whatever_else_is_wrong(folder: Path) -> None:
    """So nothing new turns up once the rest is mended, but for what stands on the same line."""
    BREACHES[0].apply(folder)
    path = folder / "answers.yaml"
    text = path.read_text("utf-8").replace("related: [works-length]", "related: [nothing]", 1)
    path.write_text(text.replace("take nine weeks", "now take ten weeks", 1), encoding="utf-8")
    with pytest.raises(InputError, match="3 problems found") as error:
        check(folder, io.StringIO())
    for part in ("“will”", "'nothing'", "'ten weeks'"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    "answer", ["Ida Berg puts it down to rust", "In the view of Mayor Ida Berg, it is rust"]
)
def test_a_claim_may_be_attributed_in_many_words(folder: Path, answer: str) -> None:
    """It need not be “said”."""
    path = folder / "answers.yaml"
    old = "According to Mayor Ida Berg, rust does not wait"
    path.write_text(path.read_text("utf-8").replace(old, answer), encoding="utf-8")
    check(folder, io.StringIO())


def test_a_long_passage_may_be_marked(folder: Path) -> None:
    """`uncut: true` allows it."""
    breach = next(breach for breach in BREACHES if "paragraph" in breach.name)
    breach.apply(folder)
    answers = folder / "answers.yaml"
    text = answers.read_text("utf-8").replace(
        "  - id: crossing", "  - id: crossing\n    uncut: true"
    )
    answers.write_text(text, "utf-8")
    check(folder, io.StringIO())


def test_every_reply_is_printed_for_an_editor(capsys: pytest.CaptureFixture[str]) -> None:
    """`check --replies` prints answers, gaps, passages, events, small talk and templates."""
    assert main(["check", "--replies", "--knowledge", str(BRIDGE)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    knowledge = load_knowledge(BRIDGE)
    entries, chats = knowledge.entries.values(), knowledge.vocabulary.smalltalk
    for text in (
        *(text for entry in entries for text in (entry.id, entry.question, entry.answer)),
        *(citation.quote for entry in entries for citation in entry.citations),
        *(event.label for event in knowledge.events),
        *(chat.all_phrasings[0] for chat in chats),
        *(chat.reply for chat in chats),
        *templates(knowledge),
        "button, more? -> How long do the works take?",
        "why? -> Why is the bridge being repaired?",
    ):
        assert text in printed, text


PLAIN = ["AT&T; R&D; Q&A", "2 * 3 * 4", "a < b > c", "file_name_old", "3 <= 4", "10*", "(*) see"]
MARKUP = ["1&#160;m", "A&amp;B", "x<br>y", "<i>x</i>", "__x__", "*x y*", "`x`", "<a href='b'>c</a>"]


@pytest.mark.parametrize("text", [*PLAIN, *MARKUP])
def test_formatting_that_a_chat_does_not_show(tmp_path: Path, text: str) -> None:
    """It is refused by name, and what only looks like it is not."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    path = folder / "vocabulary.yaml"
    path.write_text(path.read_text("utf-8").replace("Hello.", f"Hello {text}."), encoding="utf-8")
    if text in PLAIN:
        check(folder, io.StringIO())
        return
    with pytest.raises(InputError, match=r"has “.*”, which readers would see as it stands"):
        check(folder, io.StringIO())


def test_formatting_that_the_article_has(tmp_path: Path) -> None:
    """Its own words may be quoted as they stand."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    for name, old, new in (
        ("article.txt", "run every", "run <br> every"),
        ("answers.yaml", "run every", "run <br> every"),
        ("vocabulary.yaml", "Hello.", "Hello <br>."),
    ):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    check(folder, io.StringIO())
