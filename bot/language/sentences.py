"""Splits texts into sentences, and messages into questions."""

import re
from collections.abc import Iterator, Sequence

from bot.language.english import english
from bot.language.normalise import FUNCTION_WORDS, QUESTION_WORDS

_END = re.compile(r"(?<=[.!?…])\s+|(?<=[?!])(?=[^\W\d])|\n+|;\s+|\s+[-–—]{1,2}\s+|(?<=\])\s*")
_WH = rf"(?:{'|'.join(sorted(QUESTION_WORDS))}|whats|whos|wen|wat|wot)"
_AUX = (
    r"(?:(?:is|are|was|were|did|does|do|has|have|had|would|could|should|must)(?:n['’]?t)?"
    r"|am|can(?:['’]?t)?|may|shall|will|won['’]t)"
)
# A second question is joined to the first by a conjunction before an asking word.
_JOINED = re.compile(
    rf",?\s+(?:and|but|or|also|plus|&)(?:\s+also)?\s+(?=(?:{_WH}|{_AUX})\b)"
    rf"|[,:]\s+(?=(?:{_WH}|{_AUX})\b)",
    re.IGNORECASE,
)
_BARE = re.compile(rf"({_WH})\W*", re.IGNORECASE)  # it has its verb in common with another
_LEAD_IN = r"^(?:\W*(?:so|and|but|ok|well|hey|pls|please|also|now)\W+)*"
_ASKS = re.compile(rf"{_LEAD_IN}(?:{_WH}|{_AUX})\b", re.IGNORECASE)
_ASKED = re.compile(rf"{_LEAD_IN}{_WH}\s+({_AUX}\b.*)", re.IGNORECASE | re.DOTALL)
_INDIRECT = re.compile(
    r"\b(?:tell me|know|explain|wonder|wondering|ask|find out|establish|according to"
    r"|settle this|question|describe|list|name|give me|show me|fact check)\b"
    rf"|\bremember\s+(?:{_WH}|if|whether)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\W*(?:i|im|we|you|he|she|it|they|this|that|these|those|my|our|your|his|her|its|their)\b",
    re.IGNORECASE,
)
# Clauses that a yes or a no answers ("is it over?", "it is over, right?"), and others.
_CLOSED = re.compile(
    rf"{_LEAD_IN}{_AUX}\b"
    r"|\b(?:if|whether)\b|\b(?:right|correct|true|(?:is|was|did|do|does|has|have)n['’]?t \w+)\W*$",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"\b{_WH}\b|^\W*(?:tell|give|show|list|name|quote|explain|describe|compare|summari[sz]e)\b",
    re.IGNORECASE,
)
# In a ramble, the question may follow the chatter without a full stop.
_ASIDE = re.compile(
    r"(?<=[\s,])(?:anyways?|whatever|long story short)\b"
    r"|\b(?:(?:and|but|so|what|all|just|only|really|i|i?['’]?m|am)\s+){1,6}"
    r"(?:(?:want(?:ed)?\s+to|wanna)\s+know|need(?:\s+to\s+know)?|asking|wondering)\b(?:\s+is\b)?:?"
    rf"|(?:(?<=[.!?;,])|^)\s*(?:does|did|do|can|could)\s+(?:\w+\s+){{1,3}}(?:say|know|tell\s+me)\s+(?={_WH}\b)"
    r"|(?:(?<=\bsay)|(?<=\bask)|(?<=\bknow)|(?<=\bidea)|(?<=\basked)|(?<=\bwonder))"
    rf"\s+(?=(?:{_WH}|{_AUX})\b)",
    re.IGNORECASE,
)
_RAMBLE = 3  # parts; beyond that, most of a message is not a question
_RAMBLE_WORDS = 14  # beyond that, a message may be a ramble; 8 and 20 change one reply in 500


def rambles(text: str) -> bool:
    """Whether a message is so long that most of it may be no question."""
    return len(text.split()) > _RAMBLE_WORDS


def begins_as_question(text: str) -> bool:
    """Whether a text begins with a question word or a verb, as questions do."""
    return bool(_ASKS.match(text))


def states(text: str) -> bool:
    """Whether a text begins as a statement does, and nothing in it reads like a question."""
    asking = (_OPEN, _CLOSED, _INDIRECT)
    is_asked = "?" in text or any(form.search(text) for form in asking)
    return bool(_STATES.match(text)) and not is_asked


