"""What a start keeps for the next one: the same answers, and never stale or foreign ones."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.knowledge import FILES, Knowledge, KnowledgeError, load_knowledge
from bot.loading.cache import load_answerer, load_answerer_in_subprocess
from tests.paths import BRIDGE

QUESTION = "when does the bridge close?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sound knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the user's programs keep what they can make again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "treaty-bot"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """Every folder that was loaded and verified since."""
    loaded: list[Path | None] = []

    def counted(folder: Path | None = None) -> Knowledge:
        loaded.append(folder)
        return load_knowledge(folder)

    monkeypatch.setattr("bot.loading.cache.load_knowledge", counted)
    return loaded


def test_the_second_start_builds_nothing(
    folder: Path, cache: Path, loads: list[Path | None]
) -> None:
    """It reads what the first one kept, and answers the same."""
    first, second = load_answerer(folder), load_answerer(folder)
    assert loads == [folder]
    assert len(list(cache.iterdir())) == 1
    assert first.answer(QUESTION) == second.answer(QUESTION)
    assert second.answer(QUESTION).citations


@pytest.mark.parametrize("name", FILES)
def test_an_edit_is_never_missed(
    folder: Path, cache: Path, loads: list[Path | None], name: str
) -> None:
    """Whichever file was edited, by however little, the folder is verified anew."""
    load_answerer(folder)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    load_answerer(folder)
    assert len(loads) == 2
    assert len(list(cache.iterdir())) == 2


def test_a_process_of_its_own_builds_it(
    folder: Path, cache: Path, loads: list[Path | None]
) -> None:
    """What stays only reads it, and so does every start after it."""
    reply = load_answerer_in_subprocess(folder).answer(QUESTION)
    assert (loads, len(list(cache.iterdir()))) == ([], 1)
    assert reply == load_answerer(folder).answer(QUESTION)


def test_a_process_of_its_own_hides_no_fault(folder: Path, cache: Path) -> None:
    """A folder that does not verify is told as ever."""
    (folder / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match="timeline"):
        load_answerer_in_subprocess(folder)
    assert not cache.exists()


def test_a_broken_edit_is_told(folder: Path, cache: Path) -> None:
    """What was kept of the sound folder hides no fault."""
    load_answerer(folder)
    (folder / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match="timeline"):
        load_answerer(folder)
    assert len(list(cache.iterdir())) == 1


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _rubbish(path: Path) -> None:
    path.write_bytes(b"no pickle")


def _another_thing(path: Path) -> None:
    path.write_bytes(b"\x80\x05K\x01.")  # a pickled 1


def _writable_by_others(path: Path) -> None:
    path.chmod(0o666)


def _folder_writable_by_others(path: Path) -> None:
    path.parent.chmod(0o777)


@pytest.mark.parametrize(
    "spoil", [_cut, _rubbish, _another_thing, _writable_by_others, _folder_writable_by_others]
)
def test_what_cannot_be_trusted_is_built_anew(
    folder: Path, cache: Path, loads: list[Path | None], spoil: Callable[[Path], None]
) -> None:
    """A damaged file, and one that somebody else may have written, are not read."""
    expected = load_answerer(folder).answer(QUESTION)
    spoil(next(cache.iterdir()))
    assert load_answerer(folder).answer(QUESTION) == expected
    assert len(loads) == 2


def test_without_a_place_to_keep_it_it_is_built(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path | None]
) -> None:
    """A file where the cache should be, as on a read-only disk, stops nothing."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert isinstance(load_answerer_in_subprocess(folder), Answerer)
    assert loads == []
    assert isinstance(load_answerer(folder), Answerer)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("program", ["/bin/false", "/no/such/file"])
def test_where_no_other_process_can_build_it_this_one_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path | None], program: str
) -> None:
    """It may be ended halfway, or not start at all."""
    monkeypatch.setattr("sys.executable", program)
    assert isinstance(load_answerer_in_subprocess(folder), Answerer)
    assert loads == [folder]


def test_only_the_latest_are_kept(folder: Path, cache: Path) -> None:
    """Old editions are cleared away, whole files and nobody else's to read."""
    for count in range(7):
        with (folder / "vocabulary.yaml").open("a", encoding="utf-8") as file:
            file.write(f"# {count}\n")
        load_answerer(folder)
    kept = list(cache.iterdir())
    assert len(kept) == 4
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
