"""The faults injected in a soak, each as likely as the others."""

from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.faults import FaultKind

_KINDS: tuple[FaultKind, ...] = ("429", "502", "500", "drop before", "drop after", "slow")


def inject_faults(telegram: FakeTelegram, share: float) -> None:
    """Let `share` of all calls fail, and add a malformed update to some getUpdates.

    The server tries a fault only if those before it did not hit, hence the rising probabilities.
    """
    each, left = share / len(_KINDS), 1.0
    for kind in _KINDS:
        telegram.faults.add(kind, probability=each / left, delay=0.7)
        left -= each
    telegram.faults.add("malformed", probability=each / left)
