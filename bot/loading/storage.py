"""Turns knowledge, and what was learned from it, into bytes and back: data only, never code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from bot.answering import Answerer, Learned
from bot.knowledge import Knowledge

_CHECKSUM = 32  # bytes in front of the content


@dataclass(frozen=True, slots=True)
class _Stored:
    knowledge: Knowledge
    learned: Learned


def to_bytes(knowledge: Knowledge, learned: Learned, key: str) -> bytes:
    """Pack both; `key` identifies the version of the knowledge and of the code."""
    content = msgspec.msgpack.encode(_Stored(knowledge, learned), enc_hook=_array_to_bytes)
    return _checksum(key, content) + content


def from_bytes(data: bytes, key: str) -> Answerer | None:
    """The answerer; None if the bytes are damaged, or were packed under another key."""
    content = memoryview(data)[_CHECKSUM:]
    if data[:_CHECKSUM] != _checksum(key, content):
        return None
    try:
        stored = msgspec.msgpack.decode(content, type=_Stored, dec_hook=_array_from_bytes)
    except (msgspec.DecodeError, ValueError):  # an array's bytes have the wrong length
        return None
    return Answerer(stored.knowledge, stored.learned)


def _checksum(key: str, content: bytes | memoryview) -> bytes:
    digest = hashlib.blake2b(key.encode(), digest_size=_CHECKSUM)
    digest.update(content)
    return digest.digest()


def _array_to_bytes(array: Any) -> bytes:  # noqa: ANN401 - what msgspec has no type for
    if not isinstance(array, np.ndarray):
        raise NotImplementedError(type(array))
    return array.tobytes()


def _array_from_bytes(kind: Any, content: bytes) -> object:  # noqa: ANN401 - NDArray[...]
    _, dtype = kind.__args__
    return np.frombuffer(content, dtype.__args__[0])
