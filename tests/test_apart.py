"""Functions called in a process of their own: the same outcome as here."""

import operator
import os

import pytest

from bot.apart import apart


def test_it_is_another_process() -> None:
    """What it returns comes back, whatever its size."""
    assert apart(os.getpid) != os.getpid()
    assert apart(operator.mul, b"x", 10**7) == b"x" * 10**7


def test_what_it_raises_is_raised_here() -> None:
    """With a note of where it happened, for the log."""
    with pytest.raises(ZeroDivisionError) as raised:
        apart(operator.truediv, 1, 0)
    assert any("bot/apart.py" in note for note in raised.value.__notes__)


def test_what_cannot_be_handed_over_is_called_here() -> None:
    """So is what no other process ran to its end."""
    assert apart(lambda: os.getpid()) == os.getpid()  # noqa: PLW0108 - no other process can find it
