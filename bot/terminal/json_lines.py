"""`ask --json` and `ask --jsonl`: answers as JSON for scripts."""

import json
import time
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from cachetools import LRUCache
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from bot.answering import Answerer, Conversation, Reply


def as_json(
    answerer: Answerer, text: str, conversation: Conversation | None = None, row_id: object = None
) -> tuple[dict[str, Any], Reply]:
    """Answer one question as a JSON object; also return the reply itself."""
    start = time.perf_counter_ns()
    reply = answerer.answer(text, conversation)
    elapsed = (time.perf_counter_ns() - start) // 1000
    entry = answerer.knowledge.entries.get(reply.entry or "")
    return {
        "id": row_id,
        "knowledge": answerer.knowledge.version,
        "text": text,
        "status": reply.status,
        "entry": reply.entry,
        "voice": entry.voice if entry else None,
        "confidence": round(reply.confidence, 4),
        "answer": reply.answer,
        "citations": [asdict(c) for c in reply.citations],
        "suggestions": [
            asdict(suggestion) | {"confidence": round(suggestion.confidence, 4)}
            for suggestion in reply.suggestions
        ],
        "related": list(reply.related),
        "elapsed_us": elapsed,
    }, reply


_MAX_CONVERSATIONS = 10_000  # the least recently used is dropped first


class _Line(BaseModel):
    """One line of `ask --jsonl`."""

    model_config = ConfigDict(strict=True)

    text: str
    id: JsonValue = None
    conversation: str | int | None = None


def answer_lines(answerer: Answerer, lines: Iterable[bytes], out: TextIO) -> int:
    """Answer JSON Lines one for one; an invalid one gets an `error`, and exit status 2, not 0."""
    conversations: LRUCache[str | int, Conversation] = LRUCache(_MAX_CONVERSATIONS)
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _Line.model_validate_json(line.removeprefix(BOM_UTF8))
        except ValidationError as error:
            status = 2
            print(json.dumps(_error(number, error)), file=out, flush=True)
            continue
        context = None
        if row.conversation is not None:
            context = conversations.get(row.conversation, Conversation())
        result, reply = as_json(answerer, row.text, context, row.id)
        if row.conversation is not None and context is not None:
            conversations[row.conversation] = context.after(reply)
        print(json.dumps(result, ensure_ascii=False), file=out, flush=True)
    return status


def _error(number: int, error: ValidationError) -> dict[str, Any]:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    reason = f"{where}: {first['msg']}" if where else first["msg"]
    form = '{"text": "...", "id": ..., "conversation": ...}'
    return {"id": None, "error": f"line {number}: {reason}; expected {form}"}
