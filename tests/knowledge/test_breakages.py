"""Every problem in a knowledge folder is reported with file, line and advice."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from bot.knowledge.yaml_faults import in_quotes
from tests.knowledge.breakages import BREAKAGES, Breakage
from tests.paths import BRIDGE

# An editor need not know these.
PARSER_WORDS = ("expected", "mapping", "scalar", "token", "indicator", "stream", "tuple")
TOGETHER = {
    "a duplicate key",
    "a number that no passage has",
    "an event that refers to nothing",
    "a phrasing without words",
    "duplicate small talk",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda b: b.name)
def test_each_breakage_is_reported_with_file_line_and_advice(
    folder: Path, breakage: Breakage
) -> None:
    """The message names the file, the line and what to do."""
    place = breakage.apply(folder)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert place in message, message
    for part in breakage.says:
        assert part in message, message
    for part in (*breakage.omits, *PARSER_WORDS):
        assert part not in message, message
    assert len(error.value.problems) == breakage.problems, message


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    """Three problems in one file and one in another are reported together."""
    for breakage in (BREAKAGES[1], BREAKAGES[2], BREAKAGES[3]):
        breakage.apply(folder)
    (folder / "timeline.yaml").write_text("events: 3\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert "timeline.yaml:1: 'events'" in message
    for part in ("'vioce'", "works-lenght"):
        assert part in message


def test_problems_are_in_the_order_of_files_and_lines(folder: Path) -> None:
    """Problems are sorted by file and line, and a duplicate key hides none of the others."""
    for breakage in BREAKAGES:
        if breakage.name in TOGETHER:
            breakage.apply(folder)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    places = [(problem.file, problem.line) for problem in error.value.problems]
    order = ["article.txt", "source.yaml", "answers.yaml", "timeline.yaml", "vocabulary.yaml"]
    assert places == sorted(places, key=lambda place: (order.index(place[0]), place[1] or 0))
    for text in (
        "is on line 59 already",
        "ten weeks",
        "'opening-date'",
        "no words",
        "'Hello!' of 'greeting'",
    ):
        assert text in str(error.value)


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    """A file that cannot be read is reported as a problem, even the article."""
    for name in ("article.txt", "answers.yaml"):
        (folder / name).unlink()
        (folder / name).mkdir()
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert [problem.file for problem in error.value.problems] == ["article.txt", "answers.yaml"]
    assert str(error.value).count("cannot be read (Is a directory)") == 2


def test_a_passage_may_end_with_half_a_quotation(folder: Path) -> None:
    """It is copied as it stands in the article."""
    path = folder / "answers.yaml"
    text = path.read_text("utf-8").replace("""'"Nobody likes a closed bridge, but rust""", "rust")
    path.write_text(text.replace("""wait," she said.'""", 'wait,"'), encoding="utf-8")
    assert load_knowledge(folder).entries["closing-reason"].citations[1].quote.endswith(',"')


NAMES = [
    ("answers.yaml", "answers.yml", "rename 'answers.yml' to answers.yaml"),
    ("answers.yaml", "Answers.YAML", "rename 'Answers.YAML' to answers.yaml"),
    ("answers.yaml", "answers.yaml.txt", "rename 'answers.yaml.txt' to answers.yaml"),
    ("answers.yaml", "answers (1).yaml", "rename 'answers (1).yaml' to answers.yaml"),
    ("vocabulary.yaml", "vocabulery.yaml", "rename 'vocabulery.yaml' to vocabulary.yaml"),
    ("article.txt", "article", "rename 'article' to article.txt"),
    ("article.txt", "article.docx", "save the text of 'article.docx' as plain text (UTF-8), under"),
    ("timeline.yaml", "events.csv", "put it back, or use the right folder"),
]


