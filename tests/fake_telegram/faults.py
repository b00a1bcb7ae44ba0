"""Fault injection: a set number of times, or at random from a seed."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from .errors import RefusedError
from .http import Response

FaultKind = Literal[
    "429",  # Too Many Requests with retry_after
    "502",  # Bad Gateway: the HTML page of a proxy
    "500",  # Internal Server Error as JSON
    "401",  # the token was revoked
    "409",  # another process is polling
    "drop before",  # the connection breaks before the call is carried out
    "drop after",  # the call is carried out, but the connection breaks before the response
    "late",  # the connection breaks, and the call is carried out `delay` seconds later
    "slow",  # carried out at once, answered after `delay` seconds
    "false answer",  # `response`, which is none of Telegram's, before the call is carried out
    "malformed",  # getUpdates: a message without its required date is queued
]
_EMPTY = Response()
# The call is not carried out.
BEFORE_CALL = frozenset({"429", "502", "500", "401", "409", "drop before", "false answer"})


@dataclass(eq=False)
class Fault:
    """An injected fault. It hits a matching call with `probability`, at most `times` times."""

    kind: FaultKind
    methods: frozenset[str]  # all if empty
    probability: float = 1.0
    times: int | None = None
    skip: int = 0  # matching calls to let through first
    retry_after: int = 1
    delay: float = 1.0
    response: Response = _EMPTY
    hits: int = field(default=0, init=False)


class Faults:
    """The active faults. Callers hold the server's lock."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._active: list[Fault] = []

    def add(  # noqa: PLR0913 - independent keyword options
        self,
        kind: FaultKind,
        methods: str | Iterable[str] = (),
        *,
        probability: float = 1.0,
        times: int | None = None,
        skip: int = 0,
        retry_after: int = 1,
        delay: float = 1.0,
        response: Response = _EMPTY,
    ) -> Fault:
        """Inject a fault into one method, several, or all; return it, as it counts its hits."""
        names = frozenset([methods] if isinstance(methods, str) else methods)
        fault = Fault(kind, names, probability, times, skip, retry_after, delay, response)
        self._active = [*self._active, fault]
        return fault

    def clear(self) -> None:
        """Stop all faults."""
        self._active = []

    def pick(self, method: str) -> Fault | None:
        """Return the fault that hits this call, if any."""
        for fault in self._active:
            methods = {"getUpdates"} if fault.kind == "malformed" else fault.methods
            if methods and method not in methods:
                continue
            if fault.times is not None and fault.hits >= fault.times:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            fault.hits += 1
            return fault
        return None


def refusal(fault: Fault) -> RefusedError:
    """Return the error of a fault that is answered in JSON."""
    if fault.kind == "429":
        text = f"Too Many Requests: retry after {fault.retry_after}"
        return RefusedError(text, 429, is_violation=False, retry_after=fault.retry_after)
    texts = {
        "401": "Unauthorized",
        "500": "Internal Server Error",
        "409": "terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    }
    return RefusedError(texts[fault.kind], int(fault.kind), is_violation=False)


BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n"
    b"</body>\r\n</html>\r\n"
)
