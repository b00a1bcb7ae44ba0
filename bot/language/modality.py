"""Recognises questions that ask for more than facts: for advice, an opinion or a hypothesis."""

import re
from typing import Literal

Modality = Literal["advice", "opinion", "hypothesis"]

# "What does he say they should do?" asks for a fact.
_ATTRIBUTED = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|according|thinks?|thought|views?|opinion of|wants?|wanted|demand\w*"
    r"|told|tells?|calls?|called|urge[sd]?|ultimatum|official)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"\b(?:you|u) ", re.IGNORECASE)
_KINDS: tuple[tuple[Modality, re.Pattern[str]], ...] = (
    (
        "opinion",
        re.compile(
            r"\b(?:do|dont|don['’]?t|would|what do|how do) (?:you|u|ya) (?:\w+ )?"
            r"(?:think|believe|reckon|feel|agree|like)\b"
            r"|\b(?:your|ur) (?:own )?(?:opinion|view|take|thoughts|verdict)\b|\bwhose side\b"
            r"|\b(?:is|isn['’]?t|was|wasn['’]?t|are|were|would)\b.{1,60}?\b"
            r"(?:(?<!put )(?<!things )right(?! (?:now|after|before|away)\b)|fair|bad"
            r"|good(?! (?:reason|chance|deal)\b)"
            r"|wise|wrong(?! with\b)|unfair|reasonable|unreasonable|justified|smart|stupid|foolish"
            r"|better|worse)\b",
            re.IGNORECASE,
        ),
    ),
    (
        # But "how should I spell it" asks for a fact, as do politeness and conditions: "I should
        # like to know", "what happens, should it be lost", "how long should it take".
        "advice",
        re.compile(
            r"\b(?<!, )(?<!\bhappens )(?<!\bhappen )(?<!\bwhen )(?<!\blong )"
            r"(?:should(?:n['’]?t)?|ought to)\b"
            r"(?! i\b| (?:like|love) to\b| be (?:\w+ )?(?:glad|grateful|happy|obliged|pleased)\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "hypothesis",
        re.compile(
            r"\bwhat if\b|\b(?:suppos(?:e|ing)|imagine)\b|\bwhat would\b|\bwould\b.*\bif\b"
            r"|\bif\b.*\bwould\b|\bif (?:\w+ ){1,3}(?:were|had)\b",
            re.IGNORECASE,
        ),
    ),
)


def find_modality(question: str) -> Modality | None:
    """What a question asks for beyond facts, if anything: its first kind in the list above."""
    kind = next((kind for kind, pattern in _KINDS if pattern.search(question)), None)
    is_attributed = kind and _ATTRIBUTED.search(question) and not _ADDRESSED.search(question)
    return None if is_attributed else kind
