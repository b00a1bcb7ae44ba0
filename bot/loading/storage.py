"""Turns knowledge, and what was learned from it, into bytes and back: data only, never code."""

from hashlib import blake2b
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.answering import Answerer, Learned
from bot.knowledge import Knowledge

_CHECKSUM = 32  # bytes at the beginning
_ALIGNMENT = 8  # bytes: numpy copies an array that begins elsewhere each time it is used
_LENGTH = 8  # bytes for the length of all arrays


def to_bytes(knowledge: Knowledge, learned: Learned, key: str) -> bytes:
    """Pack both; `key` identifies the version of the knowledge and of the code.

    The arrays come first, and the rest refers to them.
    """
    arrays = bytearray()

    def put(array: NDArray[Any]) -> tuple[int, int]:
        start = len(arrays)
        arrays.extend(array.tobytes())
        arrays.extend(bytes(-len(arrays) % _ALIGNMENT))
        return start, len(array)

    rest = msgspec.msgpack.encode((knowledge, learned), enc_hook=put)
    content = len(arrays).to_bytes(_LENGTH, "big") + arrays + rest
    return _checksum(key, content) + content


def from_bytes(data: bytes | memoryview, key: str) -> Answerer | None:
    """The answerer; None if the bytes are damaged, or were packed under another key.

    Its arrays are not copied: they stay in `data`.
    """
    content = memoryview(data)[_CHECKSUM:]
    if data[:_CHECKSUM] != _checksum(key, content):
        return None
    arrays = content[_LENGTH:][: int.from_bytes(content[:_LENGTH], "big")]

    def get(kind: Any, place: tuple[int, int]) -> NDArray[Any]:  # noqa: ANN401 - an NDArray[...]
        start, length = place
        return np.frombuffer(arrays, kind.__args__[1].__args__[0], length, start)

    rest = content[_LENGTH + len(arrays) :]
    return Answerer(*msgspec.msgpack.decode(rest, type=tuple[Knowledge, Learned], dec_hook=get))


def _checksum(key: str, content: bytes | memoryview) -> bytes:
    return blake2b(content, key=key.encode(), digest_size=_CHECKSUM).digest()
