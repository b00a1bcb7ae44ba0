"""Takes what is no part of a question out of a message: commands, links, markup, complaints."""

import re
from html import unescape

from bot.language.names import BEFORE_PRONOUN
from bot.language.normalise import AUXILIARIES, MAX_CHARACTERS, QUESTION_WORDS

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
# Only a text of several parts has one of the next three.
_DIVIDED = re.compile(r"[.,:;!?–—-]\s*\S")
_ASKING = "|".join(sorted(QUESTION_WORDS | AUXILIARIES))
# What announces a claim or a question: "True or false: it is over", "next bet, mate: it is over".
_LABEL = re.compile(
    r"^\s*(?:claim|true or false|fact or fiction|fact check)\s*[:,?–—-]\s*"
    rf"|^\W*(?:(?:can|could|may)\s+i\s+)?(?!(?:{_ASKING})\b)(?:[\w'’,]+\s+){{0,4}}"
    r"(?:claim|bet|question|check|ask|one)(?:,?\s+[\w'’]+){0,2}\s*:\s+(?=\S)",
    re.IGNORECASE,
)
# What only asks whether that is true or said: "It is over. Is he right?", "When? Does it say that?"
_ASKED_IF_TRUE = re.compile(
    r"(?<=[\w\"”’)])[.,;!?]+\s+(?:so\s+)?(?:true or false|who wins|nope|innit|yes(?:\s+or)?\s+no"
    r"|(?:is|are)\s+(?:(?:it|that|this|he|she|they)\s+)?(?:right|true|correct|so|false|wrong)"
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
# Whoever says it, it is asked whether that is so: "my uncle says the ferry has been sold".
_HEARSAY = re.compile(
    r"^\W*(?:(?:and|but|so|because|since)\s+)?"
    r"(?:(?:my|our|some)\s+(?:\w+\s+){1,2}|(?:he|she|they|people|someone|somebody|everyone)\s+also\s+)"
    r"(?:says?|said|claims?|claimed|thinks?|thought|reckons?|believes?|swears?|insists?|tells?\s+me"
    r"|told\s+me)\s+(?:that\s+)?(?=\w+\s+\w)",
    re.IGNORECASE,
)
_HESITATION = re.compile(r"\b(?:u+h+m*|u+m+|e+r+m+|e+r)\b,?", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")
# In lower case, "help us" (the pronoun) and "help US allies" can no longer be told apart.
_COUNTRY = re.compile(rf"\b((?i:{'|'.join(sorted(BEFORE_PRONOUN))})\s+)(?:US\b|(?i:u\.s\.?)(?!\w))")


def question_text(message: str) -> str:
    """The message without commands, usernames, links, markup, hesitation and forwarding headers.

    A statement stands for the question whether it is true.

    "U.S." becomes "US", so its dots don't end a sentence, or "USA" if "us" could be the pronoun.
    """
    text = message[:MAX_CHARACTERS]
    if is_marked := _MARKED.search(text):
        text = _NOT_ASKED.sub(" ", unescape(text))
    is_shouted = text.isupper()  # otherwise, "the ER" is no hesitation
    text = _HESITATION.sub(
        lambda word: word[0] if word.start() and word[0].isupper() and not is_shouted else " ", text
    )
    text = _HEARSAY.sub("", text)
    if _DIVIDED.search(text):
        for pattern in (_LABEL, _ASKED_IF_TRUE, _COMPLAINT):
            text = pattern.sub("", text)
    text = _SPELT_OUT.sub(lambda letters: "".join(letters[0].split()), text)
    if is_marked or "US" in text:
        text = _COUNTRY.sub(r"\1USA", text)
    if is_marked:
        text = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text)
    if "\n" not in text:
        return " ".join(text.split())
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
