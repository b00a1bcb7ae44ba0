"""Understands "why?", "and the mayor?", "the second one" and the like after an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.references import (
    BESIDE_NAMES,
    asked_sentence,
    last_sentence,
    without_opening,
)
from bot.answering.reply import Conversation
from bot.answering.small_talk import FILLERS
from bot.answering.verify import Verifier
from bot.knowledge import Knowledge
from bot.language.english import ACCEPTED, ANY_NAME
from bot.language.normalise import (
    FUNCTION_STEMS,
    FUNCTION_WORDS,
    QUESTION_WORDS,
    tokenize,
    word_set,
)
from bot.language.reader import expand, expansions
from bot.language.spelling import closest, stem

_DOUBT = "really"
_OTHERWISE = {"until": "when"}  # the cue whose entry counts if there is none for this one
# "I thought it was 2018" doubts the answer; "I read that the mayor resigned" says something new.
_BELIEF = re.compile(
    r"\b(?:(?:i|we)(?:['’]?m)?\s+(?:(?!not)\w+\s+)?(?:thought|heard|read|told|swear|sure)"
    r"|no\W+i\s+(?:think|believe|guess))\b"
    r"(?=\s+(?:[\w'’]+\s+){0,4}(?:it|they|he|she|that\s+(?:is|was)|\d{4})\b)[^.?!]*\W*$"
    r"|\b(?:is|was)n['’]?t\s+(?:it|that)\b.*\d.*$",
    re.IGNORECASE,
)
_DENYING = FILLERS | {"no"}
# "Was it before or after the vote?" asks when.
_ORDER = re.compile(
    r"^\W*(?:(?:and|so|but)\s+)?(?:(?:was|is|were|did|do)\s+(?:it|that|this|they|he|she)\b.*\b)?"
    r"before\s+or\s+after\b"
    r"|^\W*(?:(?:and|so|but)\s+)?(?:was|is)\s+(?:it|that|this)\s+(?:before|after|during)\b",
    re.IGNORECASE,
)
# Cues that ask for the last answer again.
_REPEATED = frozenset({"source", "quote", "says", _DOUBT})
_ORDINALS = {"first": 0, "1": 0, "second": 1, "2": 1, "middle": 1, "third": 2, "3": 2, "last": -1}
_BESIDE_ORDINALS = FILLERS | word_set(
    """the one yes yeah yep please number option question i guess think mean maybe take want that
    of your those you these suggestion suggestions proposal proposals list above"""
)
_OPENERS = word_set("and but just so wait")  # "just two", "and two" ask about a number
_MIN_MISSPELT = 4  # letters; one slip turns a shorter cue into another ("who", "why")
_STANDALONE_WORDS = 2  # content words of a message that may stand alone; 1 and 3 err more
# For comparing cues: "what do the drivers say" is "what does NAME say".
_SAME = {"that": "it", "this": "it", "these": "they", "those": "they"}
_SAME |= {"do": "does", "have": "has", "are": "is", "were": "was"}
_CLAUSE = re.compile(r"[,.;!?]+\s*")
# They change what a question word asks for: "where from?", "who makes it?", "what if?"
_TELLING = word_set("about after before by for from if into make of to under with")
_TO_THE_BOT = word_set("you your u i me my we us our")  # "who are you" asks about no answer


def _picked(text: str) -> int | None:
    """Which of the questions offered a message picks ("the second one"); None if it does not."""
    words = tokenize(text)
    picked = [_ORDINALS[word] for word in words if word in _ORDINALS]
    is_pick = len(picked) == 1 and (_BESIDE_ORDINALS | _ORDINALS.keys()).issuperset(words)
    # "Two?" asks whether it is that many; "2?" is the number of a question offered.
    is_asked = text.strip().endswith("?") and text.strip(" ?").isalpha()
    return picked[0] if is_pick and not is_asked and _OPENERS.isdisjoint(words[:1]) else None


class Cues:
    """Finds the entries that a bare cue leads to, as the `follow_ups` of the last answer say."""

    def __init__(self, knowledge: Knowledge, verifier: Verifier) -> None:
        self._entries = knowledge.entries
        self._verifier = verifier
        cues, abbreviations = knowledge.vocabulary.follow_ups, knowledge.vocabulary.abbreviations
        self._abbreviations = expansions(abbreviations)
        self._cues = {
            self._cue_form(tokenize(phrasing)): key
            for key, phrasings in cues.items()
            for phrasing in phrasings
        }
        self._about_a_name = {cue for cue, key in self._cues.items() if key == ANY_NAME}
        for cue in self._about_a_name:
            del self._cues[cue]
        self._long_cues = [cue for cue in self._cues if len(cue) >= _MIN_MISSPELT]
        cue_words = frozenset(word for cue in self._cues for word in cue.split())
        self._common = FUNCTION_WORDS | cue_words
        # The words that may stand around a bare question word: those of cues with the same key.
        self._around = {
            word: (FUNCTION_STEMS - _TELLING).union(
                stem(said) for cue, key in self._cues.items() if key == own for said in cue.split()
            )
            for word in QUESTION_WORDS
            if (own := self._cues.get(word))
        }

    def targets(
        self, text: str, conversation: Conversation, *, is_phrasing: bool = False
    ) -> tuple[str | None, tuple[str, ...]]:
        """The cue in a message, and the entries that it leads to.

        "Says who?", "sure?" and "source?" lead to the last answer again, and to what
        `follow_ups` say. A question that is a phrasing ("who is right?") leads nowhere, unless it
        is a cue.
        """
        cue = self._cues.get(self._cue_form(tokenize(text))) if is_phrasing else self._cue(text)
        picked = 0 if cue == ACCEPTED and conversation.asked else _picked(text)
        if picked is not None:
            return cue, conversation.offered[picked:][:1]
        last = self._entries.get(conversation.entry or "")
        bare = [] if is_phrasing else self._bare_questions(text)
        keys = [cue] if cue else bare or self._names_asked_about(text)
        if last and not last.answerable and cue != _DOUBT:
            # A gap says nothing to be asked about; but "says who?" is, if need be, about its line.
            before = (self._entries.get(entry) for entry in reversed(conversation.shown))
            line = last if cue in _REPEATED else None
            last = next((entry for entry in before if entry and entry.answerable), line)
        if last is None:
            return cue, ()
        found: list[str] = []
        for key in keys:
            target = last.follow_ups.get(key) or last.follow_ups.get(_OTHERWISE.get(key, ""))
            if key == "more" and (target is None or target in conversation.shown):
                target = next((e for e in last.related if e not in conversation.shown), None)
            if key in _REPEATED or (key == "who" and not target):
                found.append(last.id)
            found += [target] if target else []
        return cue, tuple(dict.fromkeys(found))

    def is_standalone(self, text: str) -> bool:
        """Whether a name, a date or enough words, but those of cues, say what it is about."""
        message = self._verifier.read(text)
        content = {word for word in message.tokens if word not in self._common and len(word) > 1}
        return bool(message.mentions or message.dates or len(content) >= _STANDALONE_WORDS)

    def _cue(self, text: str) -> str | None:
        """The cue that a message consists of, give or take a slip; None if it says more."""
        if _ORDER.search(text):
            return "when"
        if _BELIEF.search(text):
            rest = _BELIEF.sub("", text)
            text = _DOUBT if _DENYING.issuperset(tokenize(rest)) else rest
        clauses = [tokenize(clause) for clause in _CLAUSE.split(text)]
        said = [words for words in clauses if not FILLERS.issuperset(words)]
        forms = [*map(tokenize, dict.fromkeys((text, without_opening(text))))]
        forms.append([word for word in forms[0] if word not in FILLERS])
        forms += said if len(said) == 1 else []
        forms.append(tokenize(without_opening(asked_sentence(text))))
        written = dict.fromkeys(map(self._cue_form, dict.fromkeys(map(tuple, forms))))
        for form in written:
            if key := self._cues.get(form):
                return key
        for form in written:
            is_long = len(form) >= _MIN_MISSPELT - 1  # the slip may be a letter dropped
            if is_long and (cue := closest(form, self._long_cues, 1 - 1.001 / len(form))):
                # "Who pays it" is no misspelt "who says it".
                other = {*form.split()} - {*cue.split()}
                if other.isdisjoint(self._verifier.words | self._common):
                    return self._cues[cue]
        return None

    def _bare_questions(self, text: str) -> list[str]:
        """The cues in "so where and when was it made": question words with little around them."""
        words = tokenize(text)
        asked = [word for word in dict.fromkeys(words) if word in QUESTION_WORDS]
        around = [self._around.get(word, frozenset()) for word in asked]
        rest = {stem(word) for word in words if word not in FILLERS}.difference(asked)
        if not asked or not rest <= frozenset().union(*around) or not all(around):
            return []
        if '"' in text:  # "who is "they"?" asks about the word
            return []
        return [] if not _TO_THE_BOT.isdisjoint(words) else [self._cues[word] for word in asked]

    def _names_asked_about(self, text: str) -> list[str]:
        """The id of the name in "and the mayor?" or "what does the mayor say"; [] if not one."""
        message = self._verifier.read(without_opening(last_sentence(text)))
        if len(message.mentions) != 1:
            return []
        name = message.mentions[0]
        around = [message.tokens[: name.start], (ANY_NAME.lower(),), message.tokens[name.end :]]
        words = [word for words in around for word in words if word not in BESIDE_NAMES]
        return [name.id] if self._cue_form(words) in self._about_a_name else []

    def _cue_form(self, words: Sequence[str]) -> str:
        return " ".join(_SAME.get(word, word) for word in expand(words, self._abbreviations))
