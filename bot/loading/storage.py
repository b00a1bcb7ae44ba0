"""Turns knowledge, and what was learned from it, into bytes and back: data only, never code."""

from dataclasses import dataclass
from hashlib import blake2b
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
    content = msgspec.msgpack.encode(_Stored(knowledge, learned), enc_hook=np.ndarray.tobytes)
    return _checksum(key, content) + content


def from_bytes(data: bytes, key: str) -> Answerer | None:
    """The answerer; None if the bytes are damaged, or were packed under another key."""
    content = memoryview(data)[_CHECKSUM:]
    if data[:_CHECKSUM] != _checksum(key, content):
        return None
    stored = msgspec.msgpack.decode(content, type=_Stored, dec_hook=_array)
    return Answerer(stored.knowledge, stored.learned)


def _checksum(key: str, content: bytes | memoryview) -> bytes:
    return blake2b(content, key=key.encode(), digest_size=_CHECKSUM).digest()


def _array(kind: Any, content: bytes) -> object:  # noqa: ANN401 - an NDArray[...]
    return np.frombuffer(content, kind.__args__[1].__args__[0])
