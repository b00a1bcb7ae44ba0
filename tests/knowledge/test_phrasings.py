"""The text files in phrasings/: one phrasing on each line."""

import shutil
from pathlib import Path

import pytest

from bot.knowledge import KnowledgeError, default_folder, load_knowledge
from bot.knowledge.edits import EditDetector
from tests.paths import BRIDGE

INLINE = ("who is the contractor", "name of the building firm")  # in answers.yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder, with an empty folder for phrasings."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    (folder / "phrasings").mkdir()
    return folder


READ = [
    ("one line", b"who builds it", ("who builds it",)),
    (
        "a comment, blank lines and spaces",
        b"# builders\n\n  who  builds\tit \n",
        ("who builds it",),
    ),
    ("no comment", b"lot #3 # who builds it\n", ("lot #3 # who builds it",)),
    ("YAML's own characters", b'- "who: builds" [it]\n', ('- "who: builds" [it]',)),
    ("a byte order mark", b"\xef\xbb\xbfwho builds it\n", ("who builds it",)),
    ("Windows line ends", b"who builds it\r\nwhich firm\r\n", ("who builds it", "which firm")),
    ("old Mac line ends", b"who builds it\rwhich firm", ("who builds it", "which firm")),
    ("numbers and dates", b"2021\n2021-04-12\nyes\n", ("2021", "2021-04-12", "yes")),
]


@pytest.mark.parametrize(
    ("content", "phrasings"), [row[1:] for row in READ], ids=[row[0] for row in READ]
)
def test_lines_are_added_to_the_phrasings_in_answers_yaml(
    folder: Path, content: bytes, phrasings: tuple[str, ...]
) -> None:
    """Each line is a phrasing, in order, after those in answers.yaml."""
    (folder / "phrasings" / "gap-builder.txt").write_bytes(content)
    added = load_knowledge(folder).entries["gap-builder"].phrasings
    assert [*added] == [*INLINE, *phrasings]


PROBLEMS = [
    (
        "gap-builders.txt",
        b"who builds it",
        (
            "phrasings/gap-builders.txt: answers.yaml has no entry 'gap-builders'; rename this file"
            " or delete it; did you mean 'gap-builder'?"
        ),
    ),
    (
        "trade.txt",
        b"shops\n#shops suffer\n# who asks, and why",
        "phrasings/trade.txt:2: a line that begins with “#” is a note, which the bot does not",
    ),
    (
        "trade.txt",
        b"shops\n1. the shops\n2. the summer\n",
        "trade.txt:2: “1.” would count as part of the question; delete it: the lines of this",
    ),
    (
        "trade.txt",
        b"shops\nphrasings:\nthe summer\n",
        "trade.txt:2: “phrasings:” would count as part of a question; delete it",
    ),
    ("trade", b"x", "phrasings/trade: is not read; rename 'trade' to trade.txt (its ending counts"),
    ("trade.TXT", b"x", "phrasings/trade.TXT: is not read; rename 'trade.TXT' to trade.txt (its"),
    ("trade (1).txt", b"x", "is not read; rename 'trade (1).txt' to trade.txt (its ending counts"),
    ("trade copy.txt", b"x", "is not read; rename 'trade copy.txt' to trade.txt"),
    ("gap_builder.txt", b"x", "is not read; rename 'gap_builder.txt' to gap-builder.txt"),
    ("trade.docx", b"x", "is not read; save the text of 'trade.docx' as plain text (UTF-8), under"),
    ("trade.txt", b"# none yet\n", "phrasings/trade.txt: contains no phrasings; write one on each"),
    (
        "trade.txt",
        b"shops\n\n\xe9t\xe9\n",
        "phrasings/trade.txt:3: a character cannot be read at the beginning",
    ),
    ("trade.txt", "shops".encode("utf-16"), "phrasings/trade.txt: is saved as UTF-16"),
    (
        "trade.txt",
        b"shops\na\x00b\n",
        "trade.txt:2: contains an invisible character (□): “a□b”",
    ),
    (
        "trade.txt",
        b"shops\n" + b"shop " * 61,
        "phrasings/trade.txt:2: this phrasing is too long; use at most 300 characters",
    ),
    ("trade.txt", b"shops\n???\n", "trade.txt:2: the phrasing '???' of 'trade' contains no words"),
    (
        "trade.txt",
        b"shops\nShops!",
        "'shops' of 'trade' (phrasings/trade.txt:1); delete it here",
    ),
    (
        "trade.txt",
        "shops\ndonâ€™t they lose\n".encode(),
        "phrasings/trade.txt:2: “â€™” is what was left of another character when the file",
    ),
    ("trade.txt", b"shops\nTODO ask\n", "trade.txt:2: this has not been filled in yet"),
    (
        "trade.txt",
        b"shops\nwhy must it shut\n",
        (
            "phrasings/trade.txt:2: the phrasing 'why must it shut' of 'trade' counts as the same"
            " as 'why must it shut' of 'closing-reason' (answers.yaml:27); delete one of them"
        ),
    ),
    ("trade.txt", b"Hello", "vocabulary.yaml:19: the phrasing 'hello' of 'greeting' counts as"),
]


