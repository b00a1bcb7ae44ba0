"""Who does it to whom in a question: enough grammar to tell an accuser from the accused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.names import Mention

_BY, _FROM = "by", "from"
_TOWARDS = frozenset({"to", "against", "on", "at", "towards", "toward", "upon", "with", "for"})
_NOWHERE = frozenset({"in", "between", "among", "of"})  # a place, both sides, an owner: no role
_AUXILIARIES = frozenset(
    {"did", "does", "do", "has", "have", "had", "will", "would", "can", "could", "should", "may"}
)
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got", "gets"})
# Before these the one who acts has been named: "who blames Russia", "did anyone tell Russia".
_ASKED_FOR = "who"
_SUBJECTS = frozenset(
    {"anyone", "anybody", "someone", "somebody", "nobody", "they", "he", "she", _ASKED_FOR}
)
_NEAR = 3  # words between such a subject and its object; "who" may stand further off
_SAYING = frozenset({"say", "says", "said", "think", "thinks", "believe", "believes", "claims"})
# Beside these somebody is quoted, not acting: "in the opinion of NATO", "in NATO's eyes".
_QUOTING = frozenset({"according", "opinion", "view", "views", "eyes", "words", "mind"})
# The subject of these verbs is at the receiving end.
_RECEPTIVE = frozenset(
    {"receive", "receives", "received", "get", "got", "gets", "face", "faced", "hear", "heard"}
)
_IRREGULAR = frozenset({"sent", "told", "given", "put", "broken", "blamed", "handed", "sended"})
_FILLERS = frozenset({"the", "a", "an", "its", "all", "only", "first", "also", "ever", "really"})
_JOINING = frozenset({"and", "or", "nor", "plus"})
_CONTENT = frozenset({"that", "if", "whether"})  # of what is said, known, thought
# Words that begin a clause with a subject of its own; what follows the first kind only says
# when the thing asked about happened.
_BACKGROUND = frozenset({"before", "after", "while", "until"})
_CLAUSES = frozenset({"when", "because", "since"}) | _CONTENT | _BACKGROUND


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
    agent: set[str] = set()
    patient: set[str] = set()
    leading: frozenset[str] = frozenset()
    for start, end in _clauses(tokens):
        if start and (tokens[start] in _BACKGROUND or (tokens[start] == "when" and agent)):
            continue
        inside = [m for m in actors if start <= m.start < end]
        _clause(tokens[:end], start, _parties(tokens, inside), agent, patient)
        if not leading or tokens[start] not in _CONTENT:
            leading = frozenset(agent)
    both = agent & patient
    return Roles(frozenset(agent - both), frozenset(patient - both), leading - both)


def _clause(
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
        if before in _NOWHERE or _QUOTING.intersection(beside):
            continue
        if before == _BY or (before == _FROM and not _acts(tokens, open_)):
            agent |= party.ids
            by = True
        elif before == _FROM or before in _TOWARDS or _object(tokens, start, party):
            patient |= party.ids
        else:
            open_.append(party)
    if not open_:
        return
    subject = next((p for p in open_ if _before(tokens, p.start) in _AUXILIARIES), open_[0])
    others = {name for p in open_ if p is not subject for name in p.ids}
    passive = _passive(tokens, subject) or _receptive(tokens, subject)
    # "did Russia answer what was said by the US": an auxiliary before it makes it act all the same
    asked = _before(tokens, subject.start) in _AUXILIARIES
    if passive or (by and not asked):
        patient |= subject.ids
        if not by:
            agent |= others
    else:
        agent |= subject.ids
        patient |= others


def _clauses(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    starts = [0, *(at for at, token in enumerate(tokens) if at and token in _CLAUSES)]
    yield from zip(starts, [*starts[1:], len(tokens)], strict=True)


def _parties(tokens: Sequence[str], mentions: Sequence[Mention]) -> list[_Party]:
    found: list[_Party] = []
    for m in mentions:
        between = set(tokens[found[-1].end : m.start]) - _FILLERS if found else set()
        if between and between <= _JOINING:
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
    if not before or before[-1] in _AUXILIARIES | _SUBJECTS:
        return False
    for distance, word in enumerate(reversed(before)):
        if word in _SUBJECTS and (distance <= _NEAR or word == _ASKED_FOR):
            return before[len(before) - distance] not in _SAYING
    return False


def _before(tokens: Sequence[str], at: int) -> str:
    """The nearest word before a place that is no article or filler."""
    for token in reversed(tokens[:at]):
        if token not in _FILLERS:
            return token
    return ""


def _passive(tokens: Sequence[str], subject: _Party) -> bool:
    """Whether the subject is acted upon: "was Russia accused", "Russia was first accused"."""
    asked = _before(tokens, subject.start) in _BE
    after = [t for t in tokens[subject.end : subject.end + 4] if t not in _FILLERS]
    if asked:
        return bool(after) and _participle(after[0])
    return len(after) > 1 and after[0] in _BE and _participle(after[1])


def _participle(token: str) -> bool:
    return (token.endswith("ed") and len(token) > 3) or token in _IRREGULAR  # noqa: PLR2004


def _receptive(tokens: Sequence[str], subject: _Party) -> bool:
    after = [t for t in tokens[subject.end :] if t not in _FILLERS]
    return bool(after) and after[0] in _RECEPTIVE
