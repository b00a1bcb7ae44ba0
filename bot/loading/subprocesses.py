"""Runs a function in a process of its own: what it loads and takes in memory goes with that one.

It also holds up nobody who is answered meanwhile, as a thread would.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import traceback
from importlib import import_module
from typing import Any

_Outcome = tuple[object, Exception | None]


def run_in_subprocess(module: str, function: str, *arguments: object) -> Any:  # noqa: ANN401
    """What `function` of `module` returns for arguments that can be pickled.

    Named, not passed: so this process need not load the module. Raise what it raises. Where no
    other process can run it to its end, it is called in this one.
    """
    call = module, function, arguments
    outcome = _outcome(call)
    result, error = _called(call) if outcome is None else outcome
    if error:
        raise error
    return result


def _outcome(call: tuple[str, str, tuple[object, ...]]) -> _Outcome | None:
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(  # noqa: S603 - this module
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdin is not None  # noqa: S101 - both were asked for
            assert process.stdout is not None  # noqa: S101
            pickle.dump(call, process.stdin)
            process.stdin.close()
            outcome: _Outcome = pickle.load(process.stdout)  # noqa: S301 - of our own process
            return outcome
    except Exception:  # noqa: BLE001 - it may be ended at any point, or not start at all
        return None


def _called(call: tuple[str, str, tuple[object, ...]]) -> _Outcome:
    module, function, arguments = call
    try:
        return getattr(import_module(module), function)(*arguments), None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is for the one who asks
        error.add_note(traceback.format_exc())
        return None, error


if __name__ == "__main__":
    requested = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that asks
    pickle.dump(_called(requested), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
