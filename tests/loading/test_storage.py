"""What was learned is stored as data, and read back only if every byte is as it was."""

import functools

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answerer, learn
from bot.knowledge import load_knowledge
from bot.loading.storage import from_bytes, to_bytes
from bot.loading.subprocesses import run_in_subprocess
from tests.paths import BRIDGE

KEY = "version"


@functools.cache
def stored() -> bytes:
    """A small folder as bytes."""
    knowledge = load_knowledge(BRIDGE)
    return to_bytes(knowledge, learn(knowledge), KEY)


def test_what_is_read_back_is_the_same() -> None:
    """The same knowledge, and the same ranking with the same explanation."""
    original, copy = Answerer(load_knowledge(BRIDGE)), from_bytes(stored(), KEY)
    assert copy is not None
    assert copy.knowledge == original.knowledge
    for text in ("when does the bridge close", "wen dos teh brigde clsoe", "12 april"):
        assert copy.answer(text) == original.answer(text)
        ours, theirs = original.compare(text), copy.compare(text)
        assert theirs.best(100) == ours.best(100)
        for entry in ours.scores:
            assert theirs.contributions(entry) == ours.contributions(entry)


def test_learning_is_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process learns the same, bit for bit."""
    learned = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        found = run_in_subprocess("bot.answering", "learn", load_knowledge(BRIDGE))
        parts = (found.reader, found.entries, found.small_talk)
        learned.append(msgspec.msgpack.encode(parts, enc_hook=np.ndarray.tobytes))
    assert learned[0] == learned[1]


@given(st.integers(0, 2**31), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    """Wherever it is."""
    data = bytearray(stored())
    data[place % len(data)] ^= change
    assert from_bytes(bytes(data), KEY) is None


@given(st.integers(0, 2**31))
def test_a_missing_end_is_noticed(length: int) -> None:
    """Wherever it was cut."""
    data = stored()
    assert from_bytes(data[: length % len(data)], KEY) is None


def test_another_version_is_not_used() -> None:
    """The bytes are bound to the version that they were stored under."""
    assert from_bytes(stored(), "another version") is None
