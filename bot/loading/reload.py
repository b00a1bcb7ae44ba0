"""Reloads edited knowledge, if it is valid, while the bot is running."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering import Answerer
from bot.feedback.record import make_scrubber
from bot.feedback.scrub import Scrubber
from bot.knowledge import KnowledgeError, Problem, default_folder
from bot.knowledge.edits import LOOK_INTERVAL, EditDetector
from bot.loading.cache import load_answerer
from bot.logs import log_failure
from bot.text_layout import counted

_log = logging.getLogger(__name__)

_SETTLED = 0.1  # seconds without a further edit, after which an edit is loaded


@dataclass(slots=True)
class ActiveKnowledge:
    """The answerer in use and the scrubber that goes with it; a reload replaces both."""

    answerer: Answerer
    scrubber: Scrubber

    @classmethod
    def load(cls, folder: Path) -> ActiveKnowledge:
        """Load a folder; raise `KnowledgeError` with every problem found."""
        answerer = load_answerer(folder, _log.info, in_subprocess=True)
        return cls(answerer, make_scrubber(answerer.knowledge, answerer.words))


class KnowledgeReloader:
    """Holds the knowledge in use and reloads it after edits; an invalid edit changes nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()
        self._edits = EditDetector(self._folder)  # before loading, so as not to miss an edit
        self.active = ActiveKnowledge.load(self._folder)

    async def watch(self, report: Callable[[Sequence[Problem]], Awaitable[None]]) -> None:
        """Reload on SIGHUP and after every save, until cancelled; `report` what is wrong."""
        requested = asyncio.Event()
        if hasattr(signal, "SIGHUP"):  # not on Windows, where only saves trigger a reload
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, requested.set)
        tasks = [asyncio.create_task(self._watch_saves(requested.set), name="watching for saves")]
        tasks[0].add_done_callback(log_failure)
        try:
            while True:
                await requested.wait()
                requested.clear()
                problems = await self.reload()
                # A report that cannot be sent must not hold up the next edit, which replaces it.
                for earlier in tasks[1:]:
                    earlier.cancel()
                reporting = asyncio.ensure_future(report(problems))
                reporting.add_done_callback(log_failure)
                tasks[1:] = [reporting]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch_saves(self, request: Callable[[], None]) -> None:
        """Call `request` after every save."""
        while True:
            await asyncio.sleep(LOOK_INTERVAL)
            if self._edits.has_new_edit():
                while True:  # editors save in several steps, and people several files
                    await asyncio.sleep(_SETTLED)
                    if not self._edits.has_new_edit():
                        break
                request()

    async def reload(self) -> Sequence[Problem]:
        """Reload the folder, and log and return what is wrong with it; never raises."""
        before = self.active.answerer.knowledge.version
        try:
            new = await asyncio.to_thread(ActiveKnowledge.load, self._folder)
        except KnowledgeError as error:
            problems = error.problems
        except OSError as error:  # deleted or locked in the middle of a save
            reason = f"cannot be read ({error.strerror}); save it again"
            problems = (Problem(Path(error.filename or self._folder).name, None, reason),)
        except Exception as error:  # noqa: BLE001 - keep watching, even after a bug
            _log.exception("the edited knowledge cannot be loaded")
            reason = f"cannot be loaded ({type(error).__name__}); see the log"
            problems = (Problem(self._folder.name, None, reason),)
        else:
            version = new.answerer.knowledge.version
            if version == before:
                _log.info("the knowledge is unchanged: %s", before)
            else:
                self.active.answerer, self.active.scrubber = new.answerer, new.scrubber
                _log.info("knowledge %s replaces %s", version, before)
            return ()
        text = "the edited knowledge has %s; still using %s:" + "\n%s" * len(problems)
        _log.error(text, counted(len(problems), "problem"), before, *problems)
        return problems
