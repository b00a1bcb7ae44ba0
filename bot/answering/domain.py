"""The words of the domain, to notice those from elsewhere: "when does the *film* end"."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.knowledge import Entry, Knowledge
from bot.language.normalise import FUNCTION_WORDS, tokenize
from bot.language.spelling import Vocabulary, is_code, stem

_SAME_WORD = 0.75  # similarity from which an unknown word counts as a misspelling of a known one
_MIN_LETTERS = 5  # one slip in a shorter content word makes another word
_SHARED_BY = 2  # phrasings; a word in only one may be there by chance


class DomainVocabulary:
    """The words of the article, the answers, the names and the phrasings; not those of gaps."""

    def __init__(self, knowledge: Knowledge) -> None:
        vocabulary = knowledge.vocabulary
        entries = knowledge.answerable_entries()
        texts = [knowledge.article.text, *vocabulary.abbreviations]
        texts += [text for entry in entries for text in _texts_of(entry)]
        texts += [
            variant
            for members in vocabulary.names.values()
            for variants in members.values()
            for variant in variants
        ]
        words = {word for text in texts for word in tokenize(text)} | _shared_words(entries)
        stems = {stem(word) for word in words}
        for group in vocabulary.synonyms:
            terms = [tokenize(term) for term in group]
            if any(all(stem(word) in stems for word in term) for term in terms):
                words.update(word for term in terms for word in term)
        self._words = Vocabulary(words)
        self._function_words = Vocabulary(FUNCTION_WORDS)

    def out_of_domain(self, words: Sequence[str], phrasing: Sequence[str]) -> float:
        """The share, in [0, 1], of content words from elsewhere.

        The words of the phrasing that the message was matched with never count.
        """
        content = [word for word in words if word not in FUNCTION_WORDS]
        strange = [w for w in content if w not in phrasing and not self._has(w)]
        return len(strange) / max(1, len(content))

    def _has(self, word: str) -> bool:
        if word.isdigit() or is_code(word) or self._words.knows_stem(stem(word)):
            return True
        # A short word may still be a misspelt function word: "tihs".
        known = self._words if len(word) >= _MIN_LETTERS else self._function_words
        return any(similarity >= _SAME_WORD for _, similarity in known.neighbours(word))


def words_of(entries: Iterable[Entry]) -> frozenset[str]:
    """All words of some entries: of their phrasings, answers and passages."""
    return frozenset(
        word for e in entries for text in (*e.phrasings, *_texts_of(e)) for word in tokenize(text)
    )


def _texts_of(entry: Entry) -> Iterator[str]:
    yield entry.question
    yield entry.answer
    yield from (citation.quote for citation in entry.citations)


def _shared_words(entries: Iterable[Entry]) -> frozenset[str]:
    count = Counter(word for e in entries for text in e.phrasings for word in set(tokenize(text)))
    return frozenset(word for word, number in count.items() if number >= _SHARED_BY)
