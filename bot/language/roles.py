"""Works out who does what to whom: enough English grammar to tell the accuser from the accused."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.language.names import Mention
from bot.language.normalise import word_set

ACTOR = "actor"  # the kind of names that can always act
BY, FROM = "by", "from"
TOWARDS = word_set("to against on at towards toward upon with for about")
NO_ROLE = word_set("in between among of")  # mark a place, both sides or an owner
AUXILIARIES = word_set("did does do has have had will would can could should may")
BE = word_set("is are was were be been being get got gets")
# Subjects that are not names: "who blames the mayor", "did anyone tell the mayor".
SUBJECTS = word_set(
    "anyone anybody everyone everybody someone somebody nobody people they he she who"
)
FILLERS = word_set("the a an its all only first also ever really")
JOINING = word_set("and or nor plus")
# These begin a clause with its own subject. A clause that begins with one of `BACKGROUND` only says
# when the thing asked about happened.
BACKGROUND = word_set("before after while until")
CLAUSES = word_set("when because since") | BACKGROUND
VAGUE = word_set("do doing")  # "what did the mayor do?" does not say who accused whom
BETWEEN = word_set("not been even")  # may come between a subject and its verb
# The subject of these is told to do something: "what should the mayor do".
OBLIGED = word_set("should must")
EITHER_WAY = frozenset({("way", "round"), ("way", "around"), ("way", "about"), ("vice", "versa")})
_SKIPPED = FILLERS | BE | (AUXILIARIES - {"have"}) | BETWEEN


@dataclass(frozen=True, slots=True)
class Roles:
    """The names in the two roles; a role that nobody plays is empty."""

    agent: frozenset[str]
    patient: frozenset[str]


_NOBODY = Roles(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Party:
    """Names that act, or are acted upon, together: "the mayor and the council"."""

    ids: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RoleFinder:
    """Assigns names of some kinds to the two roles. English.yaml explains the sets of words."""

    kinds: frozenset[str]
    quoting: frozenset[str]
    receptive: frozenset[str]
    participles: frozenset[str]
    conduct: frozenset[str]
    deeds: frozenset[str]
    met: frozenset[str]
    asked_nouns: frozenset[str]

    def find(self, tokens: Sequence[str], mentions: Sequence[Mention]) -> Roles:
        """Assign the names mentioned to agent and patient, clause by clause."""
        if EITHER_WAY.intersection(pairwise(tokens)):  # "... or the other way round?"
            return _NOBODY
        actors = [mention for mention in mentions if mention.kind in self.kinds]
        agent: set[str] = set()
        patient: set[str] = set()
        starts = [0, *(at for at, token in enumerate(tokens) if at and token in CLAUSES)]
        for start, end in pairwise([*starts, len(tokens)]):
            if start and (tokens[start] in BACKGROUND or (tokens[start] == "when" and agent)):
                continue
            inside = [m for m in actors if start <= m.start < end]
            roles = self._clause(tokens[:end], start, _parties(tokens, inside))
            agent |= roles.agent
            patient |= roles.patient
        both = agent & patient
        return Roles(frozenset(agent - both), frozenset(patient - both))

    def _clause(self, tokens: Sequence[str], start: int, parties: Sequence[_Party]) -> Roles:
        """The roles in one clause: by preposition, then by voice and order."""
        agent: set[str] = set()
        patient: set[str] = set()
        open_: list[_Party] = []
        by = False
        for party in parties:
            before = _before(tokens, party.start)
            beside = [
                *tokens[max(0, party.start - 3) : party.start],
                *tokens[party.end : party.end + 1],
            ]
            if self.quoting.intersection(beside):
                continue
            # A deed that bears the party's name: "the council order", not "did the council order".
            deed = self.deeds.intersection(tokens[party.end : party.end + 1])
            if deed and before not in AUXILIARIES:
                answered = before in {"to", "with"} or open_ or self._object(tokens, start, party)
                met = self.met.intersection(tokens[party.end :])
                (patient if answered or met else agent).update(party.ids)
            elif before in NO_ROLE:
                continue
            elif before == BY or (before == FROM and not self._acts(tokens, open_)):
                agent |= party.ids
                by = True
            elif before == FROM or before in TOWARDS or self._object(tokens, start, party):
                patient |= party.ids
            else:
                open_.append(party)
        ordered = self._by_order(tokens, open_, by=by) if open_ else _NOBODY
        return Roles(ordered.agent | agent, ordered.patient | patient)

    def _by_order(self, tokens: Sequence[str], parties: Sequence[_Party], *, by: bool) -> Roles:
        """The roles of a subject and its objects; `by` tells that the agent is named already."""
        subject = next((p for p in parties if _before(tokens, p.start) in AUXILIARIES), parties[0])
        others = frozenset(name for p in parties if p is not subject for name in p.ids)
        follows = _after(tokens, subject.end)
        if not (by or others) and follows in VAGUE:
            return _NOBODY
        received = self._passive(tokens, subject) or follows in self.receptive
        # "did they answer what was said by the mayor": after an auxiliary, the subject still acts
        asked = _before(tokens, subject.start) in AUXILIARIES
        if received or self._accused(tokens, subject) or (by and not asked):
            return Roles(frozenset() if by else others, subject.ids)
        return Roles(subject.ids, others)

    def _acts(self, tokens: Sequence[str], subjects: Sequence[_Party]) -> bool:
        """Whether an acting subject comes before: "the mayor demanded *from the council*"."""
        return any(
            not self._passive(tokens, p) and _after(tokens, p.end) not in self.receptive
            for p in subjects
        )

    def _object(self, tokens: Sequence[str], start: int, party: _Party) -> bool:
        """Whether another subject comes first in the clause: "who was first to blame the mayor"."""
        before = tokens[start : party.start]
        if not before or _before(before, len(before)) in AUXILIARIES | SUBJECTS:
            return False
        if before[0] in {"which", "what"} and self.asked_nouns.intersection(before[1:3]):
            return True
        return not SUBJECTS.isdisjoint(before)

    def _passive(self, tokens: Sequence[str], subject: _Party) -> bool:
        """Whether the subject is acted upon: "was she accused", "she was first accused"."""
        asked = _before(tokens, subject.start) in BE
        after = [t for t in tokens[subject.end : subject.end + 4] if t not in FILLERS]
        if asked:
            return bool(after) and self._participle(after[0])
        return len(after) > 1 and after[0] in BE and self._participle(after[1])

    def _participle(self, token: str) -> bool:
        return (token.endswith("ed") and len(token) > 3) or token in self.participles  # noqa: PLR2004

    def _accused(self, tokens: Sequence[str], subject: _Party) -> bool:
        """Whether the subject is accused, or told to act: "does he cheat", "should he ..."."""
        after = [t for t in tokens[subject.end :] if t not in _SKIPPED]
        if after and (after[0] in self.conduct or after[0] in OBLIGED):
            return True
        return _before(tokens, subject.start) in OBLIGED or after[:2] == ["have", "to"]


def _parties(tokens: Sequence[str], mentions: Sequence[Mention]) -> list[_Party]:
    found: list[_Party] = []
    for m in mentions:
        between = set(tokens[found[-1].end : m.start]) - FILLERS if found else set()
        if between and between <= JOINING:
            last = found.pop()
            found.append(_Party(last.ids | {m.id}, last.start, m.end))
        else:
            found.append(_Party(frozenset({m.id}), m.start, m.end))
    return found


def _before(tokens: Sequence[str], at: int) -> str:
    """The nearest word before a position, skipping articles and fillers; "" if none."""
    return next((token for token in reversed(tokens[:at]) if token not in FILLERS), "")


def _after(tokens: Sequence[str], at: int) -> str:
    """The nearest word from a position on, skipping articles and fillers; "" if none."""
    return next((token for token in tokens[at:] if token not in FILLERS), "")
