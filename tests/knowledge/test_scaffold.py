"""`treaty-bot new`: from an article to a valid knowledge folder."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answering import Answerer
from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from bot.knowledge.article import Article
from bot.knowledge.proposals import find_events, find_names, unwrap
from bot.knowledge.scaffold import Details, new_folder, read_article
from tests.paths import BRIDGE

ARTICLE = BRIDGE / "article.txt"


def create(folder: Path, article: Path) -> str:
    """Create a folder for an article's text; return the next steps."""
    return new_folder(folder, read_article(article), Details())


def fill_in(folder: Path) -> None:
    """Replace every TODO, as an editor would."""
    source = folder / "source.yaml"
    values = {"publisher": "Gazette", "place": "Lindholm", "published": "2021-03-03"}
    lines = []
    for line in source.read_text("utf-8").splitlines():
        key = line.partition(":")[0]
        lines.append(f"{key}: {values.get(key, 'A title')}" if "TODO" in line else line)
    source.write_text("\n".join(lines), encoding="utf-8")


def test_a_new_folder_is_valid_once_it_is_filled_in(tmp_path: Path) -> None:
    """Every TODO is reported by file and line; once they are replaced, the bot answers."""
    folder = tmp_path / "new" / "knowledge"
    assert "3 paragraphs, 7 sentences" in create(folder, ARTICLE)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    for place in ("source.yaml:4: this has not been filled in", "source.yaml:6: this has not"):
        assert place in str(error.value)
    fill_in(folder)
    knowledge = load_knowledge(folder)
    assert knowledge.article.text == ARTICLE.read_text("utf-8")
    reply = Answerer(knowledge).answer("give me the gist")
    assert reply.sections[0].citations[0].quote == knowledge.article.paragraphs[0].text
    assert len(knowledge.uncited()) == 7
    assert (folder / "schemas" / "answers.json").is_file()


