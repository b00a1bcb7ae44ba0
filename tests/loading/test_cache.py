"""The cache gives the same answers, and never stale ones or another user's."""

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
    """A copy of a valid knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "treaty-bot"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The folders loaded and verified in this process, in order."""
    loaded: list[Path | None] = []

    def counted(folder: Path | None = None) -> Knowledge:
        loaded.append(folder)
        return load_knowledge(folder)

    monkeypatch.setattr("bot.loading.cache.load_knowledge", counted)
    return loaded


def test_the_second_start_reads_the_cache(
    folder: Path, cache: Path, loads: list[Path | None]
) -> None:
    """The second start builds nothing and gives the same answers."""
    first, second = load_answerer(folder), load_answerer(folder)
    assert loads == [folder]
    assert len(list(cache.iterdir())) == 1
    assert first.answer(QUESTION) == second.answer(QUESTION)
    assert second.answer(QUESTION).citations


@pytest.mark.parametrize("name", [*FILES, "phrasings/trade.txt"])
def test_an_edit_is_never_missed(
    folder: Path, cache: Path, loads: list[Path | None], name: str
) -> None:
    """Any edit of any file makes the folder be verified again."""
    (folder / "phrasings").mkdir()
    (folder / "phrasings" / "trade.txt").write_text("shops", encoding="utf-8")
    load_answerer(folder)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    load_answerer(folder)
    assert len(loads) == 2
    assert len(list(cache.iterdir())) == 2


def test_a_subprocess_can_build_it(folder: Path, cache: Path, loads: list[Path | None]) -> None:
    """A subprocess builds and caches the answerer, and the next start reads it."""
    reply = load_answerer_in_subprocess(folder).answer(QUESTION)
    assert (loads, len(list(cache.iterdir()))) == ([], 1)
    assert reply == load_answerer(folder).answer(QUESTION)


def test_a_subprocess_reports_problems(folder: Path, cache: Path) -> None:
    """An invalid folder raises the same error from a subprocess, and nothing is cached."""
    (folder / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match="timeline"):
        load_answerer_in_subprocess(folder)
    assert not cache.exists()


def test_a_broken_edit_is_reported(folder: Path, cache: Path) -> None:
    """The cache of the valid folder does not hide the problem."""
    load_answerer(folder)
    (folder / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match="timeline"):
        load_answerer(folder)
    assert len(list(cache.iterdir())) == 1


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _corrupt(path: Path) -> None:
    path.write_bytes(b"not a pickle")


def _another_type(path: Path) -> None:
    path.write_bytes(b"\x80\x05K\x01.")  # a pickled 1


def _writable_by_others(path: Path) -> None:
    path.chmod(0o666)


def _folder_writable_by_others(path: Path) -> None:
    path.parent.chmod(0o777)


@pytest.mark.parametrize(
    "spoil", [_truncate, _corrupt, _another_type, _writable_by_others, _folder_writable_by_others]
)
def test_an_untrusted_cache_is_rebuilt(
    folder: Path, cache: Path, loads: list[Path | None], spoil: Callable[[Path], None]
) -> None:
    """A damaged file, or one that another user may have written, is not used."""
    expected = load_answerer(folder).answer(QUESTION)
    spoil(next(cache.iterdir()))
    assert load_answerer(folder).answer(QUESTION) == expected
    assert len(loads) == 2


def test_it_works_without_a_writable_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path | None]
) -> None:
    """If the cache folder cannot be created, the answerer is built all the same."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert isinstance(load_answerer_in_subprocess(folder), Answerer)
    assert loads == []
    assert isinstance(load_answerer(folder), Answerer)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("program", ["/bin/false", "/no/such/file"])
def test_this_process_builds_it_if_the_subprocess_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path | None], program: str
) -> None:
    """The subprocess may be killed halfway, or not start at all."""
    monkeypatch.setattr("sys.executable", program)
    assert isinstance(load_answerer_in_subprocess(folder), Answerer)
    assert loads == [folder]


def test_old_versions_are_deleted(folder: Path, cache: Path) -> None:
    """Only the four latest versions are kept, readable by their owner only."""
    for count in range(7):
        with (folder / "vocabulary.yaml").open("a", encoding="utf-8") as file:
            file.write(f"# {count}\n")
        load_answerer(folder)
    files = list(cache.iterdir())
    assert len(files) == 4
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
