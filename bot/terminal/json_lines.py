"""`ask --json` and `ask --jsonl`: answers as JSON objects for scripts."""

import json
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

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


_CONVERSATIONS = 10_000  # contexts kept at once; the longest unused goes first


class _Line(BaseModel):
    """One line of `ask --jsonl`."""

    model_config = ConfigDict(strict=True)

    text: str
    id: JsonValue = None
    conversation: str | int | None = None


def answer_lines(answerer: Answerer, lines: Iterable[bytes], out: TextIO) -> int:
    """Answer JSON Lines, one for one and in order; a line of rubbish gets an `error` object.

    Returns exit status 2 if there was rubbish, else 0.
    """
    conversations: OrderedDict[str | int, Conversation] = OrderedDict()
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _Line.model_validate_json(line)
        except ValidationError as error:
            status = 2
            print(json.dumps(_refused(number, error)), file=out, flush=True)
            continue
        context = None
        if row.conversation is not None:
            context = conversations.pop(row.conversation, Conversation())
        result, reply = answered(answerer, row.text, context, row.id)
        if row.conversation is not None and context is not None:
            conversations[row.conversation] = context.after(reply)
            if len(conversations) > _CONVERSATIONS:
                conversations.popitem(last=False)
        print(json.dumps(result, ensure_ascii=False), file=out, flush=True)
    return status


def _refused(number: int, error: ValidationError) -> dict[str, Any]:
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, fault["loc"]))
    reason = f"{where}: {fault['msg']}" if where else fault["msg"]
    form = '{"text": "...", "id": ..., "conversation": ...}'
    return {"id": None, "error": f"line {number}: {reason}; a line is {form}"}
