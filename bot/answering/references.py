"""Puts what a message refers back to in its place: "he", "that one", "no, I meant the ferry"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answering.message import IT, PERSON, PRONOUNS, THINGS, Message
from bot.answering.reply import Conversation
from bot.answering.small_talk import FILLERS
from bot.answering.verify import Verifier
from bot.knowledge import Knowledge
from bot.language.names import Mention
from bot.language.normalise import FUNCTION_WORDS, QUESTION_WORDS, tokenize, word_set
from bot.language.spelling import closest

BESIDE_NAMES = FILLERS | word_set("the a an")
_REFERS_BACK = re.compile(
    r"^\W*(?:and|but|so|then|also|or|what about|how about|wat about)\b"
    rf"|\b(?:{'|'.join(sorted(PRONOUNS))}|there|the same)\b",
    re.IGNORECASE,
)
_PREPOSITIONS = word_set("about against by for from in of on to with")
_QUESTION_WORD = f"(?:{'|'.join(sorted(QUESTION_WORDS))})"
_OPENING = re.compile(
    r"^\W*(?:(?:(?:new|next|another)\s+question|and|but|so|then|also|or|ok|well|sorry"
    rf"|no(?=,|\s+(?:the|not)\b)|not\s+{_QUESTION_WORD})\b\W*)*"
    r"(?:(?:what|how|wat)\s+about\b\W*)?",
    re.IGNORECASE,
)
# Words; a message this short may refer back even without "it" or the like. 6 is no better.
_SHORT = 4
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?;])\s+")
_FIRST = re.compile(
    r"^.*?\b(?:first|original)\s+(?:thing|question|one)(?:\s+(?:that\s+)?i\s+asked)?\b",
    re.IGNORECASE,
)
_NOT = r"(?:(?:i|we|it['’]?s|that['’]?s)\s+)?(?:not|(?:do|did|was)n['’]?t)\b[^.?!]*?\W"
_CORRECTION = re.compile(
    rf"^\W*(?:(?:no+|nah|nope|sorry|oops|ah|oh|wait|but|ok|dear|mate|bro)\b\W*)*(?:(?:{_NOT})?(?:i|we)"
    r"(?:['’]m|\s+am)?\s+(?:mean|meant|(?:asking|asked|talking)\s+about"
    rf"|ask(?:ing|ed)?(?=\s+(?:whether|if|{_QUESTION_WORD})\b))"
    rf"|not\b[^.?!]*?(?:,|\sbut\b)(?!\s*{_QUESTION_WORD}\b))"
    r"\s+(?:to\s+ask\s+)?(\S.*)"
    r"|^\s*\*\s*(\w[^*]*)$|^\s*(\w[^*]*)\*$",
    re.IGNORECASE | re.DOTALL,
)
_INSTEAD = re.compile(r",?\s+(?:and\s+|but\s+)?not\s+(?:about\s+)?[^.?!,]*")  # "not about him"
_THAT_ONE = re.compile(r"\b(?:that|this)\s+one\b", re.IGNORECASE)
_ANAPHORS = IT | PERSON | word_set("they them their")
_ALIKE = 0.5  # least similarity of a word to the correction of its spelling; 0.3 and 0.7 do too
_ASKING = re.compile(rf"^\W*{_QUESTION_WORD}\b", re.IGNORECASE)


def refers_back(text: str) -> bool:
    """Whether a message reads as if it refers to an earlier one."""
    return len(text.split()) <= _SHORT or bool(_REFERS_BACK.search(text))


def without_opening(text: str) -> str:
    """The message without "and", "what about" and the like in front."""
    return _OPENING.sub("", text, count=1)


def last_sentence(text: str) -> str:
    """The last sentence of a text, without its mark."""
    return _BETWEEN_SENTENCES.split(text.rstrip(" .!?"))[-1]


def asked_sentence(text: str) -> str:
    """The one sentence that asks: "Fine by me. When?", "When? I must leave at six"; else ""."""
    sentences = _BETWEEN_SENTENCES.split(text)
    asked = [sentence for sentence in sentences if sentence.rstrip().endswith("?")]
    if len(asked) == 1:
        return asked[0]
    return "" if asked else last_sentence(text)


class References:
    """Turns a message that refers to an earlier one into questions that stand alone."""

    def __init__(self, knowledge: Knowledge, verifier: Verifier) -> None:
        self._entries = knowledge.entries
        self._verifier = verifier

    def corrected_forms(self, text: str, conversation: Conversation) -> list[str]:
        """The last question with what a correction ("*mayor", "i meant the ferry") puts right."""
        found = _CORRECTION.match(text) or _CORRECTION.match(last_sentence(text))
        phrase = next(filter(None, found.groups())).strip() if found else ""
        phrase = _INSTEAD.sub("", phrase, count=1)
        if (FILLERS | THINGS).issuperset(tokenize(phrase)):  # "not really, right?", "I mean it"
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

    def rewound(self, text: str, conversation: Conversation) -> tuple[str, Conversation]:
        """For "the first thing I asked, who said that": the cue, and the conversation back then."""
        if not (conversation.shown and (found := _FIRST.match(text))):
            return text, conversation
        first = conversation.shown[0]
        question = self._entries[first].question if first in self._entries else ""
        return text[found.end() :], replace(conversation, text=question, shown=(first,))

    def neighbours(self, conversation: Conversation) -> frozenset[str]:
        """The last entry and those it leads to: a message that refers back probably means one."""
        last = self._entries.get(conversation.entry or "")
        if last is None:
            return frozenset()
        return frozenset({last.id, *last.follow_ups.values(), *last.related})

    def names_its_subject(self, text: str) -> bool:
        """Whether a message names somebody and says more, without a pronoun: "mayor's answer"."""
        message = self._verifier.read(without_opening(text))
        rest = message.words_beside_names
        says_more = not (BESIDE_NAMES | FUNCTION_WORDS).issuperset(rest)
        return bool(message.mentions) and says_more and PRONOUNS.isdisjoint(rest)

    def with_name_replaced(self, text: str, previous: str) -> str | None:
        """The last question, with the name from this one: "and the ferry?" after one on the bus.

        "And from the council?" replaces the name after "from", if there is one.
        """
        message, before = self._verifier.read(text), self._verifier.read(previous)
        if len(message.mentions) != 1:
            return None
        name = message.mentions[0]
        beside = [word for word in message.words_beside_names if word not in BESIDE_NAMES]
        if not _PREPOSITIONS.issuperset(beside):
            return None
        words = before.tokens
        same = [m for m in before.mentions if m.kind == name.kind]
        if beside:
            after = [m for m in same if beside[-1] in words[max(0, m.start - 2) : m.start]]
            same = after or same[-1:]
        if not same:
            return None
        return " ".join([*words[: same[0].start], message.words_of(name), *words[same[0].end :]])

    def with_pronoun_replaced(
        self, text: str, conversation: Conversation
    ) -> tuple[str, str] | None:
        """The question with names from the last one for "it" and the like, and the first of them.

        If that names nobody, "he" is who made the latest claim that was an answer, and "they" who
        alone is named in the last answer.

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
            elif not named:
                person = words[at] in PERSON
                said = self._last_voice(conversation) if person else self._last_answer(conversation)
                read = self._verifier.read(said)
                named = self._acting(read)
            if len(named) == 1 and found.keys().isdisjoint(named) and here.isdisjoint(named):
                words[at] = read.words_of(*named.values())
                found |= dict.fromkeys(named, words[at])
        return (" ".join(words), next(iter(found.values()))) if found else None

    def _last_voice(self, conversation: Conversation) -> str:
        """Who made the latest claim that was an answer; "" if there was none."""
        shown = (self._entries.get(entry) for entry in reversed(conversation.shown))
        return next((entry.voice for entry in shown if entry and entry.voice), "")

    def _last_answer(self, conversation: Conversation) -> str:
        entry = self._entries.get(conversation.entry or "")
        return entry.answer if entry else ""

    def _acting(self, message: Message) -> dict[str, Mention]:
        """The names in a message of those who can act, by id; of equal ones, the last."""
        return {m.id: m for m in message.mentions if m.kind in self._verifier.roles.kinds}
