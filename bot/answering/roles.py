"""Who does it to whom in a question: enough grammar to tell an accuser from the accused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering import rolewords as words
from bot.answering.names import Mention

_SKIPPED = words.FILLERS | words.BE | (words.AUXILIARIES - {"have"}) | words.BETWEEN


@dataclass(frozen=True, slots=True)
class Roles:
    """The actors found in the two roles; a role nobody plays is empty.

    `leading` are the agents, in "does Moscow say that the US ..." Moscow alone.
    """

    agent: frozenset[str]
    patient: frozenset[str]
    leading: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Party:
    """Actors who act, or are acted upon, together: "the US and NATO"."""

    ids: frozenset[str]
    start: int
    end: int


def roles(tokens: Sequence[str], actors: Sequence[Mention]) -> Roles:
    """Assign the mentioned actors to agent and patient, clause by clause."""
    if words.EITHER_WAY.intersection(pairwise(tokens)):  # "... or the other way round?"
        return Roles(frozenset(), frozenset())
    agent: set[str] = set()
    patient: set[str] = set()
    leading: frozenset[str] = frozenset()
    for start, end in _clauses(tokens):
        if start and (tokens[start] in words.BACKGROUND or (tokens[start] == "when" and agent)):
            continue
        inside = [m for m in actors if start <= m.start < end]
        _clause(tokens[:end], start, _parties(tokens, inside), agent, patient)
        if not leading or tokens[start] not in words.CONTENT:
            leading = frozenset(agent)
    both = agent & patient
    return Roles(frozenset(agent - both), frozenset(patient - both), leading - both)


def _clause(  # noqa: C901 - one case a line
    tokens: Sequence[str], start: int, parties: Sequence[_Party], agent: set[str], patient: set[str]
) -> None:
    """Add the roles of one clause: by preposition, then by voice and order."""
    open_: list[_Party] = []
    by = False
    for party in parties:
        before = _before(tokens, party.start)
        beside = [
            *tokens[max(0, party.start - 3) : party.start],
            *tokens[party.end : party.end + 1],
        ]
        if words.QUOTING.intersection(beside) or _said_by(tokens, party, before):
            continue
        if _deed(tokens, party, before):
            answered = before in {"to", "with"} or open_ or _object(tokens, start, party)
            met = words.MET.intersection(tokens[party.end :])
            (patient if answered or met else agent).update(party.ids)
        elif before in words.NOWHERE:
            continue
        elif before == words.BY or (before == words.FROM and not _acts(tokens, open_)):
            agent |= party.ids
            by = True
        elif before == words.FROM or before in words.TOWARDS or _object(tokens, start, party):
            patient |= party.ids
        else:
            open_.append(party)
    if not open_:
        return
    subject = next((p for p in open_ if _before(tokens, p.start) in words.AUXILIARIES), open_[0])
    others = {name for p in open_ if p is not subject for name in p.ids}
    if not by and (_state(tokens, subject) or (not others and _vague(tokens, subject))):
        return
    passive = _passive(tokens, subject) or _receptive(tokens, subject) or _accused(tokens, subject)
    # "did Russia answer what was said by the US": an auxiliary before it makes it act all the same
    asked = _before(tokens, subject.start) in words.AUXILIARIES
    if passive or (by and not asked):
        patient |= subject.ids
        if not by:
            agent |= others
    else:
        agent |= subject.ids
        patient |= others


def _clauses(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    starts = [0, *(at for at, token in enumerate(tokens) if at and token in words.CLAUSES)]
    yield from zip(starts, [*starts[1:], len(tokens)], strict=True)


def _parties(tokens: Sequence[str], mentions: Sequence[Mention]) -> list[_Party]:
    found: list[_Party] = []
    for m in mentions:
        between = set(tokens[found[-1].end : m.start]) - words.FILLERS if found else set()
        if between and between <= words.JOINING:
            last = found.pop()
            found.append(_Party(last.ids | {m.id}, last.start, m.end))
        else:
            found.append(_Party(frozenset({m.id}), m.start, m.end))
    return found


def _acts(tokens: Sequence[str], subjects: Sequence[_Party]) -> bool:
    """Whether a subject stands before that acts: "the US demanded *from Russia*"."""
    return any(not _passive(tokens, p) and not _receptive(tokens, p) for p in subjects)


def _object(tokens: Sequence[str], start: int, party: _Party) -> bool:
    """Whether another subject comes first in the clause: "who was first to blame Russia"."""
    before = tokens[start : party.start]
    if not before or _before(before, len(before)) in words.AUXILIARIES | words.SUBJECTS:
        return False
    if before[0] in {"which", "what"} and words.ASKED_NOUNS.intersection(before[1:3]):
        return True
    for distance, word in enumerate(reversed(before)):
        if word in words.SUBJECTS and (distance <= words.NEAR or word == words.ASKED_FOR):
            return before[len(before) - distance] not in words.SAYING
    return False


def _before(tokens: Sequence[str], at: int) -> str:
    """The nearest word before a place that is no article or filler."""
    for token in reversed(tokens[:at]):
        if token not in words.FILLERS:
            return token
    return ""


def _passive(tokens: Sequence[str], subject: _Party) -> bool:
    """Whether the subject is acted upon: "was Russia accused", "Russia was first accused"."""
    asked = _before(tokens, subject.start) in words.BE
    after = [t for t in tokens[subject.end : subject.end + 4] if t not in words.FILLERS]
    if asked:
        return bool(after) and _participle(after[0])
    return len(after) > 1 and after[0] in words.BE and _participle(after[1])


def _participle(token: str) -> bool:
    return (token.endswith("ed") and len(token) > 3) or token in words.IRREGULAR  # noqa: PLR2004


def _receptive(tokens: Sequence[str], subject: _Party) -> bool:
    after = [t for t in tokens[subject.end :] if t not in words.FILLERS]
    return bool(after) and after[0] in words.RECEPTIVE


def _accused(tokens: Sequence[str], subject: _Party) -> bool:
    """Whether the subject is said to do, or told to do: "does Russia cheat", "should it ..."."""
    after = [t for t in tokens[subject.end :] if t not in _SKIPPED]
    if after and after[0] in words.CONDUCT | words.OBLIGED:
        return True
    return _before(tokens, subject.start) in words.OBLIGED or after[:2] == ["have", "to"]


def _state(tokens: Sequence[str], subject: _Party) -> bool:
    """Whether it is asked how things stood: "was the US still in it", not "was it accusing"."""
    if _before(tokens, subject.start) in words.BE:
        after = [t for t in tokens[subject.end : subject.end + 4] if t not in words.FILLERS]
        return bool(after) and after[0] in words.STATES
    return False


def _said_by(tokens: Sequence[str], party: _Party, before: str) -> bool:
    """Whether somebody is quoted at the end: "..., says Moscow"."""
    return before in words.SAYING and party.end == len(tokens)


def _deed(tokens: Sequence[str], party: _Party, before: str) -> bool:
    """Whether a deed bears the party's name: "the US ultimatum", not "did the US demand"."""
    named = party.end < len(tokens) and tokens[party.end] in words.DEEDS
    return named and before not in words.AUXILIARIES


def _vague(tokens: Sequence[str], subject: _Party) -> bool:
    after = [t for t in tokens[subject.end :] if t not in words.FILLERS]
    return bool(after) and after[0] in words.VAGUE
