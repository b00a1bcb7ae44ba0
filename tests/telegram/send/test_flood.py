from bot.telegram.send.limits import FREE, SLOWED, FloodControl

ANN, BEN = (1, 10), (1, 20)


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def flooded() -> tuple[FloodControl, Clock]:
    """Let Ann have all free answers at once."""
    clock = Clock()
    flood = FloodControl(clock)
    for _ in range(FREE[0]):
        assert flood.pause(ANN) == 0
        assert not flood.floods(ANN)
        flood.answered(ANN)
    return flood, clock


def test_one_person_is_slowed_down_and_the_others_notice_nothing() -> None:
    """After the free answers there is one every few seconds, for that person in that chat."""
    flood, clock = flooded()
    assert flood.floods(ANN)
    assert flood.pause(ANN) == SLOWED
    assert flood.pause(BEN) == 0
    clock.now += SLOWED
    assert flood.pause(ANN) == 0
    flood.answered(ANN)
    assert flood.pause(ANN) == SLOWED


def test_a_calm_minute_makes_up_for_it() -> None:
    """Who slows down is free again."""
    flood, clock = flooded()
    clock.now += FREE[1] + 1
    assert not flood.floods(ANN)
    assert flood.pause(ANN) == 0


def test_the_notice_comes_once() -> None:
    """However long the flood lasts, one word about it is enough."""
    flood, clock = flooded()
    assert flood.should_tell(ANN)
    clock.now += 60
    assert not flood.should_tell(ANN)
    assert flood.should_tell(BEN)
