from bot.telegram.send.limits import FLOOD_INTERVAL, FREE_ANSWERS, FloodControl

ANN, BEN = (1, 10), (1, 20)


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def flooded() -> tuple[FloodControl, Clock]:
    """A flood control and its clock after Ann has used all her free answers at once."""
    clock = Clock()
    flood = FloodControl(clock)
    for _ in range(FREE_ANSWERS[0]):
        assert flood.delay(ANN) == 0
        assert not flood.is_flooding(ANN)
        flood.record_answer(ANN)
    return flood, clock


def test_only_the_person_who_floods_is_slowed_down() -> None:
    """After the free answers, that person gets one every few seconds; others are unaffected."""
    flood, clock = flooded()
    assert flood.is_flooding(ANN)
    assert flood.delay(ANN) == FLOOD_INTERVAL
    assert flood.delay(BEN) == 0
    clock.now += FLOOD_INTERVAL
    assert flood.delay(ANN) == 0
    flood.record_answer(ANN)
    assert flood.delay(ANN) == FLOOD_INTERVAL


def test_after_a_quiet_minute_answers_are_free_again() -> None:
    """A person who stops flooding is no longer slowed down."""
    flood, clock = flooded()
    clock.now += FREE_ANSWERS[1] + 1
    assert not flood.is_flooding(ANN)
    assert flood.delay(ANN) == 0


def test_the_notice_is_sent_once() -> None:
    """Each person is notified once, however long the flood lasts."""
    flood, clock = flooded()
    assert flood.should_notify(ANN)
    clock.now += 60
    assert not flood.should_notify(ANN)
    assert flood.should_notify(BEN)
