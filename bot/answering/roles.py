"""Who does it to whom in a question: enough grammar to tell an accuser from the accused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.names import Mention

_BY, _FROM = "by", "from"
_TOWARDS = frozenset({"to", "against", "on", "at", "towards", "toward", "upon", "with", "for"})
_AUXILIARIES = frozenset(
    {"did", "does", "do", "has", "have", "had", "will", "would", "can", "could", "should", "may"}
)
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got", "gets"})
# Before these the one who acts has been named: "did anyone tell Russia".
_SUBJECTS = frozenset(
    {"who", "anyone", "anybody", "someone", "somebody", "nobody", "they", "he", "she"}
)
# After these somebody is quoted, not acting: "in the opinion of NATO", "according to Moscow".
_QUOTING = frozenset({"according", "opinion", "view", "views", "eyes", "words", "mind"})
# The subject of these verbs is at the receiving end.
_RECEPTIVE = frozenset(
    {"receive", "receives", "received", "get", "got", "gets", "face", "faced", "hear", "heard"}
)
_IRREGULAR = frozenset({"sent", "told", "given", "put", "broken", "blamed", "handed", "sended"})
_FILLERS = frozenset({"the", "a", "an", "its", "all", "only", "first", "also", "ever", "really"})


@dataclass(frozen=True, slots=True)
class Roles:
    """The actors found in the two roles; a role nobody plays is empty."""

    agent: frozenset[str]
    patient: frozenset[str]


def roles(tokens: Sequence[str], actors: Sequence[Mention]) -> Roles:
    """Assign the mentioned actors to agent and patient by preposition, voice and order."""
    agent: set[str] = set()
    patient: set[str] = set()
    open_: list[Mention] = []
    for mention in actors:
        before = _before(tokens, mention.start)
        if _QUOTING.intersection(tokens[max(0, mention.start - 3) : mention.start]):
            continue
        if before == _BY or (before == _FROM and not _acts(tokens, open_)):
            agent.add(mention.id)
        elif before == _FROM or before in _TOWARDS or _object(tokens, mention):
            patient.add(mention.id)
        else:
            open_.append(mention)
    if not open_:
        return Roles(frozenset(agent), frozenset(patient - agent))
    subject = next((m for m in open_ if _before(tokens, m.start) in _AUXILIARIES), open_[0])
    others = {m.id for m in open_ if m.id != subject.id}
    if agent or _passive(tokens, subject) or _receptive(tokens, subject):
        patient |= {subject.id}
        if not agent:
            agent |= others
    else:
        agent |= {subject.id}
        patient |= others
    both = agent & patient
    return Roles(frozenset(agent - both), frozenset(patient - both))


def _acts(tokens: Sequence[str], subjects: Sequence[Mention]) -> bool:
    """Whether a subject stands before that acts: "the US demanded *from Russia*"."""
    return any(not _passive(tokens, m) and not _receptive(tokens, m) for m in subjects)


def _object(tokens: Sequence[str], mention: Mention) -> bool:
    """Whether another subject comes first: "who blames Russia"."""
    before = tokens[max(0, mention.start - 4) : mention.start]
    return bool(_SUBJECTS.intersection(before)) and before[-1] not in _AUXILIARIES | _SUBJECTS


def _before(tokens: Sequence[str], at: int) -> str:
    """The nearest word before a place that is no article or filler."""
    for token in reversed(tokens[:at]):
        if token not in _FILLERS:
            return token
    return ""


def _passive(tokens: Sequence[str], subject: Mention) -> bool:
    """Whether the subject is acted upon: "was Russia accused", "Russia was first accused"."""
    asked = _before(tokens, subject.start) in _BE
    after = [t for t in tokens[subject.end : subject.end + 4] if t not in _FILLERS]
    if asked:
        return bool(after) and _participle(after[0])
    return len(after) > 1 and after[0] in _BE and _participle(after[1])


def _participle(token: str) -> bool:
    return (token.endswith("ed") and len(token) > 3) or token in _IRREGULAR  # noqa: PLR2004


def _receptive(tokens: Sequence[str], subject: Mention) -> bool:
    return any(token in _RECEPTIVE for token in tokens[subject.end : subject.end + 2])
