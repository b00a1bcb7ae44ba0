"""The cache gives the same answers, and never stale ones or another user's."""

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.knowledge import FILES, Knowledge, KnowledgeError, load_knowledge
from bot.loading.cache import load_answerer
from tests.paths import BRIDGE, ROOT

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
    reply = load_answerer(folder, in_subprocess=True).answer(QUESTION)
    assert (loads, len(list(cache.iterdir()))) == ([], 1)
    assert reply == load_answerer(folder).answer(QUESTION)


def test_a_subprocess_reports_problems(folder: Path, cache: Path) -> None:
    """An invalid folder raises the same error from a subprocess, and nothing is cached."""
    (folder / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match="timeline"):
        load_answerer(folder, in_subprocess=True)
    assert not cache.exists()


def test_a_broken_edit_is_reported(folder: Path, cache: Path) -> None:
    """The cache of the valid folder does not hide the problem."""
    load_answerer(folder)
    (folder / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match="timeline"):
        load_answerer(folder)
    assert len(list(cache.iterdir())) == 1


class _Unpickled:
    """Ends the process when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _forge(path: Path) -> None:
    path.write_bytes(pickle.dumps(_Unpickled()))


def _another_version(path: Path) -> None:
    newer = path.parent.parent / "newer"
    shutil.copytree(BRIDGE, newer)
    with (newer / "vocabulary.yaml").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    key = path.name
    load_answerer(newer)
    (other,) = (found for found in path.parent.iterdir() if found.name != key)
    other.replace(path)


def _writable_by_others(path: Path) -> None:
    path.chmod(0o666)


def _folder_writable_by_others(path: Path) -> None:
    path.parent.chmod(0o777)


@pytest.mark.parametrize(
    "spoil",
    [
        _cut,
        _empty,
        _damage,
        _forge,
        _another_version,
        _writable_by_others,
        _folder_writable_by_others,
    ],
)
def test_an_untrusted_cache_is_rebuilt(
    folder: Path, cache: Path, loads: list[Path | None], spoil: Callable[[Path], None]
) -> None:
    """A file that is damaged, of another version or perhaps written by another user is not used."""
    expected = load_answerer(folder).answer(QUESTION)
    spoil(next(cache.iterdir()))
    loads.clear()
    assert load_answerer(folder).answer(QUESTION) == expected
    assert loads == [folder]
    assert load_answerer(folder).answer(QUESTION) == expected


def test_another_user_s_cache_is_not_used(
    folder: Path, cache: Path, loads: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file must belong to the user who runs the bot."""
    load_answerer(folder)
    uid = next(cache.iterdir()).stat().st_uid
    monkeypatch.setattr("os.getuid", lambda: uid + 1)
    load_answerer(folder)
    assert loads == [folder, folder]


@pytest.mark.usefixtures("cache")
def test_another_python_reads_the_same_cache(
    folder: Path, loads: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions of Python and numpy do not matter; that of the stemmer does."""
    load_answerer(folder)
    monkeypatch.setattr("sys.version", "4.0")
    monkeypatch.setattr("numpy.__version__", "3.0")
    load_answerer(folder)
    assert loads == [folder]
    monkeypatch.setattr("Stemmer.version", lambda: "4.0")
    load_answerer(folder)
    assert loads == [folder, folder]


def test_a_read_only_cache_is_read(folder: Path, cache: Path, loads: list[Path | None]) -> None:
    """A cache in a container image cannot be written to; what is not in it is learned."""
    load_answerer(folder)
    next(cache.iterdir()).chmod(0o400)
    cache.chmod(0o500)
    assert load_answerer(folder).answer(QUESTION).citations
    assert loads == [folder]
    with (folder / "vocabulary.yaml").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert load_answerer(folder).answer(QUESTION).citations
    cache.chmod(0o700)


@pytest.mark.usefixtures("cache")
def test_what_two_processes_learn_is_what_one_learns(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Much knowledge is learned in two processes; the replies and confidences are the same."""
    alone = load_answerer(folder)
    with (folder / "vocabulary.yaml").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    monkeypatch.setattr("bot.loading.cache._SLOW", 0)
    together = load_answerer(folder)
    for entry in alone.knowledge.entries.values():
        for question in (entry.question, f"tell me: {entry.question}"):
            assert together.answer(question) == alone.answer(question)


def test_two_processes_learn_at_once(folder: Path, cache: Path, loads: list[Path | None]) -> None:
    """Both answer, and leave one intact file."""
    command = [sys.executable, "-m", "bot", "ask", QUESTION, "--knowledge", str(folder)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE) for _ in range(2)]
    for process in both:
        assert b"12 April 2021" in process.communicate()[0]
    assert len(list(cache.iterdir())) == 1
    load_answerer(folder)
    assert loads == []


@pytest.mark.usefixtures("cache")
def test_learning_for_long_is_announced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once before and once after; nothing is said if it is quick, or if nothing is learned."""
    said: list[str] = []
    monkeypatch.setattr("bot.loading.cache._SLOW", 0)
    load_answerer(folder, said.append, in_subprocess=True)
    assert [line.split()[0] for line in said] == ["Learning", "Learned"]
    load_answerer(folder, said.append)
    monkeypatch.undo()
    load_answerer(folder, said.append)
    assert len(said) == 2


def test_it_works_without_a_writable_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path | None]
) -> None:
    """If the cache folder cannot be created, the answerer is built all the same."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert isinstance(load_answerer(folder, in_subprocess=True), Answerer)
    assert loads == []
    assert isinstance(load_answerer(folder), Answerer)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("program", ["/bin/false", "/no/such/file"])
def test_this_process_builds_it_if_the_subprocess_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path | None], program: str
) -> None:
    """The subprocess may be killed halfway, or not start at all."""
    monkeypatch.setattr("sys.executable", program)
    assert isinstance(load_answerer(folder, in_subprocess=True), Answerer)
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
