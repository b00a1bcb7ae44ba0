"""What `unanswered` and `stats` print, from a store that a bot filled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bot import stats, unanswered
from bot.answering import Answerer
from bot.knowledge import Knowledge
from bot.store import Questions, existing


def unanswered_report(path: Path, answerer: Answerer, *, stub: bool, as_json: bool) -> str:
    """The questions asked in vain: listed, as JSON, or as entries to begin with."""
    with existing(path) as store:
        asked = unanswered.collect(Questions(store), answerer)
    if stub:
        from bot.stub import as_stub  # noqa: PLC0415 - loads what `evaluate` does, for this alone

        return as_stub(asked, answerer)
    if as_json:
        return _dumped(unanswered.as_json(asked, answerer))
    return unanswered.as_text(asked, answerer)


def stats_report(
    path: Path, load: Callable[[], Knowledge], *, png: Path | None, as_json: bool
) -> str:
    """The statistics as tables or JSON; with `png` they become a picture as well."""
    with existing(path) as store:
        found = stats.read(store)
    if png:
        from bot.pictures import save  # noqa: PLC0415 - Pillow is for pictures alone
        from bot.stats_picture import draw  # noqa: PLC0415

        save(draw(found, load()), png)
    return _dumped(stats.as_json(found)) if as_json else stats.as_text(found)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
