"""A message read once: the words, names, dates and roles that are compared with many entries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from bot.language.dates import Date, find_dates
from bot.language.modality import Modality, find_modality
from bot.language.names import BEFORE_PRONOUN, Mention, NameFinder
from bot.language.normalise import (
    MAX_CHARACTERS,
    QUESTION_WORDS,
    normalise,
    tokenize,
    word_set,
)
from bot.language.roles import RoleFinder, Roles

NEGATIONS = frozenset({"not", "never", "neither", "nor"})
# They stand for something that was named before.
IT = word_set("it its")
THINGS = IT | word_set("that this")
PRONOUNS = THINGS | word_set("they them their he him his she these those")
_NOT_ASKED = re.compile(
    r"^\s*/\w+(?:@\w+)?"  # a command typed in front
    r"|(?<!\w)@\w{3,}"  # somebody's username
    r"|\b(?:https?://|www\.|t\.me/)\S+"
    r"|```.*?(?:```|\Z)"
    r"|</?(?:a|b|blockquote|br|code|del|em|i|p|pre|s|span|strong|u)\b[^<>]*>"
    r"|^\s*forwarded from\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
# Most texts have none of these, and are read faster.
_MARKED = re.compile(r"[/@<`&.]|forwarded", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}(?!\w)|\b(?:[A-Za-z]\.)+[A-Za-z]\b(?!\w)")
# "i n f", as dictation writes it; but not "r u a", which is chat for "are you a".
_SPELT_OUT = re.compile(
    r"\b(?!(?:[abikoruy]\s){2,9}[abikoruy]\b)(?:[a-z]\s){2,9}[a-z]\b", re.IGNORECASE
)
# What is only asked whether it is true or said: "True or false: it is over", "It is over. Is he
# right?", "When was it, does it say that?"
_ASKED_IF_TRUE = re.compile(
    r"^\s*(?:claim|true or false|fact or fiction|fact check)\s*[:,?–—-]\s*"
    r"|(?<=[\w\"”’)])[.,;!?]+\s+(?:so\s+)?(?:true or false"
    r"|(?:is|are)\s+(?:it|that|this|he|she|they)\s+(?:right|true|correct|so|false|wrong)"
    r"|does\s+it\s+(?:even\s+)?say(?:\s+(?:that|so))?(?:\s+(?:at\s+least|anywhere))?)\s*\?*\s*$",
    re.IGNORECASE,
)
# A complaint about the last reply, if the question is asked again after it.
_COMPLAINT = re.compile(
    r"^\W*(?:(?:no|well|ok|but|hey|sorry)\W+)?(?:"
    r"i\s+(?:did\s*n['’]?t|did\s+not|never|wasn['’]?t|was\s+not)\s+ask(?:ed|ing)?\b[^.!?;]*"
    r"|i\s+(?:already\s+)?know\s+(?:that|this|what\s+(?:it|that|he|she)\s+says?)(?:\s+already)?"
    r"|you(?:['’]ve)?\s+(?:already\s+|just\s+)?(?:told\s+me\s+(?:that|this|so)|said\s+(?:that|this|so)"
    r"|(?:repeated|repeat)\s+(?:yourself|that|it)|(?:skipped|missed|ignored|forgot)\b[^.!?;:]*"
    r"|(?:did\s*n['’]?t|did\s+not)\s+answer\b[^.!?;:]*)"
    r")[.!;:]\s+(?=\S)",
    re.IGNORECASE,
)
_HESITATION = re.compile(r"\b(?:u+h+m*|u+m+|e+r+m+|e+r)\b,?", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")
_WORD = re.compile(r"[^\W_]+")
# In lower case, "help us" (the pronoun) and "help US allies" can no longer be told apart.
_COUNTRY = re.compile(rf"\b((?i:{'|'.join(sorted(BEFORE_PRONOUN))})\s+)(?:US\b|(?i:u\.s\.?)(?!\w))")
# "I don't know", "why not" and the like negate nothing in the question itself.
_IDLE_NEGATION = re.compile(
    r"\b(?:i|we)\s+(?:do|did|could|can|am|was)(?:\s+not|n['’]?t)\b"
    r"|\b(?:why|or|if|whether or)\s+not\b|\bnot\s+(?:sure|only|just|to mention)\b"
    r"|\b(?:dont|don['’]t|do not)\s+(?:know|get|understand)\b"
    r"|\bnot\s+(?:\w+\s+)?(?:any\s?more|more|any longer|longer)\b",
    re.IGNORECASE,
)


def question_text(message: str) -> str:
    """The message without commands, usernames, links, markup, hesitation and forwarding headers.

    A statement stands for the question whether it is true.

    "U.S." becomes "US", so its dots don't end a sentence, or "USA" if "us" could be the pronoun.
    """
    text = message[:MAX_CHARACTERS]
    if is_marked := _MARKED.search(text):
        text = _NOT_ASKED.sub(" ", unescape(text))
    text = _HESITATION.sub(" ", text)
    text = _COMPLAINT.sub("", _ASKED_IF_TRUE.sub("", text))
    text = _SPELT_OUT.sub(lambda letters: "".join(letters[0].split()), text)
    if is_marked or "US" in text:
        text = _COUNTRY.sub(r"\1USA", text)
    if is_marked:
        text = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text)
    if "\n" not in text:
        return " ".join(text.split())
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def corrected(text: str, slips: Mapping[str, str]) -> str:
    """The text with each misspelt word replaced; `slips` has the words normalised."""
    return _WORD.sub(lambda word: slips.get(normalise(word[0]), word[0]), text) if slips else text


def as_written(words: str, text: str) -> str:
    """Words of a message as people wrote them in `text`: "lars erik" as "Lars-Erik"."""
    wanted, pieces = words.split(), text.split()
    for size in range(1, len(wanted) + 1):
        for at in range(len(pieces) - size + 1):
            piece = " ".join(pieces[at : at + size])
            if tokenize(piece) == wanted:
                return re.sub(r"^\W+|(?:['’]s)?\W*$", "", piece)
    return words.title()  # it was misspelt


@dataclass(frozen=True, slots=True)
class Message:
    """A message, or a part of one, with its names, dates and roles, and whether it is negated."""

    text: str
    tokens: tuple[str, ...]
    mentions: tuple[Mention, ...]
    roles: Roles
    dates: tuple[Date, ...]
    negated: bool  # a negation turns the question into another one
    modality: Modality | None  # what it asks for beyond facts

    @property
    def name_places(self) -> frozenset[int]:
        """The positions of tokens that belong to a name."""
        return frozenset(at for m in self.mentions for at in range(m.start, m.end))

    @property
    def words_beside_names(self) -> list[str]:
        """The tokens that belong to no name, in order."""
        places = self.name_places
        return [word for at, word in enumerate(self.tokens) if at not in places]

    def words_of(self, mention: Mention) -> str:
        """The words of a mention, in lower case."""
        return " ".join(self.tokens[mention.start : mention.end])

    def alternatives_to(self, mention: Mention) -> list[Mention]:
        """The mentions of its kind joined to it by "or": "the mayor or the council"."""
        return [
            other
            for other in self.mentions
            if other.kind == mention.kind
            and (
                self.tokens[mention.end : other.start] == ("or",)
                or self.tokens[other.end : mention.start] == ("or",)
            )
        ]


def read_message(
    text: str, names: NameFinder, roles: RoleFinder, ordinary: frozenset[str]
) -> Message:
    """Read a message; `ordinary` words are never taken for misspelt names."""
    tokens = tuple(tokenize(text))
    mentions = tuple(names.find(tokens, ordinary))
    return Message(
        text,
        tokens,
        mentions,
        roles.find(tokens, mentions),
        tuple(find_dates(text)),
        _negated(text, tokens),
        find_modality(text),
    )


def _negated(text: str, tokens: Sequence[str]) -> bool:
    """Whether a negation follows a question word.

    A yes or no question has the same answer with and without "not". Only a question with a
    question word ("when did they *not* leave") becomes a different one.
    """
    if not NEGATIONS.intersection(tokens):
        return False
    words = tokenize(_IDLE_NEGATION.sub(" ", text))
    asks = next((at for at, word in enumerate(words) if word in QUESTION_WORDS), len(words))
    return bool(NEGATIONS.intersection(words[asks:]))
