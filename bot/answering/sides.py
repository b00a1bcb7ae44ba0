"""The two sides of an entry, who acts and who is acted upon, against those of a message."""

from __future__ import annotations

from rapidfuzz.distance import Indel

from bot.answering.asked import Asked
from bot.answering.conflict import Conflict
from bot.knowledge import Entry

_TURNED = 0.75  # likeness to a phrasing, names apart, of a message that turns its sides around


def fits(asked: Asked, entry: Entry) -> bool:
    """Whether the message has both roles of the entry, each played by the same side."""
    played = asked.roles
    return bool(
        played.agent.intersection(entry.key.agent)
        and played.patient.intersection(entry.key.patient)
    )


def reversed_roles(asked: Asked, entry: Entry) -> Conflict | None:
    """A role of the entry that the message gives to somebody else."""
    agents, patients = frozenset(entry.key.agent), frozenset(entry.key.patient)
    if not (agents or patients):
        return None
    played = asked.roles
    if agents and played.leading and played.leading <= patients - agents:
        return Conflict("agent", min(played.leading))
    for kind, found, wanted in (
        ("agent", played.agent if entry.known else played.leading, agents),
        ("patient", played.patient, patients),
    ):
        if wanted and found and not wanted & found:
            return Conflict(kind, min(found))
    return None


def two_sided(asked: Asked, entry: Entry) -> bool:
    """Whether the entry tells of two sides and the message names both."""
    both = entry.known and entry.key.agent and entry.key.patient
    return bool(both) and len(_sides(asked, entry)) > 1


def turned_around(asked: Asked, phrasing: Asked, entry: Entry) -> Conflict | None:
    """A message that is all but a phrasing with the two sides in each other's place.

    It takes no grammar, so it holds where the roles of neither are understood.
    """
    sides = _sides(asked, entry)
    understood = fits(asked, entry) and fits(phrasing, entry)
    if understood or _sides(phrasing, entry) != sides[::-1]:
        return None
    alike = Indel.normalized_similarity(_unnamed(asked), _unnamed(phrasing))
    return Conflict("agent", sides[0], turned=True) if alike >= _TURNED else None


def _sides(asked: Asked, entry: Entry) -> list[str]:
    """The sides of the entry that a message names, in the order of their first mention."""
    members = {*entry.key.agent, *entry.key.patient}
    named = (m.id for m in asked.mentions if m.kind == "actor" and m.id in members)
    return list(dict.fromkeys(named))


def _unnamed(asked: Asked) -> list[str]:
    places = asked.places
    return ["" if at in places else token for at, token in enumerate(asked.tokens)]
