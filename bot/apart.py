"""Runs a function in a process of its own: what it loads and takes in memory goes with that one.

It also holds up nobody who is answered meanwhile, as a thread would.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

_Made = TypeVar("_Made")
_Outcome = tuple[object, Exception | None]


def apart(function: Callable[..., _Made], *arguments: object) -> _Made:
    """What `function`, one of a module, returns for arguments that can be pickled.

    Raise what it raises. Where no other process can run it to its end, it is called in this one.
    """
    outcome = _outcome(function, arguments)
    if outcome is None:
        return function(*arguments)
    made, error = outcome
    if error:
        raise error
    return made  # type: ignore[return-value]  # what went through a pipe has no type


def _outcome(function: Callable[..., object], arguments: tuple[object, ...]) -> _Outcome | None:
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(  # noqa: S603 - this module
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdin is not None  # noqa: S101 - both were asked for
            assert process.stdout is not None  # noqa: S101
            pickle.dump((function, arguments), process.stdin)
            process.stdin.close()
            outcome: _Outcome = pickle.load(process.stdout)  # noqa: S301 - of our own process
            return outcome
    except Exception:  # noqa: BLE001 - it may be ended at any point, or not start at all
        return None


def _called() -> _Outcome:
    function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that asks
    try:
        return function(*arguments), None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is for the one who asks
        error.add_note(traceback.format_exc())
        return None, error


if __name__ == "__main__":
    pickle.dump(_called(), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