@pytest.mark.parametrize(("name", "new", "mend"), NAMES, ids=[row[1] for row in NAMES])
def test_a_renamed_file(folder: Path, name: str, new: str, mend: str) -> None:
    """The name that was found is given with the right one."""
    (folder / name).rename(folder / new)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert str(error.value) == (
        f"{name}: is missing from {folder}; {mend}"
        + " (its ending counts, even if it is hidden)" * mend.startswith("rename")
        + f" the name {name}" * mend.startswith("save")
    )


@pytest.mark.parametrize("name", ["answers (1).yaml", "Copy of answers.yaml", "answers_old.yml"])
def test_a_copy_beside_a_file(folder: Path, name: str) -> None:
    """Somebody may edit it in vain."""
    shutil.copy(folder / "answers.yaml", folder / name)
    with pytest.raises(KnowledgeError, match=r"is not read, only answers\.yaml is") as error:
        load_knowledge(folder)
    assert [problem.file for problem in error.value.problems] == [name]


@pytest.mark.parametrize("name", ["answers.yaml~", ".answers.yaml.swp", "notes.txt", "article.pdf"])
def test_files_that_are_no_copies(folder: Path, name: str) -> None:
    """Backups of text editors and the owner's own files may stand in the folder."""
    shutil.copy(folder / "answers.yaml", folder / name)
    assert load_knowledge(folder).entries


