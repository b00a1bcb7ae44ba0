"""A clock that only a test moves."""


class Clock:
    """A clock that only a test moves; the fixture `clock` gives each test its own."""

    now = 1_800_000_000.0  # 8:00 UTC

    def __call__(self) -> float:
        """The time, in seconds since the epoch."""
        return self.now
