"""Ranks entries by how much a message asks what their phrasings ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.language.reader import Reader, Token
from bot.matching.rank import Query, Ranked, Ranking, Scores

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


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a message may ask for.

    All numbers are in [0, 1]: `score`, and `alike`, the part of it that is likeness alone;
    `confidence`; `known`, the share of the message's weight that is known vocabulary; `covered`,
    the share, among words with content, of those that this entry's phrasings have.
    `phrasing` is the one most alike.
    """

    entry: str
    confidence: float
    phrasing: str
    score: float
    alike: float
    known: float
    covered: float


class Matcher:
    """Entries with their phrasings, read once, ranked for each message."""

    def __init__(
        self,
        entries: Mapping[str, Sequence[str]],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
        calibrate: Callable[[float], float] | None = None,
    ) -> None:
        self._calibrate = calibrate
        self._names = sorted(entries)
        pairs = [
            (owner, phrasing)
            for owner, name in enumerate(self._names)
            for phrasing in sorted(set(entries[name]))
        ]
        self._reader = Reader([text for _, text in pairs], synonyms, abbreviations or {})
        # One string where the phrasing is written as it is compared: there are many.
        read = [
            (owner, text, replace(reading, text=text) if reading.text == text else reading)
            for (owner, text), reading in zip(pairs, self._reader.phrasings(), strict=True)
            if reading.amounts
        ]
        self._phrasings = [text for _, text, _ in read]
        self._ranking = Ranking(
            [owner for owner, _, _ in read], [r for _, _, r in read], len(self._names)
        )

    def rank(self, text: str, *, limit: int = 3) -> list[Match]:
        """Return the best entries for a message, at most `limit`; none without a known word."""
        query = self._query(text)
        return [self._match(query, ranked) for ranked in self._ranking.rank(query, limit)]

    def score(self, text: str, entry: str) -> float:
        """Return the raw score of one entry. KeyError for an entry that there is not."""
        ranked = self._ranking.score(self._query(text), self._number(entry))
        return ranked.scores.total if ranked else 0.0

    def explain(self, text: str, entry: str) -> Explanation:
        """Say how a message matches an entry. KeyError for an entry that there is not."""
        query = self._query(text)
        ranked = self._ranking.score(query, self._number(entry))
        phrasing = self._phrasings[ranked.line] if ranked else None
        return explain(entry, query, ranked, phrasing, self._reader)

    def _query(self, text: str) -> Query:
        return self._ranking.query(self._reader.read(text))

    def _number(self, entry: str) -> int:
        try:
            return self._names.index(entry)
        except ValueError:
            raise KeyError(entry) from None

    def _match(self, query: Query, ranked: Ranked) -> Match:
        score = ranked.scores.total
        return Match(
            entry=self._names[ranked.entry],
            confidence=self._calibrate(score) if self._calibrate else score,
            phrasing=self._phrasings[ranked.line],
            score=score,
            alike=ranked.scores.alike,
            known=min(query.known, 1.0),
            covered=min(ranked.scores.covered, 1.0),
        )