FORMATS = [
    (b"{\\rtf1\\ansi The works", "is a document with formatting (RTF), not plain text"),
    (b"<!DOCTYPE html>\n<html><p>The works", "is a web page (HTML), not plain text"),
    (b"<p>The works will take nine weeks", "is a web page (HTML), not plain text"),
    (b"PK\x03\x04\x14\x00\x08\xff", "is a Word document or another packed file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "is a Word document or another packed file"),
    (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document, not plain text"),
    (b"\x89PNG\r\n\x1a\n", "is a picture, not plain text"),
    (b"RIFF\x12\x00\x00\xff", "is a file of a program, not plain text"),
    ("The works".encode("utf-16"), "is saved as UTF-16; in your editor choose “Save as…”"),
    ("The works".encode("utf-16-be"), "is saved as UTF-16; in your editor choose “Save as…”"),
]


@pytest.mark.parametrize("name", ["article.txt", "answers.yaml", "phrasings/trade.txt"])
@pytest.mark.parametrize(("content", "reason"), FORMATS)
def test_a_file_that_is_no_plain_text(folder: Path, name: str, content: bytes, reason: str) -> None:
    """What it is, is the only problem that is reported, with how to save it."""
    (folder / "phrasings").mkdir()
    (folder / name).write_bytes(content)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert str(error.value).startswith(f"{name}: {reason}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("day", ["2021-03-13", "2021-04-03"])
def test_a_wrong_day_of_publication(folder: Path, day: str) -> None:
    """It is told where it stands, once, however many texts have the day in the dateline."""
    for name, old, new in (
        ("source.yaml", "2021-03-03", day),
        ("answers.yaml", "2021, the council said", "2021, the council said on 3 March 2021"),
        ("answers.yaml", "Ida Berg, rust", "Ida Berg on 3 March 2021, rust"),
    ):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    fault = f"“published: {day}” does not fit the article, dated 3 March"
    assert str(error.value) == f"source.yaml:4: {fault}; write 2021-03-03"


def test_another_text_in_place_of_the_article(folder: Path) -> None:
    """It is one problem, however many passages it lacks."""
    (folder / "article.txt").write_text("The ferry runs.", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^article.txt: \d+ of \d+ passages are not in it"):
        load_knowledge(folder)


def test_the_same_slip_on_many_lines_is_one_problem(folder: Path) -> None:
    """An editor that indents with tabs does so everywhere."""
    path = folder / "answers.yaml"
    path.write_text(path.read_text("utf-8").replace("    ", "\t"), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert str(error.value).startswith("answers.yaml:6: this line begins with a tab")
    assert "70 more like this" in str(error.value)
    assert len(error.value.problems) == 1


@given(st.from_regex(r"[^\W_]?[ -~“”‘’äß]+[^\W_]", fullmatch=True))
def test_a_text_in_quotes_is_read_as_it_was(text: str) -> None:
    """What an editor copies from a message is never cut or changed."""
    if text.lstrip()[0] not in "\"'“‘":  # those may have been meant as quotes
        assert yaml.safe_load(f"- {in_quotes(text)}") == [text.strip()]


UNWRAPPED = [
    ('"A "full" plot"', 'A "full" plot'),
    ("'what's on'", "what's on"),
    ("“all of it”", "all of it"),
    ('“all of it"', "all of it"),
    ('"not closed', "not closed"),
    ('"One" and "two"', '"One" and "two"'),
    ('"One" is it', '"One" is it'),
]


@pytest.mark.parametrize(("written", "text"), UNWRAPPED)
def test_quotes_around_a_text_are_no_part_of_it(written: str, text: str) -> None:
    """Even if they were the wrong ones, or stand around others."""
    assert yaml.safe_load(in_quotes(written)) == text


def test_a_byte_order_mark_is_no_part_of_a_file(folder: Path) -> None:
    """Notepad and PowerShell write one before the text; nobody has to remove it."""
    for path in (path for path in folder.iterdir() if path.is_file()):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_knowledge(folder).article == load_knowledge(BRIDGE).article


def test_one_invalid_item_causes_no_other_reports(folder: Path) -> None:
    """An invalid topic hides no other problem, and the entries that use it are not reported."""
    path = folder / "answers.yaml"
    text = path.read_text("utf-8").replace("  works: The works", "  Works: The works")
    path.write_text(text.replace("take nine weeks", "take ten weeks", 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert "'Works' is not a valid id" in message
    assert "says 'ten weeks'" in message


ROWS = [
    ("- {q: when, gold: [s1], knd: x}", "a row is {q, gold, kind}"),
    ("- turns: [{q: when, gold: [], kind: x}]", "“kind: …” does not belong here; delete it"),
    ("- {q: when, kind: x}", "“gold: …” is missing"),
    ("- {q: when, gold: closing-date}", "a list in brackets is needed here"),
    ("- when", "this is no row"),
    ("- {q: when, q: why, gold: []}", "'q' is on line 1 already"),
    ("- {q: when, gold: [s77]}", "no sentence 's77'"),
    ("- {q: when, gold: [s1, kind: x}", "write: - {q: when, gold: [s1], kind: x}"),
    ("- {q: when, gold: s1], kind: x}", "write: - {q: when, gold: [s1], kind: x}"),
    ("- q: when, gold: [s1], kind: x}", "write: - {q: when, gold: [s1], kind: x}"),
    ('- {q: "when}', 'a quote in “"when” has no partner'),
]


@pytest.mark.parametrize(("rows", "message"), ROWS)
def test_problems_in_a_question_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, message: str
) -> None:
    """`evaluate` names the file and line, as `check` does."""
    (tmp_path / "sentences.yaml").write_text("sentences: {s1: The works}", encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(rows, encoding="utf-8")
    assert main(["evaluate", "--knowledge", str(BRIDGE), str(tmp_path / "asked.yaml")]) == 2
    printed = capsys.readouterr().err
    assert "asked.yaml:1: " in printed
    assert message in printed


def test_check_exits_2_without_a_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command exits with status 2 and prints only the messages."""
    BREAKAGES[3].apply(folder)
    assert main(["check", "--knowledge", str(folder)]) == 2
    printed = capsys.readouterr()
    assert "1 problem found in the knowledge folder" in printed.err
    assert "Traceback" not in printed.err + printed.out


def test_a_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong --knowledge is reported with advice."""
    assert main(["check", "--knowledge", str(tmp_path / "nowhere")]) == 2
    assert "give a knowledge folder with --knowledge" in capsys.readouterr().err
