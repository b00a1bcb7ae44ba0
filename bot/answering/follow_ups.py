"""Reads "why?", "and Russia?", "more" and the like in the light of the last answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.reply import Reply
from bot.answering.verify import Guard
from bot.knowledge import Entry, Knowledge
from bot.language.normalise import FUNCTION_WORDS, tokens
from bot.language.spelling import closest
from bot.matching import Matcher

_LEANING = re.compile(
    r"^\W*(?:and|but|so|then|also|or|what about|how about|wat about)\b"
    r"|\b(?:it|that|this|they|them|their|he|him|his|she|there|those|these|its|the same)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|or|ok|well)\b\W*)*(?:(?:what|how|wat)\s+about\b\W*)?",
    re.IGNORECASE,
)
_SHORT = 4  # words; a message of so few may lean on the one before without saying so
_REMEMBERED = 12  # entries shown lately, so that "more" does not repeat them


@dataclass(frozen=True, slots=True)
class Conversation:
    """The context that one person's next message may lean on; immutable.

    `shown` holds the entries answered so far, the latest last; `offered` the entries of
    the buttons or numbers shown with the latest reply.
    """

    text: str = ""
    shown: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    @property
    def entry(self) -> str | None:
        """The entry answered last."""
        return self.shown[-1] if self.shown else None

    def after(self, reply: Reply) -> Conversation:
        """The context once a reply was given; pleasantries change nothing."""
        if reply.status == "smalltalk":
            return self
        offered = (*(s.entry for s in reply.suggestions), *reply.related)
        entries = tuple(s.entry for s in reply.sections if s.entry)
        if not entries:
            return Conversation(self.text, self.shown, offered)
        return Conversation(reply.text, (*self.shown, *entries)[-_REMEMBERED:], offered)


def leans(text: str) -> bool:
    """Whether a message reads as if it went on from an earlier one."""
    return len(text.split()) <= _SHORT or bool(_LEANING.search(text))


def without_opening(text: str) -> str:
    """The message without "and", "what about" and the like in front."""
    return _OPENING.sub("", text, count=1)


_SAME = frozenset(
    {"source", "who", "says", "really"}
)  # without a link, these show the answer again
_CUE = 0.5  # score from which a message is a cue in other words ("quote pls", "lol why")
_CLEAR = 0.1  # in score, of the cue that is meant before the next one
_SLIP_LETTERS = 4  # of a cue: in a shorter one a slip makes another ("who", "why")
# What may stand around a cue: "lol why", "and when exactly?"
_FILLERS = frozenset(
    """lol haha hmm hm um uh oh ah wow wait hey ok okay well so and but exactly precisely actually
    just please though tho then again bro mate dude man
    """.split()  # noqa: SIM905 - a list of quotes would be unreadable
)
_CUE_WORDS = 8  # a longer message is a question of its own
ENOUGH = 2  # words of its own, for a message to stand by itself


class FollowUps:
    """Turns a leaning message into an entry, or into a question that stands by itself."""

    def __init__(self, knowledge: Knowledge, guard: Guard) -> None:
        self._entries = knowledge.entries
        self._guard = guard
        cues = knowledge.vocabulary.follow_ups
        self._cues = {
            " ".join(tokens(phrasing)): key
            for key, phrasings in cues.items()
            for phrasing in phrasings
        }
        long_cues = [cue for cue in self._cues if len(cue) >= _SLIP_LETTERS]
        longest = max(map(len, long_cues), default=0)
        # Beside each length of a message the cues that one slip may have made it of.
        self._alike = {
            length: [cue for cue in long_cues if abs(len(cue) - length) <= 1]
            for length in range(_SLIP_LETTERS - 1, longest + 2)
        }
        cue_words = frozenset(word for cue in self._cues for word in cue.split())
        self._common = FUNCTION_WORDS | cue_words
        self._matcher = Matcher(cues, abbreviations=knowledge.vocabulary.abbreviations)

    def linked(self, text: str, conversation: Conversation) -> str | None:
        """The entry that a bare cue ("why?", "source?") leads to from the last answer."""
        last = self._entries.get(conversation.entry or "")
        if last is None or (key := self._cue(text)) is None:
            return None
        target = last.follow_ups.get(key)
        if key == "more" and (target is None or target in conversation.shown):
            unseen = (e for e in last.related if e not in conversation.shown)
            return next(unseen, None)
        return target or (last.id if key in _SAME else None)

    def _cue(self, text: str) -> str | None:
        """The cue that a message is, word for word or nearly; None if it says anything else."""
        words = tokens(text)
        bare = [word for word in words if word not in _FILLERS]
        wordings = [" ".join(some) for some in (words, tokens(without_opening(text)), bare)]
        for wording in wordings:
            if key := self._cues.get(wording):
                return key
        for wording in wordings:
            alike = self._alike.get(len(wording), ())
            if alike and (cue := closest(wording, alike, 1 - 1.001 / len(wording))):  # one slip
                return self._cues[cue]
        if self._own(words) or len(words) > _CUE_WORDS:
            return None
        best, next_ = (*self._matcher.rank(text, limit=2), None, None)[:2]
        if best is None or best.score < _CUE or (next_ and best.score - next_.score < _CLEAR):
            return None
        return best.entry

    def own_words(self, text: str) -> int:
        """How many words of a message say what it asks about; enough if it names or dates it.

        Neither function words nor those of the cues ("which *year*?") do.
        """
        asked = self._guard.read(text)
        if asked.mentions or asked.dates:
            return ENOUGH
        return len(self._own(asked.tokens))

    def _own(self, words: Sequence[str]) -> frozenset[str]:
        return frozenset(word for word in words if word not in self._common and len(word) > 1)

    def near(self, conversation: Conversation) -> frozenset[str]:
        """The last entry and those it leads to: a leaning message likely means one of them."""
        last = self._entries.get(conversation.entry or "")
        return _neighbours(last) if last else frozenset()

    def standalone(self, text: str, conversation: Conversation) -> Iterator[str]:
        """The questions that a leaning message may stand for, the likeliest first."""
        rest = without_opening(text)
        swapped = self._swapped(rest, conversation.text)
        if swapped:
            yield swapped
        yield f"{conversation.text} {rest}"

    def _swapped(self, text: str, previous: str) -> str | None:
        """The previous question about the name in this one: "and ABM?" after "... INF ...?"."""
        asked, before = self._guard.read(text), self._guard.read(previous)
        if len(asked.mentions) != 1:
            return None
        name = asked.mentions[0]
        if len(asked.tokens) > name.end - name.start + 1:
            return None
        same = [m for m in before.mentions if m.kind == name.kind]
        if not same:
            return None
        words = before.tokens
        return " ".join([*words[: same[0].start], asked.named(name), *words[same[0].end :]])


def _neighbours(entry: Entry) -> frozenset[str]:
    return frozenset({entry.id, *entry.follow_ups.values(), *entry.related})
