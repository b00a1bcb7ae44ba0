"""`python -m bot.building FOLDER NAME`: verifies and indexes a knowledge folder for `bot.prepared`.

What comes of it goes to standard output, pickled: the answerer, or the error that tells why there
is none. Kept under NAME, unless that is empty.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from bot.knowledge import KnowledgeError, load_knowledge


def _built(folder: Path, name: str) -> object:
    try:
        knowledge = load_knowledge(folder)
    except (KnowledgeError, OSError) as error:
        return error
    # Only now, so that an editor hears of faults in half the time.
    from bot.prepared import indexed  # noqa: PLC0415

    return indexed(folder, name, knowledge)


if __name__ == "__main__":
    pickle.dump(_built(Path(sys.argv[1]), sys.argv[2]), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
