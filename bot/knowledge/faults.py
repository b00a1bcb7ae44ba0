"""What is wrong with a knowledge folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import InputError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the knowledge folder, and how to mend it."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """`answers.yaml:12: what is wrong; how to mend it`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class KnowledgeError(InputError):
    """The knowledge folder does not verify; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)  # as given, or it could not be pickled

    def __str__(self) -> str:
        """One fault a line."""
        return "\n".join(map(str, self.faults))
