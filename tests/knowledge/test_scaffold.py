"""`treaty-bot new`: from an article to a valid knowledge folder."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answering import Answerer
from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from bot.knowledge.scaffold import new_folder
from tests.paths import BRIDGE

ARTICLE = BRIDGE / "article.txt"


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
    assert "3 paragraphs, 8 sentences" in new_folder(folder, ARTICLE)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    for place in ("source.yaml:4: 'publisher'", "source.yaml:5: 'place'", "source.yaml:6: "):
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
    new_folder(tmp_path / "k", ARTICLE)
    for path in (tmp_path / "k").glob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=schemas/{path.stem}.json"
        assert (path.parent / first.partition("=")[2]).is_file()


@given(text=st.text(min_size=1).filter(str.strip))
@example(text="0\x85")
@example(text="one\u2028two: three # four")
def test_any_text_makes_a_folder_with_every_sentence_to_copy(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """However odd the article, every sentence is listed verbatim and the folder is valid."""
    base = tmp_path_factory.mktemp("odd")
    (base / "article.txt").write_bytes(text.encode("utf-8", "replace"))
    folder = base / "knowledge"
    new_folder(folder, base / "article.txt")
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
    (b"one\ntw\xf6\n", "article.txt:2: is not valid UTF-8; save it as UTF-8"),
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
