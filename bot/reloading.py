"""Takes up edited knowledge in a running bot, only if it verifies."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import awatch

from bot.answering import Answerer
from bot.knowledge import Fault, Knowledge, KnowledgeError, default_folder, load_knowledge
from bot.prepared import prepare_apart
from bot.watching import TICK, Edits

OnChange = Callable[[Knowledge], Awaitable[None]]

_log = logging.getLogger(__name__)


class InForce:
    """The answerer that people get; a reload replaces it as a whole, between two updates."""

    def __init__(
        self, answerer: Answerer, build: Callable[[Knowledge], Answerer] = Answerer
    ) -> None:
        self.answerer = answerer
        self._build = build

    async def take_up(self, knowledge: Knowledge) -> None:
        """Answer from other knowledge, once it is read; until then the old one serves."""
        self.answerer = await asyncio.to_thread(self._build, knowledge)


class KnowledgeKeeper:
    """The knowledge in force; a broken edit leaves it as it is."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()
        self._edits = Edits(self._folder)  # before loading: an edit in between is not missed
        self.in_force = InForce(prepare_apart(self._folder), lambda _: prepare_apart(self._folder))
        self.current = self.in_force.answerer.knowledge

    def reload(self) -> list[Fault]:
        """Load the folder anew; the faults found, [] if what it holds is now in force."""
        try:
            self.current = load_knowledge(self._folder)
        except KnowledgeError as error:
            return list(error.faults)
        except OSError as error:  # gone or locked between two reads, in the middle of a save
            reason = f"cannot be read ({error.strerror}); save it again"
            return [Fault(Path(error.filename or self._folder).name, None, reason)]
        return []

    async def watch(self, on_change: OnChange) -> None:
        """Reload on SIGHUP and after every save; runs until cancelled.

        `on_change` gets the new knowledge; if it fails, the old knowledge stays in force.
        """
        hung_up = asyncio.Event()
        with _on_hang_up(hung_up.set):
            saves = asyncio.create_task(self._watch_saves(hung_up.set))
            try:
                while True:
                    await hung_up.wait()
                    hung_up.clear()
                    await self.take_up(on_change)
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

    async def take_up(self, on_change: OnChange) -> None:
        """Reload once; never raises, and says in the log what came of it."""
        before = self.current
        try:
            faults = await asyncio.to_thread(self.reload)
        except Exception:  # noqa: BLE001 - a fault no check foresaw must not end the watch either
            _log.exception("the edited knowledge cannot be loaded; answering on with the old")
            return
        if faults:
            _log.error(
                "the edited knowledge has %d fault(s); answering on with %s:\n%s",
                len(faults),
                before.version,
                "\n".join(map(str, faults)),
            )
            return
        if self.current.version == before.version:
            _log.info("the knowledge is unchanged: %s", before.version)
            return
        try:
            await on_change(self.current)
        except Exception:  # noqa: BLE001 - whatever fails, the old knowledge still serves
            self.current = before
            _log.exception("the edited knowledge failed; answering on with %s", before.version)
        else:
            _log.info("knowledge %s replaces %s", self.current.version, before.version)


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
