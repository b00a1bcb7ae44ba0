"""Says which words of a message met which words of a phrasing, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.matching.ranking import Query, Ranked, Scores
from bot.matching.reading import Reader, Token

How = Literal["exact", "stem", "synonym", "typo", "elsewhere", "unknown"]


@dataclass(frozen=True, slots=True)
class Met:
    """A word of the message, the word of the phrasing it met, and how alike they are.

    `elsewhere`: known, but not in this phrasing; `unknown`: in no phrasing at all.
    """

    word: str
    matched: str | None
    how: How
    similarity: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry has its score for a message."""

    entry: str
    phrasing: str | None
    score: float
    known: float
    parts: Scores | None
    words: tuple[Met, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words of the message that stand in no phrasing."""
        return tuple(met.word for met in self.words if met.how == "unknown")


def explain(
    entry: str, query: Query, ranked: Ranked | None, phrasing: str | None, reader: Reader
) -> Explanation:
    """Explain a score by the phrasing most alike; without one nothing matched."""
    words: dict[str, str] = {}
    concepts: dict[str, str] = {}
    if phrasing:
        reading = reader.read(phrasing)
        words = {token.best: token.word for token in reading.tokens}
        for token, names in zip(reading.tokens, reading.concepts, strict=True):
            for name in names:
                # A synonym of two words is told whole.
                concepts[name] = (
                    f"{concepts[name]} {token.word}" if name in concepts else token.word
                )
    return Explanation(
        entry=entry,
        phrasing=phrasing,
        score=ranked.scores.total if ranked else 0.0,
        known=min(query.known, 1.0),
        parts=ranked.scores if ranked else None,
        words=tuple(
            _met(token, words, names, concepts)
            for token, names in zip(query.reading.tokens, query.reading.concepts, strict=True)
        ),
    )


def _met(
    token: Token, words: Mapping[str, str], names: Sequence[str], concepts: Mapping[str, str]
) -> Met:
    if not token.stems:
        return Met(token.word, None, "unknown", 0.0)
    for stemmed, similarity in token.stems:
        if stemmed in words:
            how: How = "typo" if similarity < 1 else "stem"
            if words[stemmed] == token.word:
                how = "exact"
            return Met(token.word, words[stemmed], how, similarity)
    for name in names:
        if name in concepts:
            return Met(token.word, concepts[name], "synonym", token.similarity)
    return Met(token.word, None, "elsewhere", token.similarity)
