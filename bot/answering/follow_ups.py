"""Understands "why?", "and Russia?", "more" and the like with the help of the last answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.answering.reply import Conversation
from bot.answering.verify import Verifier
from bot.knowledge import Knowledge
from bot.language.normalise import FUNCTION_WORDS, tokenize
from bot.language.spelling import closest

# Words that people put around a cue without changing it: "lol why", "when exactly?"
_FILLERS = frozenset(
    """lol haha hmm hm um uh oh ah wow wait hey ok okay well so and but exactly precisely actually
    just please though tho then again bro mate dude man
    """.split()  # noqa: SIM905 - a list of quotes would be unreadable
)
_REFERS_BACK = re.compile(
    r"^\W*(?:and|but|so|then|also|or|what about|how about|wat about)\b"
    r"|\b(?:it|that|this|they|them|their|he|him|his|she|there|those|these|its|the same)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|or|ok|well)\b\W*)*(?:(?:what|how|wat)\s+about\b\W*)?",
    re.IGNORECASE,
)
_SHORT = 4  # words; a message this short may refer back even without "it" or the like
_LONG = 60  # words; a longer message says by itself what it is about
_REPEATING = frozenset({"source", "who", "says", "really"})  # without a link, repeat the answer
_MIN_MISSPELT = 4  # letters; one slip turns a shorter cue into another ("who", "why")
STANDALONE_WORDS = 2  # with this many content words a message may stand alone


def refers_back(text: str) -> bool:
    """Whether a message reads as if it refers to an earlier one."""
    words = len(text.split())
    return words <= _SHORT or (words <= _LONG and bool(_REFERS_BACK.search(text)))


def without_opening(text: str) -> str:
    """The message without "and", "what about" and the like in front."""
    return _OPENING.sub("", text, count=1)


class FollowUps:
    """Turns a message that refers back into an entry, or into questions that stand alone."""

    def __init__(self, knowledge: Knowledge, verifier: Verifier) -> None:
        self._entries = knowledge.entries
        self._verifier = verifier
        cues = knowledge.vocabulary.follow_ups
        self._cues = {
            " ".join(tokenize(phrasing)): key
            for key, phrasings in cues.items()
            for phrasing in phrasings
        }
        long_cues = [cue for cue in self._cues if len(cue) >= _MIN_MISSPELT]
        longest = max(map(len, long_cues), default=0)
        # For each message length, the cues that may be one slip away.
        self._nearby_cues = {
            length: [cue for cue in long_cues if abs(len(cue) - length) <= 1]
            for length in range(_MIN_MISSPELT - 1, longest + 2)
        }
        cue_words = frozenset(word for cue in self._cues for word in cue.split())
        self._common = FUNCTION_WORDS | cue_words

    def target(self, text: str, conversation: Conversation) -> str | None:
        """The entry that a bare cue ("why?", "source?") leads to from the last answer."""
        last = self._entries.get(conversation.entry or "")
        if last is None or (key := self._cue(text)) is None:
            return None
        target = last.follow_ups.get(key)
        if key == "more" and (target is None or target in conversation.shown):
            unseen = (e for e in last.related if e not in conversation.shown)
            return next(unseen, None)
        return target or (last.id if key in _REPEATING else None)

    def _cue(self, text: str) -> str | None:
        """The cue that a message consists of, give or take a slip; None if it says more."""
        words = tokenize(text)
        bare = [word for word in words if word not in _FILLERS]
        forms = [" ".join(some) for some in (words, tokenize(without_opening(text)), bare)]
        for form in forms:
            if key := self._cues.get(form):
                return key
        for form in forms:
            nearby = self._nearby_cues.get(len(form), ())
            if nearby and (cue := closest(form, nearby, 1 - 1.001 / len(form))):  # one slip
                return self._cues[cue]
        return None

    def standalone_words(self, text: str) -> int:
        """The number of words that say what a message is about; a name or a date alone is enough.

        Function words and the words of cues ("which *year*?") do not count.
        """
        message = self._verifier.read(text)
        if message.mentions or message.dates:
            return STANDALONE_WORDS
        return len(self._content_words(message.tokens))

    def _content_words(self, words: Sequence[str]) -> frozenset[str]:
        return frozenset(word for word in words if word not in self._common and len(word) > 1)

    def neighbours(self, conversation: Conversation) -> frozenset[str]:
        """The last entry and those it leads to: a message that refers back probably means one."""
        last = self._entries.get(conversation.entry or "")
        if last is None:
            return frozenset()
        return frozenset({last.id, *last.follow_ups.values(), *last.related})

    def standalone_forms(self, text: str, conversation: Conversation) -> Iterator[str]:
        """The questions that a message may be short for, the likeliest first."""
        rest = without_opening(text)
        if replaced := self._with_name_replaced(rest, conversation.text):
            yield replaced
        yield f"{conversation.text} {rest}"

    def _with_name_replaced(self, text: str, previous: str) -> str | None:
        """The previous question, with the name from this one: "and ABM?" after "... INF ...?"."""
        message, before = self._verifier.read(text), self._verifier.read(previous)
        if len(message.mentions) != 1:
            return None
        name = message.mentions[0]
        if len(message.tokens) > name.end - name.start + 1:
            return None
        same = [m for m in before.mentions if m.kind == name.kind]
        if not same:
            return None
        words = before.tokens
        return " ".join([*words[: same[0].start], message.words_of(name), *words[same[0].end :]])
