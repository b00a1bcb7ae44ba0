"""`ask --explain`: shows knowledge editors how the bot chose an answer."""

import re
from collections.abc import Sequence

from bot.answering import Answerer
from bot.answering.decide import ANSWER, SUGGEST, Candidate, Verdict

_SHOWN = 3  # candidates per question
_WEIGHTS = 6  # features per candidate
_KINDS = {"s": "word", "c": "synonym", "p": "pair", "l": "letters"}


def explain(answerer: Answerer, text: str) -> str:
    """The decision, then the best candidates for each question in the message, with scores."""
    reply = answerer.answer(text)
    head = f"{reply.status}: {reply.entry or '-'} (confidence {reply.confidence:.2f})"
    thresholds = f"answered at {ANSWER:.2f} or more, suggested at {SUGGEST:.2f} or more"
    blocks = [f"{head}; {thresholds}"]
    blocks += [_verdict(answerer, verdict) for verdict in answerer.verdicts(text)]
    return "\n\n".join(blocks)


def _verdict(answerer: Answerer, verdict: Verdict) -> str:
    lines = [f"“{verdict.message.text}”"]
    if not verdict.candidates:
        lines.append("  no known words, or only words that do not make a question")
    for candidate in verdict.candidates[:_SHOWN]:
        lines += _candidate(answerer, verdict.message.text, candidate)
    return "\n".join(lines)


def _candidate(answerer: Answerer, part: str, candidate: Candidate) -> list[str]:
    explanation = answerer.matcher.explain(part, candidate.entry)
    signals = candidate.signals._asdict().items()
    numbers = ", ".join(f"{name} {value:.2f}" for name, value in signals)
    lines = [
        f"  {candidate.entry}: confidence {candidate.confidence:.2f}, {numbers}",
        f"    closest phrasing: “{explanation.match.phrasing}”",
    ]
    synonyms = answerer.knowledge.vocabulary.synonyms
    telling = explanation.weights[:_WEIGHTS]
    shown = [f"{_feature(name, synonyms)} {value:+.2f}" for name, value in telling]
    lines += [f"    {', '.join(shown)}"] if shown else []
    words = [
        f"{word.word} = {word.matched} ({word.how})"
        if word.matched
        else f"{word.word} ({word.how})"
        for word in explanation.words
        if word.how != "exact"
    ]
    lines += [f"    {'; '.join(words)}"] if words else []
    if candidate.conflict:
        lines.append(
            f"    not answered: the {candidate.conflict.kind} “{candidate.conflict.asked}” makes"
            " this a different question"
        )
    return lines


def _feature(name: str, synonyms: Sequence[Sequence[str]]) -> str:
    """A feature in words; a group of synonyms ("#7") is shown as its first member."""
    written = re.sub(r"#(\d+)", lambda group: synonyms[int(group[1])][0], name[1:])
    return f"{_KINDS[name[0]]} “{written}”"
