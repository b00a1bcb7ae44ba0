"""`ask --explain`: why a message is answered as it is, as text for an editor."""

from dataclasses import asdict

from bot.answering import Answerer
from bot.answering.decide import ANSWER, SUGGEST, Candidate, Verdict

_SHOWN = 3


def explained(answerer: Answerer, text: str) -> str:
    """The decision, and for each question in the message its best candidates with reasons."""
    reply = answerer.answer(text)
    head = f"{reply.status}: {reply.entry or '-'} (confidence {reply.confidence:.2f})"
    limits = f"answered from {ANSWER:.2f}, suggested from {SUGGEST:.2f}"
    blocks = [f"{head}; {limits}"]
    blocks += [_verdict(answerer, verdict) for verdict in answerer.verdicts(text)]
    return "\n\n".join(blocks)


def _verdict(answerer: Answerer, verdict: Verdict) -> str:
    lines = [f"“{verdict.part}”"]
    if not verdict.candidates:
        lines.append("  no known word, or words that ask nothing by themselves")
    for candidate in verdict.candidates[:_SHOWN]:
        lines += _candidate(answerer, verdict.part, candidate)
    return "\n".join(lines)


def _candidate(answerer: Answerer, part: str, candidate: Candidate) -> list[str]:
    match = candidate.match
    explanation = answerer.matcher.explain(part, candidate.entry)
    readings = {"score": match.score, **asdict(candidate.readings)}
    told = ", ".join(f"{name} {at:.2f}" for name, at in readings.items())
    lines = [
        f"  {candidate.entry}: confidence {candidate.confidence:.2f}, {told}",
        f"    closest phrasing: “{match.phrasing}”",
    ]
    if explanation.parts:
        parts = explanation.parts
        lines.append(
            f"    words {parts.profile:.2f}, best phrasing {parts.phrase:.2f}, wording"
            f" {parts.wording:.2f}, letters {parts.letters:.2f}, order {parts.order:.2f},"
            f" told from its like {parts.learned:+.2f}"
        )
    met = [
        f"{word.word} = {word.matched} ({word.how})"
        if word.matched
        else f"{word.word} ({word.how})"
        for word in explanation.words
        if word.how != "exact"
    ]
    if met:
        lines.append(f"    {'; '.join(met)}")
    if candidate.conflict:
        lines.append(
            f"    not answered: the {candidate.conflict.kind} “{candidate.conflict.asked}” makes"
            " it another question"
        )
    return lines
