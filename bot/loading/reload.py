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
from bot.feedback.record import scrubber
from bot.feedback.scrub import Scrubber
from bot.knowledge import Fault, KnowledgeError, default_folder
from bot.knowledge.check import TICK, Edits
from bot.loading.cache import prepare_apart

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class InForce:
    """The answerer that people get, and what scrubs their questions.

    A reload replaces both as a whole, between two updates.
    """

    answerer: Answerer
    scrubber: Scrubber

    @classmethod
    def prepared(cls, folder: Path) -> InForce:
        """What a folder holds; raise `KnowledgeError` with every fault found."""
        answerer = prepare_apart(folder)
        return cls(answerer, scrubber(answerer.knowledge))


class KnowledgeKeeper:
    """The knowledge in force; a broken edit leaves it as it is."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()
        self._edits = Edits(self._folder)  # before loading: an edit in between is not missed
        self.in_force = InForce.prepared(self._folder)

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
        before = self.in_force.answerer.knowledge.version
        try:
            new = await asyncio.to_thread(InForce.prepared, self._folder)
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
                self.in_force.answerer, self.in_force.scrubber = new.answerer, new.scrubber
                _log.info("knowledge %s replaces %s", version, before)

    def _tell(self, faults: Sequence[Fault]) -> None:
        _log.error(
            "the edited knowledge has %d fault(s); answering on with %s:\n%s",
            len(faults),
            self.in_force.answerer.knowledge.version,
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
