"""The faults of a soak, each as likely as the others."""

from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.faults import Kind

KINDS: tuple[Kind, ...] = ("429", "502", "500", "drop before", "drop after", "slow")


def order_faults(telegram: FakeTelegram, share: float) -> None:
    """Let `share` of all calls fail, and as many getUpdates as of one kind bring rubbish.

    A fault is looked for only where the ones before it did not strike.
    """
    each, left = share / len(KINDS), 1.0
    for kind in KINDS:
        telegram.faults.add(kind, probability=each / left, delay=0.7)
        left -= each
    telegram.faults.add("malformed", probability=each / left)