def test_every_yaml_file_names_its_schema(tmp_path: Path) -> None:
    """The first line points text editors to the schema next to the file."""
    create(tmp_path / "k", ARTICLE)
    for path in (tmp_path / "k").glob("[!q]*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=schemas/{path.stem}.json"
        assert (path.parent / first.partition("=")[2]).is_file()


@given(text=st.text(min_size=1).filter(str.strip))
@example(text="0\x85")
@example(text="Ã\xa0 â€ \N{REPLACEMENT CHARACTER}")
@example(text='0"')
@example(text='“"')
@example(text="one\u2028two: three # four")
def test_any_text_makes_a_folder_with_every_sentence_to_copy(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """However odd the article, every sentence is listed verbatim and the folder is valid."""
    base = tmp_path_factory.mktemp("odd")
    (base / "article.txt").write_bytes(text.encode("utf-8", "replace"))
    folder = base / "knowledge"
    create(folder, base / "article.txt")
    fill_in(folder)
    article = load_knowledge(folder).article
    listed = [
        yaml.safe_load(line.removeprefix("#"))[0]
        for line in (folder / "answers.yaml").read_text("utf-8").split("\n")
        if line.startswith("#     - ")
    ]
    assert listed == [sentence.text for sentence in article.sentences]


WRONG = [
    (None, "cannot be read (No such file or directory)"),
    (b"", "is empty"),
    (b" \n\n", "is empty"),
    (b"one\ntw\xf6\n", "article.txt:2: a character cannot be read after “tw”, probably 'ö'"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_an_invalid_article_is_reported_and_nothing_is_created(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    """The status is 2, the message is clear, and no folder is created."""
    article = tmp_path / "article.txt"
    if content is not None:
        article.write_bytes(content)
    assert main(["new", str(tmp_path / "k"), str(article)]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "k").exists()


def test_a_folder_that_is_not_empty_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor's work is never overwritten."""
    (tmp_path / "answers.yaml").write_text("mine", encoding="utf-8")
    assert main(["new", str(tmp_path), str(ARTICLE)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"]


def test_with_all_details_a_folder_is_valid_at_once(tmp_path: Path) -> None:
    """The options of the command leave nothing to fill in, and the questions name an entry."""
    options = ["--publisher", "Gazette", "--date", "2021-03-03"]
    assert main(["new", str(tmp_path / "k"), str(ARTICLE), *options]) == 0
    knowledge = load_knowledge(tmp_path / "k")
    assert knowledge.source.place == "Lindholm"
    assert knowledge.vocabulary.names["actor"]["mayor-ida-berg"] == ("Mayor Ida Berg",)
    rows = yaml.safe_load((tmp_path / "k" / "questions.yaml").read_text("utf-8"))
    assert {entry for row in rows for entry in row["gold"]} == {"article-summary"}


def test_dates_become_events_in_order() -> None:
    """Each date is as precise as the article, with its sentence, and a missing year is inferred."""
    text = (
        "Title\n\nIt began in May 2019. It ends on April 12. In 1987 all was well. They may 5."
        " In June, it was due to last until the end of 2022. In May, it was not."
    )
    events = find_events(Article.parse(text), dt.date(2021, 3, 3))
    assert [(e.date, e.precision, bool(e.because)) for e in events] == [
        ("1987", "year", False),
        ("2019-05", "month", False),
        ("2021-04-12", "day", True),
        ("2021-05", "month", True),
        ("2021-06", "month", True),
    ]
    assert events[2].passage == "It ends on April 12."


YEARS = [
    ("It was seen on 4 November.", "2025-01-21", "2024-11-04"),
    ("It was seen in November.", "2025-01-21", "2024-11"),
    ("It is due on 29 March.", "2025-01-21", "2025-03-29"),
    ("It was seen on 4 February.", "2025-12-20", "2025-02-04"),
    ("Answer by 4 February.", "2025-12-20", "2026-02-04"),
    ("It is open until noon on 8 March.", "2023-11-22", "2024-03-08"),
    ("It will end on 10 October.", "2023-11-22", "2024-10-10"),
    ("A report by the police in April found a crack.", "2023-11-22", "2023-04"),
    ("It is on Wednesday, 4 February.", "2025-12-20", "2026-02-04"),
    ("It was on Tuesday 4 February.", "2025-12-20", "2025-02-04"),
    ("It opened in April last year.", "2026-02-20", "2025-04"),
    ("It ends in May next year.", "2025-02-20", "2026-05"),
    ("Last year in October it opened.", "2024-05-20", "2023-10"),
    ("In April, last year's winner came.", "2024-05-20", "2024-04"),
    ("LINDHOLM, 20 December – It is on Monday 29 December.", "2025-12-20", "2025-12-29"),
]


@pytest.mark.parametrize(("text", "published", "date"), YEARS)
def test_a_date_without_a_year_is_near_publication(text: str, published: str, date: str) -> None:
    """In January, "4 November" is that of last year; a deadline is still to come."""
    article = Article.parse(f"Title\n\n{text}")
    assert [e.date for e in find_events(article, dt.date.fromisoformat(published))] == [date]


def test_the_day_that_a_headline_announces_decides_the_year() -> None:
    """Before a race in May, "1 March" is that of the same year; the day itself is an event."""
    article = Article.parse("The race of 17 May 2026\n\nBefore 1 March it is cheaper.")
    events = find_events(article, dt.date(2025, 11, 1))
    assert [(event.date, event.because) for event in events] == [
        ("2026-03-01", "its headline has 17 May 2026"),
        ("2026-05-17", ""),
    ]


def test_a_wrong_date_creates_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A date is checked before anything is written."""
    assert main(["new", str(tmp_path / "k"), str(ARTICLE), "--date", "3 March"]) == 2
    assert "'3 March' is not a date; write it like 2019-07-05" in capsys.readouterr().err
    assert not (tmp_path / "k").exists()


def test_names_are_proposed_with_all_their_forms() -> None:
    """A surname belongs to the full name; what only begins a sentence is none, nor is a month."""
    text = (
        "Title\n\nVisitors met Ida Berg of the University of Aldmere in March. Berg left."
        " Rust is bad. Aldmere's experts said that Storm Agda hit Lindholm Harbour."
        " In Lindholm all is well."
    )
    assert find_names(Article.parse(text)) == {
        "actor": {
            "aldmere": ["University of Aldmere", "Aldmere"],
            "berg": ["Ida Berg", "Berg"],
            "storm-agda": ["Storm Agda"],
        },
        "place": {"lindholm": ["Lindholm Harbour", "Lindholm"]},
    }


def test_what_is_no_name_is_not_proposed() -> None:
    """Not the first word of a quotation, a legal form, a holiday, a code or an adjective."""
    text = (
        'Title\n\nOrlin & Tace Ltd sold the batch D2408. "People slept," Mayor Ida Berg said. "Ten'
        ' weeks." On Remembrance Sunday, a party with Mayor Berg met Orlin & Tace. Afterwards Mayor'
        " Berg left. The Victorian wing is on Level 3. A T-shirt in Polish lay on Tanner's Row."
    )
    assert find_names(Article.parse(text)) == {
        "place": {"tanner-s-row": ["Tanner's Row"]},
        "actor": {
            "mayor-berg": ["Mayor Ida Berg", "Mayor Berg"],
            "orlin-tace": ["Orlin & Tace Ltd", "Orlin & Tace"],
        },
    }


def test_two_names_that_never_stand_apart_are_one() -> None:
    """A firm may be called after two people; two people are also named alone."""
    text = (
        "Title\n\nIt was built by Lyle and Brandt. It is said that Lyle and Brandt paid. There, Ida"
        " Berg and Otto Holm met. Later, Berg and Holm left, and then Holm came back."
    )
    assert find_names(Article.parse(text))["actor"] == {
        "lyle-and-brandt": ["Lyle and Brandt"],
        "holm": ["Otto Holm", "Holm"],
        "berg": ["Ida Berg", "Berg"],
    }


HEADED = """The ward is moving: a notice

Lindholm, 3 March 2021.

Why we are moving
The roof leaks.
It was built in 1961.

1. Who may run. You must be 18.
2. Dogs are forbidden.
- no noise"""


def test_headings_are_apart_from_sentences_and_need_no_citation() -> None:
    """A line without a mark, a number with a few words and a dateline are no sentences."""
    assert [sentence.text for sentence in Article.parse(HEADED).prose()] == [
        "The roof leaks.",
        "It was built in 1961.",
        "You must be 18.",
        "2. Dogs are forbidden.",
        "- no noise",
    ]


UNWRAPPED = [
    ("a b c\n\nd e f", None),
    (
        "Soon the council will close the old harbour\nbridge to all cars, Ida Berg\nsaid.\n\nNext.",
        "Soon the council will close the old harbour bridge to all cars, Ida Berg said.\n\nNext.",
    ),
    (
        "Rules for visitors of the old town hall:\n- no dogs and no cars\n- no noise after nine",
        None,
    ),
    ("It will close the bridge.\nIt will open.", None),
    ("x" * 130 + "\n" + "y" * 140, "x" * 130 + "\n\n" + "y" * 140),
]


@pytest.mark.parametrize(("text", "unwrapped"), UNWRAPPED)
def test_hard_wrapped_lines_are_joined(text: str, unwrapped: str | None) -> None:
    """A line ends where its author ended it, not where a program broke it."""
    assert unwrap(text) == (text if unwrapped is None else unwrapped)


def test_the_place_stands_in_the_dateline() -> None:
    """As in "PORT ELLARY, November 18."; a text without a dateline names none."""
    assert Article.parse("Title\n\nPORT ELLARY, November 18. Rain.").dateline()[0] == "Port Ellary"
    assert Article.parse("Title\n\nA rule, and another.").dateline()[0] == ""
    dated = "Title\n\nLeighford Bay, 6 October 2025\n\nText."
    assert Article.parse(dated).dateline() == ("Leighford Bay", "6 October 2025")
    assert Article.parse("Title\n\n6 October 2025\n\nText.").dateline() == ("", "6 October 2025")


def test_the_date_in_the_dateline_is_that_of_publication(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without one, it says that --date finds more dates."""
    text = "Title\n\n{}The bridge closes on 1 December."
    for name, dateline in (("dated", "Leighford, October 6, 2025\n\n"), ("undated", "")):
        (tmp_path / f"{name}.txt").write_text(text.format(dateline), encoding="utf-8")
        assert main(["new", str(tmp_path / name), str(tmp_path / f"{name}.txt")]) == 0
        assert ("add --date" in capsys.readouterr().out) == (name == "undated")
    assert "published: 2025-10-06" in (tmp_path / "dated" / "source.yaml").read_text("utf-8")
    assert "date: '2025-12-01'" in (tmp_path / "dated" / "timeline.yaml").read_text("utf-8")
