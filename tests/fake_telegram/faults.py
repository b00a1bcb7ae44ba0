"""Faults that a test orders: scripted (times) or random (probability, from a seed)."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from .errors import RefusedError

Kind = Literal[
    "429",  # Too Many Requests with retry_after
    "502",  # a proxy's HTML page
    "500",  # Internal Server Error as JSON
    "401",  # the token was revoked
    "409",  # another poller
    "drop before",  # the connection breaks, nothing was done
    "drop after",  # the connection breaks, the call was done but its answer is lost
    "late",  # the connection breaks, the call is done after `delay` seconds
    "slow",  # done at once, answered after `delay` seconds
    "malformed",  # getUpdates: a message without its required date joins the queue
]
BEFORE = frozenset({"429", "502", "500", "401", "409", "drop before"})


@dataclass(eq=False)
class Fault:
    """One order. It strikes a matching call with `probability`, at most `times` times."""

    kind: Kind
    methods: frozenset[str]  # empty: all
    probability: float = 1.0
    times: int | None = None
    skip: int = 0  # matching calls let through first
    retry_after: int = 1
    delay: float = 1.0
    struck: int = field(default=0, init=False)


class Faults:
    """The orders in force. Thread-safe through the server's lock, held by the callers."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._orders: list[Fault] = []

    def add(  # noqa: PLR0913 - independent properties of the order, by keyword
        self,
        kind: Kind,
        methods: str | Iterable[str] = (),
        *,
        probability: float = 1.0,
        times: int | None = None,
        skip: int = 0,
        retry_after: int = 1,
        delay: float = 1.0,
    ) -> Fault:
        """Order a fault for one method, several, or all; return it to see how often it struck."""
        names = frozenset([methods] if isinstance(methods, str) else methods)
        fault = Fault(kind, names, probability, times, skip, retry_after, delay)
        self._orders = [*self._orders, fault]
        return fault

    def clear(self) -> None:
        """Withdraw all orders."""
        self._orders = []

    def pick(self, method: str) -> Fault | None:
        """Return the fault that strikes this call, if any."""
        for fault in self._orders:
            methods = {"getUpdates"} if fault.kind == "malformed" else fault.methods
            if methods and method not in methods:
                continue
            if fault.times is not None and fault.struck >= fault.times:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            fault.struck += 1
            return fault
        return None


def refusal(fault: Fault) -> RefusedError:
    """Return what Telegram answers for a fault that has a JSON body."""
    if fault.kind == "429":
        text = f"Too Many Requests: retry after {fault.retry_after}"
        return RefusedError(text, 429, own_fault=False, retry_after=fault.retry_after)
    texts = {
        "401": "Unauthorized",
        "500": "Internal Server Error",
        "409": "terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    }
    return RefusedError(texts[fault.kind], int(fault.kind), own_fault=False)


BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n"
    b"</body>\r\n</html>\r\n"
)
