"""Takes up edited knowledge in a running bot, only if it verifies."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from bot.answering import Answerer
from bot.feedback.record import make_scrubber
from bot.feedback.scrub import Scrubber
from bot.knowledge import Fault, KnowledgeError, default_folder
from bot.knowledge.check import TICK, FolderEdits
from bot.loading.cache import load_answerer_in_subprocess

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ActiveKnowledge:
    """The answerer that people get, and what scrubs their questions.

    A reload replaces both as a whole, between two updates.
    """

    answerer: Answerer
    scrubber: Scrubber

    @classmethod
    def prepared(cls, folder: Path) -> ActiveKnowledge:
        """What a folder holds; raise `KnowledgeError` with every fault found."""
        answerer = load_answerer_in_subprocess(folder)
        return cls(answerer, make_scrubber(answerer.knowledge))


class KnowledgeReloader:
    """The knowledge in force; a broken edit leaves it as it is."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()
        self._edits = FolderEdits(self._folder)  # before loading: an edit in between is not missed
        self.active = ActiveKnowledge.prepared(self._folder)

    async def watch(self) -> None:
        """Reload on SIGHUP and after every save; runs until cancelled."""
        hung_up = asyncio.Event()
        with _on_hang_up(hung_up.set):
            saves = asyncio.create_task(self._watch_saves(hung_up.set))
            try:
                while True:
                    await hung_up.wait()
                    hung_up.clear()
                    await self.take_up()
            finally:
                saves.cancel()
                await asyncio.gather(saves, return_exceptions=True)

    async def _watch_saves(self, tell: Callable[[], None]) -> None:
        try:
            async for _ in awatch(
                self._folder,
                recursive=False,
                watch_filter=None,
                debounce=200,
                rust_timeout=TICK,
                yield_on_timeout=True,
            ):
                if self._edits.finished():
                    tell()
        except Exception:  # noqa: BLE001 - whatever it is, answering people matters more
            _log.exception("cannot watch %s; edits are taken up on SIGHUP", self._folder)

    async def take_up(self) -> None:
        """Load the folder anew; never raises, and says in the log what came of it."""
        before = self.active.answerer.knowledge.version
        try:
            new = await asyncio.to_thread(ActiveKnowledge.prepared, self._folder)
        except KnowledgeError as error:
            self._tell(error.faults)
        except OSError as error:  # gone or locked between two reads, in the middle of a save
            reason = f"cannot be read ({error.strerror}); save it again"
            self._tell([Fault(Path(error.filename or self._folder).name, None, reason)])
        except Exception:  # noqa: BLE001 - a fault no check foresaw must not end the watch either
            _log.exception("the edited knowledge failed; answering on with %s", before)
        else:
            version = new.answerer.knowledge.version
            if version == before:
                _log.info("the knowledge is unchanged: %s", before)
            else:
                self.active.answerer, self.active.scrubber = new.answerer, new.scrubber
                _log.info("knowledge %s replaces %s", version, before)

    def _tell(self, faults: Sequence[Fault]) -> None:
        _log.error(
            "the edited knowledge has %d fault(s); answering on with %s:\n%s",
            len(faults),
            self.active.answerer.knowledge.version,
            "\n".join(map(str, faults)),
        )


@contextmanager
def _on_hang_up(tell: Callable[[], None]) -> Iterator[None]:
    if not hasattr(signal, "SIGHUP"):  # Windows: saves alone are noticed
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, tell)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