@pytest.mark.parametrize(("name", "content", "message"), PROBLEMS)
def test_each_problem_names_the_file_the_line_and_the_remedy(
    folder: Path, name: str, content: bytes, message: str
) -> None:
    """It is the only problem that is reported."""
    (folder / "phrasings" / name).write_bytes(content)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert message in str(error.value)
    assert len(error.value.problems) == 1


def test_an_entry_without_any_phrasing(folder: Path) -> None:
    """It is reported at its id, with the file to write, until that file exists."""
    path = folder / "answers.yaml"
    inline = "".join(f"      - {phrasing}\n" for phrasing in INLINE)
    text = path.read_text("utf-8").replace(f"    phrasings:\n{inline}", "")
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("id: gap-builder")].count("\n") + 1
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert str(error.value) == (
        f"answers.yaml:{line}: 'gap-builder' has no phrasings; write how people ask it into"
        " phrasings/gap-builder.txt, one phrasing on each line"
    )
    (folder / "phrasings" / "gap-builder.txt").write_text("\n".join(INLINE), encoding="utf-8")
    assert [*load_knowledge(folder).entries["gap-builder"].phrasings] == [*INLINE]


def test_what_cannot_be_read(folder: Path) -> None:
    """A folder in place of a file, or a file in place of the folder, is reported."""
    (folder / "phrasings" / "trade.txt").mkdir()
    with pytest.raises(KnowledgeError, match=r"^phrasings/trade.txt: cannot be read \(Is a dir"):
        load_knowledge(folder)
    shutil.rmtree(folder / "phrasings")
    (folder / "phrasings").touch()
    with pytest.raises(KnowledgeError, match=r"^phrasings: cannot be read \(Not a directory\)"):
        load_knowledge(folder)


def test_a_folder_under_another_name(folder: Path) -> None:
    """It is one problem, not one for each entry whose phrasings are in it."""
    (folder / "phrasings" / "trade.txt").write_text("shops", encoding="utf-8")
    (folder / "phrasings").rename(folder / "Phrasing")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert str(error.value) == "phrasings: this folder is missing; rename 'Phrasing' to phrasings"


def test_a_file_of_phrasings_outside_their_folder(folder: Path) -> None:
    """It would never be read."""
    (folder / "trade.txt").write_text("shops", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^trade\.txt: is not read here; move it into"):
        load_knowledge(folder)


@pytest.mark.parametrize("name", ["trade.txt~", ".trade.txt.swp", "#trade.txt#", "trade.txt.tmp"])
def test_backups_of_text_editors_are_ignored(folder: Path, name: str) -> None:
    """They are neither read nor reported, and change nothing."""
    before, edits = load_knowledge(folder), EditDetector(folder)
    (folder / "phrasings" / name).write_text("shops", encoding="utf-8")
    assert load_knowledge(folder) == before
    assert not edits.has_new_edit()


def test_new_edited_and_deleted_files_are_edits(folder: Path) -> None:
    """Each changes the version; a deleted file counts once it is missing for two looks."""
    path, edits = folder / "phrasings" / "trade.txt", EditDetector(folder)
    versions = [load_knowledge(folder).version]
    for text in ("shops\n", "shops\ntraders\n"):
        path.write_text(text, encoding="utf-8")
        assert [edits.has_new_edit() for _ in range(2)] == [True, False]
        versions.append(load_knowledge(folder).version)
    path.unlink()
    assert [edits.has_new_edit() for _ in range(3)] == [False, True, False]
    assert load_knowledge(folder).version == versions[0]
    assert len(set(versions)) == 3


def test_the_shipped_folder_has_a_file_for_every_entry() -> None:
    """No phrasing is left in answers.yaml, and every file ends with a line break."""
    folder = default_folder()
    assert "phrasings:" not in (folder / "answers.yaml").read_text("utf-8")
    files = {path.stem: path.read_text("utf-8") for path in (folder / "phrasings").iterdir()}
    assert files.keys() == load_knowledge(folder).entries.keys()
    assert [name for name, text in files.items() if not text.endswith("\n")] == []
