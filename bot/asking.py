"""`ask --json`: one answer as a JSON object for scripts."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from bot.answering import Answerer, Conversation, Reply


def as_json(answerer: Answerer, text: str) -> dict[str, Any]:
    """Answer one question as the JSON object of the contract."""
    return answered(answerer, text)[0]


def answered(
    answerer: Answerer, text: str, conversation: Conversation | None = None, row: object = None
) -> tuple[dict[str, Any], Reply]:
    """That object, `row` as its id, and the reply that it tells."""
    start = time.perf_counter_ns()
    reply = answerer.answer(text, conversation)
    elapsed = (time.perf_counter_ns() - start) // 1000
    return {
        "id": row,
        "knowledge": answerer.knowledge.version,
        "text": text,
        "status": reply.status,
        "entry": reply.entry,
        "confidence": round(reply.confidence, 4),
        "answer": reply.answer,
        "citations": [asdict(c) for c in reply.citations],
        "suggestions": [
            {
                "entry": s.entry,
                "question": s.question,
                "confidence": round(s.confidence, 4),
                "citations": [asdict(c) for c in s.citations],
            }
            for s in reply.suggestions
        ],
        "related": list(reply.related),
        "elapsed_us": elapsed,
    }, reply
