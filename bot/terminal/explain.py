"""`ask --explain`: shows knowledge editors how the bot chose an answer."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from bot.answering import Answerer, Reply
from bot.answering.decide import Candidate, Verdict
from bot.answering.question_text import question_text
from bot.language.normalise import has_content
from bot.language.reader import Reading
from bot.text_layout import wrap

_NEAR = 0.1  # a smaller margin is said to be as close
_SHOWN = 3  # candidates per question
_WEIGHTS = 6  # features per candidate
_KINDS = {"s": "word", "c": "synonym", "p": "pair", "t": "together"}
# What makes a message another question than the entry's, besides names and dates.
_ALL_FACTS = "it asks for {}, and none of the entry's phrasings does"
_CONFLICTS = {
    "agent": "“{asked}” is the one who acts in it; in the entry, somebody else is",
    "patient": "it is done to “{asked}” in it; in the entry, to somebody else",
    "polarity": "it says “not” of something of which none of the entry's phrasings does",
    "opinion": _ALL_FACTS.format("an opinion (whether it is right, good, better ...)"),
    "advice": _ALL_FACTS.format("advice (should ...)"),
    "hypothesis": _ALL_FACTS.format("what might be (what if ..., would ...)"),
}
_CLOSE = 0.5  # least margin over another entry, or over everyday messages, that is not worth a word


def explain(answerer: Answerer, text: str) -> str:
    """The decision in a sentence, then the best candidates for each question, with scores."""
    verdicts = answerer.verdicts(text)
    reading = answerer.compare(question_text(text)).reading
    conclusion = wrap(" ".join([_conclusion(answerer.answer(text), verdicts), *_misread(reading)]))
    return "\n\n".join([conclusion, *(_verdict(answerer, verdict) for verdict in verdicts)])


def _misread(reading: Reading) -> Iterator[str]:
    """The words that are taken for misspellings of others, rightly or not."""
    for token in reading.tokens:
        if token.stem and token.similarity < 1:
            meant = token.spelt if token.spelt != token.word else token.stem
            yield f"“{token.word}” is taken for “{meant}”."


def _conclusion(reply: Reply, verdicts: Sequence[Verdict]) -> str:
    """Why the message was answered or not, in plain words."""
    if reply.entry:
        gap = "" if reply.status == "answered" else " the gap"
        return f"Answered with{gap} '{reply.entry}'."
    if reply.status == "smalltalk":
        return "Answered as small talk."
    offered = ", only offered" if reply.suggestions else ""
    return f"Not answered{offered}{_reason(max(verdicts, key=lambda one: one.confidence))}."


def _reason(verdict: Verdict) -> str:
    """Why a question was not answered, to end a sentence."""
    best = verdict.best
    if (not best or verdict.is_smalltalk) and not has_content(verdict.message.tokens):
        return ": its words are so common that only a phrasing, word for word, has them"
    if not best:
        return ": no phrasing or answer has its words, or they don't make a question"
    if verdict.is_smalltalk:
        return ": it is a little like small talk, but more like a question"
    if best.conflict:
        return f" with '{best.entry}', because {_conflict(best)}"
    reasons = []
    if lacking := best.query.lacking(best.entry):
        reasons.append(f"none of its phrasings has {' or '.join(f'“{w}”' for w in lacking)}")
    if best.rival and best.signals.margin < _CLOSE:
        reasons.append(f"'{best.rival}' is {_near(best.signals.margin)}")
    if best.signals.elsewhere_margin < _CLOSE:
        near = _near(best.signals.elsewhere_margin)
        reasons.append(f"everyday messages about other things are {near}")
    reason = ", and ".join(reasons) or "the message is only a little like its phrasings"
    return f". '{best.entry}' comes first, but {reason}"


def _near(margin: float) -> str:
    return "as close" if margin < _NEAR else "not far behind"


def _conflict(candidate: Candidate) -> str:
    conflict = candidate.conflict
    assert conflict is not None  # noqa: S101 - the callers have looked
    reason = _CONFLICTS.get(conflict.kind, "its {kind} “{asked}” makes it a different question")
    return reason.format(kind=conflict.kind, asked=conflict.asked)


def _verdict(answerer: Answerer, verdict: Verdict) -> str:
    shown = [_candidate(answerer, one) for one in verdict.candidates[:_SHOWN]]
    return "\n".join([f"“{verdict.message.text}”", *chain.from_iterable(shown)])


def _candidate(answerer: Answerer, candidate: Candidate) -> list[str]:
    signals = candidate.signals._asdict().items()
    numbers = ", ".join(f"{name} {value:.2f}" for name, value in signals)
    phrasing, _ = candidate.query.closest(candidate.entry)
    synonyms = answerer.knowledge.vocabulary.synonyms
    weights = candidate.query.contributions(candidate.entry)[:_WEIGHTS]
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
