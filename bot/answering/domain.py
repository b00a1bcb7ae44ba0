"""Words that nothing the article answers knows: "when does the *film* end"."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.knowledge import Entry, Knowledge
from bot.language.normalise import FUNCTION_WORDS, tokens
from bot.language.spelling import Vocabulary, is_code, stem

_SAME = 0.75  # likeness from which an unknown word counts as a slip of a known one
_SHORTEST = 5  # letters
_SHARED_BY = 2  # phrasings


class HomeWords:
    """The words of the entries that are answered; a known gap's are not among them."""

    def __init__(self, knowledge: Knowledge) -> None:
        vocabulary = knowledge.vocabulary
        words = {word for text in _texts(knowledge) for word in tokens(text)} | _common(knowledge)
        words.update(word for short in vocabulary.abbreviations for word in tokens(short))
        stems = {stem(word) for word in words}
        for group in vocabulary.synonyms:
            terms = [tokens(term) for term in group]
            if any(all(stem(word) in stems for word in term) for term in terms):
                words.update(word for term in terms for word in term)
        self._words = Vocabulary(words)
        self._function_words = Vocabulary(FUNCTION_WORDS)

    def foreign(self, words: Sequence[str], phrasing: Sequence[str]) -> float:
        """The share, in [0, 1], of a message's words with content that are not at home.

        Those of the phrasing it is matched with are.
        """
        content = [word for word in words if word not in FUNCTION_WORDS]
        strange = [w for w in content if w not in phrasing and self._is_foreign(w)]
        return len(strange) / max(1, len(content))

    def _is_foreign(self, word: str) -> bool:
        if word.isdigit() or is_code(word) or self._words.knows_stem(stem(word)):
            return False
        # One slip in a short content word makes another word; "tihs" is still "this".
        known = self._words if len(word) >= _SHORTEST else self._function_words
        return not any(likeness >= _SAME for _, likeness in known.neighbours(word))


def words_of(entries: Iterable[Entry]) -> frozenset[str]:
    """All words of some entries: of their phrasings, answers and passages."""
    return frozenset(
        word for e in entries for text in (*e.phrasings, *_said(e)) for word in tokens(text)
    )


def _said(entry: Entry) -> Iterator[str]:
    yield entry.question
    yield entry.answer
    yield from (citation.quote for citation in entry.citations)


def _common(knowledge: Knowledge) -> frozenset[str]:
    """The words that several phrasings share: a word of one may be there by the way."""
    count = Counter(
        word for e in knowledge.answered() for text in e.phrasings for word in set(tokens(text))
    )
    return frozenset(word for word, number in count.items() if number >= _SHARED_BY)


def _texts(knowledge: Knowledge) -> Iterator[str]:
    yield knowledge.article.text
    for entry in knowledge.answered():
        yield from _said(entry)
    names: Iterable[str] = (
        name
        for members in knowledge.vocabulary.names.values()
        for variants in members.values()
        for name in variants
    )
    yield from names
