"""Ranks entries by how much a message asks what their phrasings ask, and explains the ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.language.reader import Reader, Token
from bot.matching.rank import Query, Ranked, Ranking, Scores

How = Literal["exact", "stem", "synonym", "typo", "elsewhere", "unknown"]


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a message may ask for.

    All numbers are in [0, 1]. `alike` is the part of the score that is likeness alone; `covered` is
    the share of the message's content words that this entry's phrasings have. `phrasing` is the
    one most alike.
    """

    entry: str
    phrasing: str
    score: float
    alike: float
    covered: float

    @property
    def confidence(self) -> float:
        """The score itself: only labelled questions could turn it into a probability."""
        return self.score


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A word of the message and the word of the phrasing that it matches, if any.

    `elsewhere`: known, but not in this phrasing; `unknown`: in no phrasing at all.
    """

    word: str
    matched: str | None
    how: How


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry has its score for a message."""

    entry: str
    phrasing: str | None
    scores: Scores | None  # None if nothing matched
    words: tuple[WordMatch, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words of the message that are in no phrasing."""
        return tuple(word.word for word in self.words if word.how == "unknown")


class Matcher:
    """Entries with their phrasings, read once, ranked for each message."""

    def __init__(
        self,
        entries: Mapping[str, Sequence[str]],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
    ) -> None:
        self._names = sorted(entries)
        pairs = [
            (owner, phrasing)
            for owner, name in enumerate(self._names)
            for phrasing in sorted(set(entries[name]))
        ]
        self._reader = Reader([text for _, text in pairs], synonyms, abbreviations or {})
        # Where a phrasing is already normalised, share its string: there are many.
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
        """The best entries for a message, at most `limit`; none without a known word."""
        return [self._match(ranked) for ranked in self._ranking.rank(self._query(text), limit)]

    def score(self, text: str, entry: str) -> float:
        """The raw score of one entry. KeyError for an unknown entry."""
        ranked = self._ranking.score(self._query(text), self._number(entry))
        return ranked.scores.total if ranked else 0.0

    def explain(self, text: str, entry: str) -> Explanation:
        """How a message matches an entry. KeyError for an unknown entry."""
        query = self._query(text)
        ranked = self._ranking.score(query, self._number(entry))
        phrasing = self._phrasings[ranked.line] if ranked else None
        words: dict[str, str] = {}
        concepts: dict[str, str] = {}
        if phrasing:
            reading = self._reader.read(phrasing)
            words = {token.best: token.word for token in reading.tokens}
            for token, names in zip(reading.tokens, reading.concepts, strict=True):
                for name in names:  # a synonym of two words is shown whole
                    before = f"{concepts[name]} " if name in concepts else ""
                    concepts[name] = before + token.word
        matches = (
            _word_match(token, words, names, concepts)
            for token, names in zip(query.reading.tokens, query.reading.concepts, strict=True)
        )
        return Explanation(entry, phrasing, ranked.scores if ranked else None, tuple(matches))

    def _query(self, text: str) -> Query:
        return self._ranking.query(self._reader.read(text))

    def _number(self, entry: str) -> int:
        try:
            return self._names.index(entry)
        except ValueError:
            raise KeyError(entry) from None

    def _match(self, ranked: Ranked) -> Match:
        scores = ranked.scores
        return Match(
            self._names[ranked.entry],
            self._phrasings[ranked.line],
            scores.total,
            scores.alike,
            min(scores.covered, 1.0),
        )


def _word_match(
    token: Token, words: Mapping[str, str], names: Sequence[str], concepts: Mapping[str, str]
) -> WordMatch:
    if not token.stems:
        return WordMatch(token.word, None, "unknown")
    for stemmed, similarity in token.stems:
        if stemmed in words:
            how: How = "typo" if similarity < 1 else "stem"
            if words[stemmed] == token.word:
                how = "exact"
            return WordMatch(token.word, words[stemmed], how)
    for name in names:
        if name in concepts:
            return WordMatch(token.word, concepts[name], "synonym")
    return WordMatch(token.word, None, "elsewhere")
