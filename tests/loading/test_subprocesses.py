"""Functions called in a subprocess have the same outcome as in this process."""

import os

import pytest

from bot.loading.subprocesses import run_in_subprocess


def test_a_subprocess_runs_the_function() -> None:
    """The result comes back from another process, whatever its size."""
    assert run_in_subprocess("os", "getpid") != os.getpid()
    assert run_in_subprocess("operator", "mul", b"x", 10**7) == b"x" * 10**7


def test_exceptions_are_raised_here() -> None:
    """An exception comes back with the subprocess's traceback as a note."""
    with pytest.raises(ZeroDivisionError) as raised:
        run_in_subprocess("operator", "truediv", 1, 0)
    assert any("bot/loading/subprocesses.py" in note for note in raised.value.__notes__)


def test_a_call_that_cannot_be_pickled_runs_here() -> None:
    """If the subprocess cannot run the function, this process does."""
    unpicklable = iter(lambda: 0, 1)
    assert run_in_subprocess("builtins", "id", unpicklable) == id(unpicklable)