def asks(text: str) -> bool:
    """Whether a text begins as a question or a request does."""
    return begins_as_question(text) or bool(_INDIRECT.match(text))


def split_parts(text: str) -> dict[str, str]:
    """The parts that may be questions, each with its sentence; empty if there is only one."""
    pieces = _END.split(text)
    if rambles(text):
        pieces = [part for piece in pieces for part in _ASIDE.split(piece)]
    # "- " and "* " begin the items of a list.
    sentences = [sentence for piece in pieces if (sentence := piece.strip(" ,\n\t-*•"))]
    found: dict[str, str] = {}
    for sentence in sentences:
        for part in _completed([piece.strip(" ,") for piece in _JOINED.split(sentence)]):
            if re.search(r"\w{2}", part):
                found.setdefault(part, sentence)
    return found if len(found) > 1 else {}


def _completed(parts: Sequence[str]) -> Iterator[str]:
    """The parts of a sentence, each a question in full: "how and why does it end"."""
    asked = [found[1] for part in parts if (found := _ASKED.match(part))]
    for part in parts:
        bare = _BARE.fullmatch(part)
        yield f"{bare[1]} {asked[-1]}" if bare and asked else part


def asks_openly(text: str) -> bool:
    """Whether a message asks who, how or the like, or for an account: not for a yes or no."""
    clauses = [*split_parts(text)] or [text]
    return any(map(_OPEN.search, clauses)) and not any(map(_CLOSED.search, clauses))


def questions_among(parts: Sequence[str]) -> list[str]:
    """The parts with a question mark (decisive in a ramble), question word or request; or all."""
    marked = [part for part in parts if part.endswith("?")]
    if marked and len(parts) > _RAMBLE:
        return marked
    asked = [p for p in parts if p in marked or _ASKS.match(p) or _INDIRECT.search(p)]
    return asked or list(parts)


# The possible end of a sentence: . ! ? or …, with closing quotes and brackets, before white space
# and whatever may begin the next.
_STOP = re.compile(r"(?<!\S)(\S*?)([.!?…]+)([\"”’')\]]*)\s+(?=[\"“‘'(\[/]*(\w+))")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)*[A-Z]|(?:[^\W\d_]\.)+[a-z]")  # "U.S", "p.m", an initial
# A quotation short enough to be quoted whole: nothing in it ends a sentence. 250 letters are about
# the 45 words that `check` allows.
_QUOTATION = re.compile(r'"[^"]{1,250}"|“[^”]{1,250}”')
_NUMBERING = re.compile(r"\W*(?:\d\d?(?:\.\d\d?)*|[ivx]+)", re.IGNORECASE)  # "2. Paying."
_SPEAKER_WORDS = 4  # at most, in `"Why?" Mayor Ida Berg asked`


def sentence_bounds(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each sentence in a text; a dateline ("/AP/.") is one, too."""
    start = 0
    quoted = [found.span() for found in _QUOTATION.finditer(text)]
    for stop in _STOP.finditer(text):
        if any(opens < stop.end(2) < closes - 1 for opens, closes in quoted):
            continue
        if _NUMBERING.fullmatch(text[start : stop.end(1)]):
            continue
        if _ends_sentence(*stop.groups()) and not (stop[3] and _is_told(text[stop.end() :])):
            yield start, stop.end(3)
            start = stop.end()
    if text[start:].strip():
        yield start, len(text)


def _ends_sentence(word: str, mark: str, closing: str, following: str) -> bool:
    """Whether a sentence ends after a word and mark: not after "Dr." or the initial in "J. Bo"."""
    if not (following[0].isupper() or following[0].isdigit()):
        return False
    if mark != "." or closing:
        return True
    bare, short = word.lstrip("\"“‘'(["), english().shortened
    if following[0].isdigit():
        return bare.casefold() not in short["before a number"]
    if bare.casefold() in short["before a name"]:
        return False
    if bare.casefold() in short["anywhere"] or _DOTTED.fullmatch(bare):
        return following.casefold() in FUNCTION_WORDS
    return True


def _is_told(text: str) -> bool:
    """Whether a text goes on with who said what was quoted: "Mayor Berg asked"."""
    return not english().saying.isdisjoint(re.findall(r"[\w'’-]+", text)[:_SPEAKER_WORDS])
