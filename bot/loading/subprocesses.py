"""Runs a function in a subprocess: its memory is freed, and answers meanwhile are not slower."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import subprocess
import sys
import threading
import traceback
from importlib import import_module
from typing import Any

log = logging.getLogger(__name__)

_TIMEOUT = 600.0  # seconds; only a subprocess that hangs takes so long, even on a slow machine
_Call = tuple[str, str, tuple[object, ...]]
_Outcome = tuple[object, Exception | None]


def run_in_subprocess(module: str, function: str, *arguments: object) -> Any:  # noqa: ANN401
    """Call `function` of `module` in a subprocess or, if that breaks down, in this process.

    The function is passed by name, so that this process need not import its module.
    """
    call = module, function, arguments
    result, error = _call_in_subprocess(call) or _call(call)
    if error:
        raise error
    return result


def _call_in_subprocess(call: _Call) -> _Outcome | None:
    # Not with `-m`, which would import from whatever folder this process was started in.
    command = [sys.executable, "-P", __file__]
    pipe, process = subprocess.PIPE, None
    try:
        with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:  # noqa: S603 - this module
            timer = threading.Timer(_TIMEOUT, process.kill)
            timer.start()
            try:
                return _outcome(call, process)
            except BaseException:
                process.kill()  # otherwise, the end of this block would wait for it
                raise
            finally:
                timer.cancel()
    except Exception as error:  # noqa: BLE001 - the subprocess may be killed, or not even start
        code = process.returncode if process else None
        reason = f"{type(error).__name__}, exit status {code}" if code else type(error).__name__
        log.warning("a subprocess broke down (%s); going on without it", reason)
        return None


def _outcome(call: _Call, process: subprocess.Popen[bytes]) -> _Outcome:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    pickle.dump([*filter(os.path.isabs, sys.path)], process.stdin)
    pickle.dump(call, process.stdin)
    process.stdin.close()
    outcome: _Outcome = pickle.load(process.stdout)  # noqa: S301 - from our own subprocess
    return outcome


def _call(call: _Call) -> _Outcome:
    module, function, arguments = call
    try:
        return getattr(import_module(module), function)(*arguments), None
    except Exception as error:  # noqa: BLE001 - raised again by the caller
        error.add_note(traceback.format_exc())
        return None, error


if __name__ == "__main__":
    gc.disable()  # it would look for cycles among millions of objects that have none
    sys.path[:] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent process
    requested = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent process
    pickle.dump(_call(requested), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
