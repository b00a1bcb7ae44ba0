"""Functions called in a process of their own: the same outcome as here."""

import os

import pytest

from bot.loading.subprocesses import run_in_subprocess


def test_it_is_another_process() -> None:
    """What it returns comes back, whatever its size."""
    assert run_in_subprocess("os", "getpid") != os.getpid()
    assert run_in_subprocess("operator", "mul", b"x", 10**7) == b"x" * 10**7


def test_what_it_raises_is_raised_here() -> None:
    """With a note of where it happened, for the log."""
    with pytest.raises(ZeroDivisionError) as raised:
        run_in_subprocess("operator", "truediv", 1, 0)
    assert any("bot/loading/subprocesses.py" in note for note in raised.value.__notes__)


def test_what_cannot_be_handed_over_is_called_here() -> None:
    """So is what no other process ran to its end."""
    unpicklable = iter(lambda: 0, 1)
    assert run_in_subprocess("builtins", "id", unpicklable) == id(unpicklable)
