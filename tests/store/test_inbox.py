"""The inbox loses and repeats no update, whatever happens to its process and its file."""

import logging
import multiprocessing
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import ServingError
from bot.store import Inbox, Received, Store
from bot.store.database import RETENTION
from bot.store.sqlite_file import DAY
from tests.clock import Clock

BOT = 7


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the inbox is."""
    return tmp_path / "bot-inbox.sqlite3"


@pytest.fixture
def open_inbox(path: Path, clock: Clock) -> Iterator[Callable[[], Inbox]]:
    """Open the inbox of one bot, again and again, and close it after the test."""
    opened: list[Inbox] = []

    def make() -> Inbox:
        inbox = Inbox(path, clock=clock)
        inbox.bot_id = BOT
        opened.append(inbox)
        return inbox

    yield make
    for inbox in opened:
        inbox.close()


def update(number: int, chat: int = 1, text: str = "words") -> Received:
    """An update as the inbox sees it."""
    return Received(number, chat, f'{{"update_id": {number}, "text": "{text}"}}')


def numbers(inbox: Inbox) -> list[int]:
    """The ids of the waiting updates, in their order."""
    return [number for number, _ in inbox.waiting()]


def fill(inbox: Inbox, count: int) -> list[int]:
    """Let some updates wait, of which each takes about a quarter of a page; return their ids."""
    inbox.add([update(number, text="x" * 900) for number in range(1, count + 1)])
    return list(range(1, count + 1))


class Machine(RuleBasedStateMachine):
    """Adds, finishes and repeats updates of a few chats, and kills the process in between."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp())
        self._clock = Clock()
        self._copies = 0
        self._waiting: dict[int, int] = {}
        self._done: set[int] = set()
        self._next = 1

    @initialize()
    def open(self) -> None:
        """Open the inbox."""
        self._inbox = Inbox(self._folder / "inbox.sqlite3", clock=self._clock)
        self._inbox.bot_id = BOT

    @rule(chats=st.lists(st.integers(-2, 2), max_size=5))
    def add(self, chats: list[int]) -> None:
        """New updates are all accepted."""
        new = [update(number, chat) for number, chat in enumerate(chats, self._next)]
        assert self._inbox.add(new) == new
        self._waiting |= {one.update_id: one.chat_id for one in new}
        self._next += len(new)

    @rule(data=st.data())
    def add_again(self, data: st.DataObject) -> None:
        """An update that is known, waiting or done, is not accepted again."""
        if known := sorted(self._done | self._waiting.keys()):
            again = data.draw(st.lists(st.sampled_from(known), max_size=5))
            assert self._inbox.add([update(number) for number in again]) == []

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """Any of the waiting updates is finished."""
        if self._waiting:
            number = data.draw(st.sampled_from(sorted(self._waiting)))
            self._inbox.finish([number])
            self._done.add(number)
            del self._waiting[number]

    @rule(days=st.sampled_from([-2, 0, 2]))
    def move_the_clock(self, days: int) -> None:
        """The clock jumps, but not while ids of finished updates would expire."""
        self._clock.now += days * DAY

    @rule()
    def look_after(self) -> None:
        """The WAL is truncated, and expired ids are deleted."""
        self._inbox.look_after()

    @rule()
    def restart(self) -> None:
        """The process ends in good order."""
        self._inbox.close()
        self.open()

    @rule()
    def kill(self) -> None:
        """The process is killed: what it wrote is copied as it is, without closing the file."""
        self._copies += 1
        copy = self._folder.with_name(f"{self._folder.name}-{self._copies}")
        shutil.copytree(self._folder, copy)
        self._inbox.close()
        shutil.rmtree(self._folder)
        self._folder = copy
        self.open()

    @invariant()
    def nothing_is_lost_or_repeated(self) -> None:
        """Exactly the unfinished updates wait, in order, with their chats and their words."""
        if hasattr(self, "_inbox"):
            assert self._inbox.waiting() == sorted(self._waiting.items())
            for number in self._waiting:
                assert self._inbox.body(number) == update(number).body.encode()
            assert all(self._inbox.body(number) is None for number in self._done)

    def teardown(self) -> None:
        """Delete the file."""
        self._inbox.close()
        shutil.rmtree(self._folder)


TestMachine = pytest.mark.filterwarnings("default")(Machine.TestCase)
TestMachine.settings = settings(max_examples=30, stateful_step_count=30)


def test_ids_belong_to_one_bot(open_inbox: Callable[[], Inbox]) -> None:
    """A file that is given to another bot answers that one's updates, though ids are the same."""
    inbox = open_inbox()
    inbox.add([update(1), update(2)])
    inbox.finish([1])
    inbox.close()
    other = open_inbox()
    other.bot_id = BOT + 1
    assert other.waiting() == []
    assert other.add([update(1)]) == [update(1)]


