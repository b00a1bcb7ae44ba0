"""Finds small talk: messages that are nothing else, and what is said around a question."""

import re
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from bot.knowledge import Knowledge
from bot.language.english import everyday_messages
from bot.language.normalise import QUESTION_WORDS, tokenize, word_set
from bot.language.reader import Reading, expand, expansions
from bot.language.sentences import asks
from bot.matching import Index, Query

SMALLTALK = "smalltalk/"  # prefix that tells ids of small talk from ids of entries
_PICK = "number"  # is small talk only word for word: "and the second, too?" asks something
_OTHER = "other"  # the name under which messages that are no small talk are learned

# Words that people put around a message without changing it: "lol why", "when exactly?"
FILLERS = word_set(
    """lol haha hmm hm um uh oh ah wow wait hey ok okay well so and but exactly precisely actually
    concretely specifically right immediately directly just please pls plz though tho then again
    bro mate dude man thx thanks ty cheers cool nice great fine k damn omg gosh jeez ugh yikes
    """
)
_ADDRESSES = word_set("dear darling sir madam")
_ENDEARMENTS = word_set("my friend pal buddy sweetheart honey young lady")
# Beside small talk, but not beside a question: "what happens now?"
_BESIDE = (
    FILLERS
    | _ADDRESSES
    | _ENDEARMENTS
    | word_set("bot robot friends lad boss today tonight now very really too also")
)
# After a comma, they end a question: "when was it, my love?"
_TAIL = FILLERS | _ADDRESSES | _ENDEARMENTS | word_set("love quick")
_AFTER = _ADDRESSES | word_set("please pls plz thanks thx ty cheers lol haha")
_OPENERS = FILLERS - {"then"}  # "then what happened?" asks on
# Kinds that change no question before which they stand, as "what do you think" would.
_REMARKS = word_set(
    """acknowledgement laughter apology greeting praise thanks goodbye waiting wellbeing insult
    wrong-answer confusion introduction"""
)
_SUBJECTS = word_set("nothing nobody none")  # no remarks in "nothing can be done"
_LONGEST = 12  # words of a remark
_PAUSE = re.compile(r"[,.!?;:…)–—-]$")


class _Word(NamedTuple):
    """A word of a message, as written with its punctuation and as read."""

    written: str
    read: tuple[str, ...]


def _said(words: Iterable[_Word]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(word.read for word in words))


def _joined(words: Iterable[_Word]) -> str:
    return " ".join(word.written for word in words)


def small_talk_phrasings(knowledge: Knowledge) -> dict[str, Sequence[str]]:
    """What small talk is learned from: itself, and half as many of a folder's questions at most."""
    vocabulary = knowledge.vocabulary
    phrasings: dict[str, Sequence[str]] = {
        SMALLTALK + item.id: item.all_phrasings for item in vocabulary.smalltalk if item.id != _PICK
    }
    asked = [*chain.from_iterable(e.all_phrasings for e in knowledge.entries.values())]
    asked += vocabulary.elsewhere
    step = -(-2 * len(asked) // sum(map(len, phrasings.values())))
    phrasings[_OTHER] = (*asked[::step], *everyday_messages())
    return phrasings


class SmallTalk:
    """Knows all phrasings of small talk, the general ones and a folder's own."""

    def __init__(self, knowledge: Knowledge, index: Index) -> None:
        self._index = index
        kinds, vocabulary = knowledge.vocabulary.smalltalk, knowledge.vocabulary
        self._abbreviations = expansions(vocabulary.abbreviations)
        self._kinds = [item.id for item in kinds]
        # The few words of many phrasings are kept in memory once.
        self._phrases = {
            tuple(map(sys.intern, self._read(phrasing))): number
            for number, item in enumerate(kinds)
            for phrasing in item.all_phrasings
        }
        self._longest = max(map(len, self._phrases), default=0)

    def compare(self, reading: Reading) -> Query:
        """Compare a message with the phrasings of small talk, and with questions."""
        return Query(self._index, reading)

    def guess(self, query: Query) -> tuple[str, float]:
        """The likeliest kind of small talk, and by how much it is more likely than a question."""
        scores = query.scores
        name = next(name for name in scores if name != _OTHER)
        return name, scores[name] - scores[_OTHER]

    def kind(self, text: str) -> str | None:
        """The kind of a message of nothing but small talk; of several, the last in english.yaml."""
        words = self._read(text)
        found, at = [], 0
        while at < len(words):
            lengths = range(min(self._longest, len(words) - at), 0, -1)
            length = next((n for n in lengths if words[at : at + n] in self._phrases), 0)
            if length:
                found.append(self._phrases[words[at : at + length]])
            elif words[at] not in _BESIDE:
                return None
            at += length or 1
        return SMALLTALK + self._kinds[max(found)] if found else None

    def without_remarks(self, text: str) -> str:
        """The question in a message, without what is said around it: "ok thanks! when is it?"."""
        words = [_Word(word, self._read(word)) for word in text.split(" ")]
        while skipped := self._remark(words):
            words = words[skipped:]
        while dropped := self._ending(words):
            mark = "?" if words[-1].written.endswith("?") else ""
            words = words[:-dropped]
            words[-1] = words[-1]._replace(written=words[-1].written.rstrip(",") + mark)
        return _joined(words) or text

    def _ending(self, words: Sequence[_Word]) -> int:
        """How many words at the end are a remark, if a question may stand before them."""
        if len(words) > 1 and (last := words[-1].read) and _AFTER.issuperset(last):
            return 1
        for length in range(min(_LONGEST, len(words) - 1), 0, -1):
            kind, is_apart = self._kind(words[-length:]), _PAUSE.search(words[-length - 1].written)
            if kind == "thanks" or (kind in _REMARKS and is_apart):
                return length
            if is_apart and _TAIL.issuperset(_said(words[-length:])):  # "..., my love?"
                return length
        return 0

    def _remark(self, words: Sequence[_Word]) -> int:
        """How many words at the beginning are a remark; 0 if none is."""
        if words and _OPENERS.issuperset(words[0].read):
            return 1
        for length in range(min(_LONGEST, len(words)), 0, -1):
            is_subject = not _SUBJECTS.isdisjoint(words[length - 1].read)
            if self._kind(words[:length]) in _REMARKS and (
                _PAUSE.search(words[length - 1].written)
                or (asks(_joined(words[length:])) and not is_subject)
            ):
                return length
        return 0

    def _kind(self, words: Sequence[_Word]) -> str | None:
        """The kind that has these words as a phrasing; but "wtf" also stands for "what"."""
        said = _said(words)
        is_one = said in self._phrases and not QUESTION_WORDS.issuperset(said)
        return self._kinds[self._phrases[said]] if is_one else None

    def _read(self, text: str) -> tuple[str, ...]:
        return tuple(expand(tokenize(text), self._abbreviations))
