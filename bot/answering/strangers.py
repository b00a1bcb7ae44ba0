"""Words that nothing the article answers knows: "when does the *film* end"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.knowledge import Entry, Knowledge
from bot.matching.functionwords import FUNCTION_WORDS
from bot.matching.text import is_code, stem, tokens
from bot.matching.vocabulary import Vocabulary

_SAME = 0.75  # likeness from which an unknown word counts as a slip of a known one
_SHORTEST = 5  # letters


class HomeWords:
    """The words of the entries that are answered; a known gap's are not among them."""

    def __init__(self, knowledge: Knowledge, answered: Iterable[str]) -> None:
        """`answered` are the words of the entries that are answered."""
        vocabulary = knowledge.vocabulary
        words = {*answered, *(word for text in _texts(knowledge) for word in tokens(text))}
        words.update(word for short in vocabulary.abbreviations for word in tokens(short))
        stems = {stem(word) for word in words}
        for group in vocabulary.synonyms:
            terms = [tokens(term) for term in group]
            if any(all(stem(word) in stems for word in term) for term in terms):
                words.update(word for term in terms for word in term)
        self._words = Vocabulary(words)
        self._function_words = Vocabulary(FUNCTION_WORDS)

    def foreign(self, words: Sequence[str]) -> float:
        """The share, in [0, 1], of a message's words with content that are not at home."""
        content = [word for word in words if word not in FUNCTION_WORDS]
        return sum(map(self._is_foreign, content)) / max(1, len(content))

    def _is_foreign(self, word: str) -> bool:
        if word.isdigit() or is_code(word) or self._words.knows_stem(stem(word)):
            return False
        # One slip in a short content word makes another word; "tihs" is still "this".
        known = self._words if len(word) >= _SHORTEST else self._function_words
        return not any(likeness >= _SAME for _, likeness in known.neighbours(word))


def words_of(entries: Iterable[Entry]) -> frozenset[str]:
    """All words of some entries: of their phrasings, answers and passages."""
    texts = (
        text for e in entries for text in (*e.wordings, e.answer, *(c.quote for c in e.citations))
    )
    return frozenset(word for text in texts for word in tokens(text))


def _texts(knowledge: Knowledge) -> Iterator[str]:
    yield knowledge.article.text
    names: Iterable[str] = (
        name
        for members in knowledge.vocabulary.names.values()
        for variants in members.values()
        for name in variants
    )
    yield from names