def test_ids_of_finished_updates_expire(
    open_inbox: Callable[[], Inbox], path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are forgotten a day later."""
    monkeypatch.setattr("bot.store.sqlite_file.SWEEP_INTERVAL", 0)
    inbox = open_inbox()
    inbox.finish(range(1500))
    inbox.look_after()
    clock.now += RETENTION + 1
    inbox.finish(range(2000, 3000))
    inbox.look_after()
    inbox.close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM done").fetchone() == (1000,)


@pytest.mark.parametrize("days", [2, -2])
def test_a_clock_that_jumps_loses_nothing(
    open_inbox: Callable[[], Inbox], clock: Clock, days: int
) -> None:
    """What waits goes on waiting while others are finished, two days on or back, and after it."""
    inbox = open_inbox()
    inbox.add([update(number) for number in range(3000)])
    for jump in (days, -days):
        clock.now += jump * DAY
        first = numbers(inbox)[0]
        inbox.finish(range(first, first + 1100))
        inbox.look_after()
    inbox.close()
    assert numbers(open_inbox()) == list(range(2200, 3000))


def test_updates_kept_by_an_earlier_version_are_taken_over(
    open_inbox: Callable[[], Inbox], tmp_path: Path
) -> None:
    """Those that wait are answered, those that are done are not, and the database forgets them."""
    store, inbox = Store(tmp_path / "bot.sqlite3"), open_inbox()
    for number in (3, 5):
        row = (BOT, number, update(number, text="zebra").body, store.now())
        store.execute("INSERT INTO deferred VALUES (?, ?, ?, ?)", row)
    store.execute("INSERT INTO updates VALUES (?, ?, ?)", (BOT, 4, store.now()))
    inbox.adopt(store)
    inbox.adopt(store)
    assert numbers(inbox) == [3, 5]
    assert inbox.add([update(number) for number in (3, 4, 5, 6)]) == [update(6)]
    assert inbox.body(5) == update(5, text="zebra").body.encode()
    assert store.execute(
        "SELECT (SELECT count(*) FROM deferred), count(*) FROM updates"
    ).fetchone() == (0, 0)
    assert not [file for file in tmp_path.glob("bot.sqlite3*") if b"zebra" in file.read_bytes()]
    store.close()


def test_answered_words_are_gone_from_the_file(open_inbox: Callable[[], Inbox], path: Path) -> None:
    """Once wiped, the words of a finished update are in no file; those of a waiting one are."""
    inbox = open_inbox()
    inbox.add([update(number, text=f"question{number}." * 40) for number in range(200)])
    for number in range(199):
        inbox.finish([number])
    inbox.look_after()
    found = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [n for n in range(200) if f"question{n}.".encode() in found] == [199]


def hold(path: Path, ready: Connection) -> None:
    """Open the inbox in another process, and keep it until the pipe is closed."""
    inbox = Inbox(path)
    ready.send(inbox.waiting())
    with ready:
        ready.poll(None)


def test_one_process_at_a_time(
    path: Path, monkeypatch: pytest.MonkeyPatch, open_inbox: Callable[[], Inbox]
) -> None:
    """A second process is told that another serves the bot; once that is killed, it may."""
    monkeypatch.setattr("bot.store.inbox.Inbox.busy_timeout", 0.1)
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=hold, args=(path, theirs))
    process.start()
    assert ours.recv() == []
    with pytest.raises(ServingError, match="another process is serving the bot"):
        Inbox(path)
    process.kill()
    process.join()
    assert open_inbox().waiting() == []


def garbage(path: Path) -> None:
    """Overwrite the whole file, as a copy in its place would."""
    path.write_bytes(b"this is not a database " * 2000)


def replace(path: Path) -> None:
    """Put another file in its place."""
    garbage(path.with_name("other"))
    path.with_name("other").replace(path)


def damage(path: Path) -> None:
    """Overwrite one page in the middle."""
    with path.open("r+b") as file:
        file.seek(4096 * (path.stat().st_size // 4096 // 2))
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("harm", [Path.unlink, replace, garbage, damage])
def test_harm_to_the_file_in_use_loses_nothing_that_waits(
    path: Path,
    harm: Callable[[Path], None],
    open_inbox: Callable[[], Inbox],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What waits is written to a fresh file at the next look; a critical line says so."""
    inbox = open_inbox()
    ids = fill(inbox, 400)
    inbox.look_after()
    assert numbers(inbox) == ids  # and so in SQLite's memory
    harm(path)
    if harm is damage:
        inbox._is_damaged = True  # noqa: SLF001 - as a statement reading the page finds
    inbox.look_after()
    inbox.finish([ids[0]])
    assert numbers(inbox) == ids[1:]
    inbox.look_after()
    assert [record.levelno for record in caplog.records].count(logging.CRITICAL) in {1, 2}
    inbox.close()
    again = open_inbox()
    assert numbers(again) == ids[1:]
    assert again.add([update(1)]) == []


def test_a_page_damaged_between_two_runs_costs_only_what_was_on_it(
    path: Path, open_inbox: Callable[[], Inbox], caplog: pytest.LogCaptureFixture
) -> None:
    """The damaged file is set aside, and all that can be read is in the fresh one."""
    inbox = open_inbox()
    ids = fill(inbox, 400)
    inbox.close()
    damage(path)
    found = numbers(open_inbox())
    assert len(ids) - 20 <= len(found) < len(ids)
    assert "is damaged" in caplog.text
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_garbage_at_the_start_is_set_aside(
    path: Path, open_inbox: Callable[[], Inbox], caplog: pytest.LogCaptureFixture
) -> None:
    """A fresh file is begun, the other is renamed, and a critical line says so."""
    garbage(path)
    inbox = open_inbox()
    assert inbox.add([update(1)]) == [update(1)]
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"this is not")
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]


def test_what_a_full_disk_kept_from_finishing_is_finished_later(
    open_inbox: Callable[[], Inbox],
) -> None:
    """An update that was answered while nothing could be written is not answered again."""
    inbox = open_inbox()
    inbox.add([update(1), update(2)])
    inbox.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError):
        inbox.finish([1])
    inbox.connection.execute("PRAGMA query_only = OFF")
    inbox.finish([2])
    inbox.close()
    again = open_inbox()
    assert again.waiting() == []
    assert again.add([update(1), update(2)]) == []
