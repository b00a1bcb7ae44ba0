"""`ask --explain`: shows knowledge editors how the bot chose an answer."""

import re
from collections.abc import Sequence
from itertools import chain

from bot.answering import Answerer, Reply
from bot.answering.decide import Candidate, Verdict
from bot.language.normalise import FUNCTION_WORDS, tokenize
from bot.text_layout import wrap

_SHOWN = 3  # candidates per question
_WEIGHTS = 6  # features per candidate
_KINDS = {"s": "word", "c": "synonym", "p": "pair", "l": "letters"}
_CLOSE = 0.5  # least margin over another entry, or over everyday messages, that is not worth a word


def explain(answerer: Answerer, text: str) -> str:
    """The decision in a sentence, then the best candidates for each question, with scores."""
    verdicts = answerer.verdicts(text)
    conclusion = wrap(_conclusion(answerer, answerer.answer(text), verdicts))
    return "\n\n".join([conclusion, *(_verdict(answerer, verdict) for verdict in verdicts)])


def _conclusion(answerer: Answerer, reply: Reply, verdicts: Sequence[Verdict]) -> str:
    """Why the message was answered or not, in plain words."""
    if reply.entry:
        gap = "" if reply.status == "answered" else " the gap"
        return f"Answered with{gap} '{reply.entry}'."
    if reply.status == "smalltalk":
        return "Answered as small talk."
    verdict = max(verdicts, key=lambda one: one.confidence)
    best = verdict.best
    if not best:
        return "Not answered, because no entry has its words, or they don't make a question."
    if best.conflict:
        return f"Not answered with '{best.entry}', because {_conflict(best)}."
    words = dict.fromkeys(tokenize(verdict.message.text))
    content = [word for word in words if word not in FUNCTION_WORDS]
    lacking = [w for w in content if not answerer.index.read(w).covered(best.entry)]
    reasons = []
    if lacking:
        reasons.append(f"none of its phrasings has {' or '.join(f'“{w}”' for w in lacking)}")
    if len(verdict.candidates) > 1 and best.signals.margin < _CLOSE:
        reasons.append(f"'{verdict.candidates[1].entry}' is nearly as close")
    if best.signals.elsewhere_margin < _CLOSE:
        reasons.append("messages about other things are nearly as close")
    reason = ", and ".join(reasons) or "the message is only a little like its phrasings"
    offered = ", only offered" if reply.suggestions else ""
    return f"Not answered{offered}. '{best.entry}' is the closest, but {reason}."


def _conflict(candidate: Candidate) -> str:
    conflict = candidate.conflict
    assert conflict is not None  # noqa: S101 - the callers have looked
    asked = "" if conflict.asked == conflict.kind else f" “{conflict.asked}”"
    return f"the {conflict.kind}{asked} makes this a different question"


def _verdict(answerer: Answerer, verdict: Verdict) -> str:
    shown = [_candidate(answerer, verdict, one) for one in verdict.candidates[:_SHOWN]]
    return "\n".join([f"“{verdict.message.text}”", *chain.from_iterable(shown)])


def _candidate(answerer: Answerer, verdict: Verdict, candidate: Candidate) -> list[str]:
    signals = candidate.signals._asdict().items()
    numbers = ", ".join(f"{name} {value:.2f}" for name, value in signals)
    phrasing, _ = verdict.query.closest(candidate.entry)
    synonyms = answerer.knowledge.vocabulary.synonyms
    weights = verdict.query.contributions(candidate.entry)[:_WEIGHTS]
    telling = ", ".join(f"{_feature(name, synonyms)} {value:+.2f}" for name, value in weights)
    lines = [
        f"  {candidate.entry}: confidence {candidate.confidence:.2f}, {numbers}",
        f"    closest phrasing: “{phrasing}”",
        *([f"    {telling}"] if telling else []),
    ]
    return [*lines, f"    not answered: {_conflict(candidate)}"] if candidate.conflict else lines


def _feature(name: str, synonyms: Sequence[Sequence[str]]) -> str:
    """A feature in words; a group of synonyms ("#7") is shown as its first member."""
    written = re.sub(r"#(\d+)", lambda group: synonyms[int(group[1])][0], name[1:])
    return f"{_KINDS[name[0]]} “{written}”"
