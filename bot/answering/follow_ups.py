"""Understands "why?", "and the mayor?", "more" and the like with the help of the last answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.message import IT, PRONOUNS, Message
from bot.answering.reply import Conversation
from bot.answering.small_talk import FILLERS
from bot.answering.verify import Verifier
from bot.knowledge import Knowledge
from bot.language.english import ACCEPTED, ANY_NAME
from bot.language.names import Mention
from bot.language.normalise import (
    FUNCTION_STEMS,
    FUNCTION_WORDS,
    QUESTION_WORDS,
    tokenize,
    word_set,
)
from bot.language.reader import expand, expansions
from bot.language.spelling import closest, stem

_BESIDE_NAMES = FILLERS | word_set("the a an")
_REFERS_BACK = re.compile(
    r"^\W*(?:and|but|so|then|also|or|what about|how about|wat about)\b"
    rf"|\b(?:{'|'.join(sorted(PRONOUNS))}|there|the same)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = f"(?:{'|'.join(sorted(QUESTION_WORDS))})"
_OPENING = re.compile(
    r"^\W*(?:(?:(?:new|next|another)\s+question|and|but|so|then|also|or|ok|well|sorry"
    rf"|no(?=,|\s+(?:the|not)\b)|not\s+{_QUESTION_WORD})\b\W*)*"
    r"(?:(?:what|how|wat)\s+about\b\W*)?",
    re.IGNORECASE,
)
# Words; a message this short may refer back even without "it" or the like. 6 is no better.
_SHORT = 4
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
_REPEATED = frozenset({"source", "says", _DOUBT})  # cues that ask for the last answer again
_ORDINALS = {"first": 0, "1": 0, "second": 1, "2": 1, "middle": 1, "third": 2, "3": 2, "last": -1}
_BESIDE_ORDINALS = FILLERS | word_set(
    "the one yes yeah yep please number option question i guess think mean maybe take want that"
)
_MIN_MISSPELT = 4  # letters; one slip turns a shorter cue into another ("who", "why")
_STANDALONE_WORDS = 2  # content words of a message that may stand alone; 1 and 3 err more
# For comparing cues: "what do the drivers say" is "what does NAME say".
_SAME = {"that": "it", "this": "it", "these": "they", "those": "they"}
_SAME |= {"do": "does", "have": "has", "are": "is", "were": "was"}
_CLAUSE = re.compile(r"[,.;!?]+\s*")
_SENTENCE_END = re.compile(r"[.!?;]\s+")
_FIRST = re.compile(
    r"^.*?\b(?:first|original)\s+(?:thing|question|one)(?:\s+(?:that\s+)?i\s+asked)?\b",
    re.IGNORECASE,
)
_NOT = r"(?:(?:i|we|it['’]?s|that['’]?s)\s+)?(?:not|(?:do|did|was)n['’]?t)\b[^.?!]*?\W"
_CORRECTION = re.compile(
    rf"^\W*(?:(?:no+|nah|nope|sorry|oops|ah|oh|wait|but|ok|dear|mate|bro)\b\W*)*(?:(?:{_NOT})?(?:i|we)"
    r"(?:['’]m|\s+am)?\s+(?:mean|meant|(?:asking|asked|talking)\s+about"
    rf"|(?:asking|asked)(?=\s+(?:whether|if|{_QUESTION_WORD})\b))"
    rf"|not\b[^.?!]*?(?:,|\sbut\b)(?!\s*{_QUESTION_WORD}\b))"
    r"\s+(?:to\s+ask\s+)?(\S.*)"
    r"|^\s*\*\s*(\w[^*]*)$|^\s*(\w[^*]*)\*$",
    re.IGNORECASE | re.DOTALL,
)
_INSTEAD = re.compile(r",?\s+(?:and\s+|but\s+)?not\s+(?:about\s+)?[^.?!,]*")  # "not about him"
_THAT_ONE = re.compile(r"\b(?:that|this)\s+one\b", re.IGNORECASE)
_PERSON = word_set("he him his she")
_ANAPHORS = IT | _PERSON | word_set("her they them their")
_ALIKE = 0.5  # least similarity of a word to the correction of its spelling; 0.3 and 0.7 do too
_ASKING = re.compile(rf"^\W*{_QUESTION_WORD}\b", re.IGNORECASE)
# They change what a question word asks for: "where from?", "who makes it?", "what if?"
_TELLING = word_set("about after before by for from if into make of to under with")
_TO_THE_BOT = word_set("you your u i me my we us our")  # "who are you" asks about no answer


def refers_back(text: str) -> bool:
    """Whether a message reads as if it refers to an earlier one."""
    return len(text.split()) <= _SHORT or bool(_REFERS_BACK.search(text))


def without_opening(text: str) -> str:
    """The message without "and", "what about" and the like in front."""
    return _OPENING.sub("", text, count=1)


def _last_sentence(text: str) -> str:
    return _SENTENCE_END.split(text.rstrip(" .!?"))[-1]


def _picked(text: str) -> int | None:
    """Which of the questions offered a message picks ("the second one"); None if it does not."""
    words = tokenize(text)
    picked = [_ORDINALS[word] for word in words if word in _ORDINALS]
    is_pick = len(picked) == 1 and (_BESIDE_ORDINALS | _ORDINALS.keys()).issuperset(words)
    return picked[0] if is_pick else None


class FollowUps:
    """Turns a message that refers back into an entry, or into questions that stand alone."""

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
    ) -> tuple[str, ...]:
        """The entries that a bare cue ("why?") leads to; a doubt ("sure?") also to the last one.

        A question that is a phrasing ("who is right?") leads nowhere, unless it is a cue.
        """
        cue = self._cues.get(self._cue_form(tokenize(text))) if is_phrasing else self._cue(text)
        picked = 0 if cue == ACCEPTED and conversation.asked else _picked(text)
        if picked is not None:
            return conversation.offered[picked:][:1]
        last = self._entries.get(conversation.entry or "")
        bare = [] if is_phrasing else self._bare_questions(text)
        keys = [cue] if cue else bare or self._names_asked_about(text)
        if last and not last.answerable and cue != _DOUBT:
            # A gap says nothing to be asked about.
            before = (self._entries.get(entry) for entry in reversed(conversation.shown))
            last = next((entry for entry in before if entry and entry.answerable), None)
        if last is None:
            return ()
        found: list[str] = []
        for key in keys:
            target = last.follow_ups.get(key) or last.follow_ups.get(_OTHERWISE.get(key, ""))
            if key == "more" and (target is None or target in conversation.shown):
                target = next((e for e in last.related if e not in conversation.shown), None)
            if key in _REPEATED or (key == "who" and not target):
                found.append(last.id)
            found += [target] if target else []
        return tuple(dict.fromkeys(found))

    def rewound(self, text: str, conversation: Conversation) -> tuple[str, Conversation]:
        """For "the first thing I asked, who said that": the cue, and the conversation back then."""
        if not (conversation.shown and (found := _FIRST.match(text))):
            return text, conversation
        first = conversation.shown[0]
        question = self._entries[first].question if first in self._entries else ""
        return text[found.end() :], replace(conversation, text=question, shown=(first,))

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
        if "?" not in text.rstrip(" ?"):  # "Fine by me. When?"
            forms.append(tokenize(_last_sentence(text)))
        written = dict.fromkeys(map(self._cue_form, dict.fromkeys(map(tuple, forms))))
        for form in written:
            if key := self._cues.get(form):
                return key
        for form in written:
            is_long = len(form) >= _MIN_MISSPELT - 1  # the slip may be a letter dropped
            if is_long and (cue := closest(form, self._long_cues, 1 - 1.001 / len(form))):
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
        message = self._verifier.read(without_opening(_last_sentence(text)))
        if len(message.mentions) != 1:
            return []
        name = message.mentions[0]
        around = [message.tokens[: name.start], (ANY_NAME.lower(),), message.tokens[name.end :]]
        words = [word for words in around for word in words if word not in _BESIDE_NAMES]
        return [name.id] if self._cue_form(words) in self._about_a_name else []

    def _cue_form(self, words: Sequence[str]) -> str:
        return " ".join(_SAME.get(word, word) for word in expand(words, self._abbreviations))

    def names_its_subject(self, text: str) -> bool:
        """Whether a message names somebody and says more, without a pronoun: "mayor's answer"."""
        message = self._verifier.read(without_opening(text))
        rest = message.words_beside_names
        says_more = not (_BESIDE_NAMES | FUNCTION_WORDS).issuperset(rest)
        return bool(message.mentions) and says_more and PRONOUNS.isdisjoint(rest)

    def is_standalone(self, text: str) -> bool:
        """Whether a name, a date or enough words, but those of cues, say what it is about."""
        message = self._verifier.read(text)
        content = {word for word in message.tokens if word not in self._common and len(word) > 1}
        return bool(message.mentions or message.dates or len(content) >= _STANDALONE_WORDS)

    def neighbours(self, conversation: Conversation) -> frozenset[str]:
        """The last entry and those it leads to: a message that refers back probably means one."""
        last = self._entries.get(conversation.entry or "")
        if last is None:
            return frozenset()
        return frozenset({last.id, *last.follow_ups.values(), *last.related})

    def corrected_forms(self, text: str, conversation: Conversation) -> list[str]:
        """The last question with what a correction ("*mayor", "i meant the ferry") puts right."""
        found = _CORRECTION.match(text) or _CORRECTION.match(_last_sentence(text))
        phrase = next(filter(None, found.groups())).strip() if found else ""
        phrase = _INSTEAD.sub("", phrase, count=1)
        if FILLERS.issuperset(tokenize(phrase)):  # "not really, right?"
            return []
        if len(phrase.split()) > _SHORT:  # a question in full
            return [phrase]
        asked = conversation.last
        if replaced := self.with_name_replaced(phrase, asked):
            return [replaced]
        forms = [f"{asked} {phrase}"]
        if opening := _ASKING.match(asked):
            forms.append(f"{opening[0]} {phrase}")
        if wrong := closest(phrase.lower(), asked.lower().split(), _ALIKE):
            forms.append(asked.lower().replace(wrong, phrase, 1))
        return forms

    def with_pronoun_replaced(
        self, text: str, conversation: Conversation
    ) -> tuple[str, str] | None:
        """The question with names from the last one for "it" and the like, and the first of them.

        If that names nobody, "he" is who made the latest claim that was an answer.

        "He" or "they" is one who acts, "it" something else that has a name.
        """
        message = self._verifier.read(_THAT_ONE.sub("it", text))
        before = self._verifier.read(conversation.last)
        here, acting = {m.id for m in message.mentions}, self._acting(before)
        if here - self._acting(message).keys():
            return None
        words, found = [*message.tokens], dict[str, str]()
        for at in (n for n, word in enumerate(message.tokens) if word in _ANAPHORS):
            read, named = before, acting
            if words[at] in IT:
                named = {m.id: m for m in before.mentions if m.id not in acting}
            elif not named and words[at] in _PERSON:
                read = self._verifier.read(self._last_voice(conversation))
                named = self._acting(read)
            if len(named) == 1 and found.keys().isdisjoint(named) and here.isdisjoint(named):
                words[at] = read.words_of(*named.values())
                found |= dict.fromkeys(named, words[at])
        return (" ".join(words), next(iter(found.values()))) if found else None

    def _last_voice(self, conversation: Conversation) -> str:
        """Who made the latest claim that was an answer; "" if there was none."""
        shown = (self._entries.get(entry) for entry in reversed(conversation.shown))
        return next((entry.voice for entry in shown if entry and entry.voice), "")

    def _acting(self, message: Message) -> dict[str, Mention]:
        """The names in a message of those who can act, by id; of equal ones, the last."""
        return {m.id: m for m in message.mentions if m.kind in self._verifier.roles.kinds}

    def with_name_replaced(self, text: str, previous: str) -> str | None:
        """The last question, with the name from this one: "and the ferry?" after one on the bus."""
        message, before = self._verifier.read(text), self._verifier.read(previous)
        if len(message.mentions) != 1:
            return None
        name = message.mentions[0]
        if not _BESIDE_NAMES.issuperset(message.words_beside_names):
            return None
        same = [m for m in before.mentions if m.kind == name.kind]
        if not same:
            return None
        words = before.tokens
        return " ".join([*words[: same[0].start], message.words_of(name), *words[same[0].end :]])
