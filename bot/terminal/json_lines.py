"""`ask --json` and `ask --jsonl`: answers as JSON for scripts."""

import json
import time
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

import msgspec
from cachetools import LRUCache

from bot.answering import Answerer, Conversation, Reply
from bot.knowledge import Knowledge


def answer_timed(
    answerer: Answerer, text: str, conversation: Conversation | None = None
) -> tuple[Reply, int]:
    """The reply to a question, and the microseconds that it took."""
    start = time.perf_counter_ns()
    reply = answerer.answer(text, conversation)
    return reply, (time.perf_counter_ns() - start) // 1000


def as_json(
    reply: Reply, knowledge: Knowledge, elapsed: int, row_id: object = None
) -> dict[str, Any]:
    """A reply as a JSON object; `elapsed` is in microseconds."""
    entry = knowledge.entries.get(reply.entry or "")
    return {
        "id": row_id,
        "knowledge": knowledge.version,
        "text": reply.text,
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
    }


_MAX_CONVERSATIONS = 10_000  # the least recently used is dropped first


class _Line(msgspec.Struct):
    """One line of `ask --jsonl`."""

    text: str
    id: msgspec.Raw = msgspec.Raw(b"null")  # returned as it came
    conversation: str | int | None = None


def answer_lines(answerer: Answerer, lines: Iterable[bytes], out: TextIO) -> int:
    """Answer JSON Lines one for one; an invalid one gets an `error`, and exit status 2, not 0."""
    conversations: LRUCache[str | int, Conversation] = LRUCache(_MAX_CONVERSATIONS)
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line.removeprefix(BOM_UTF8), type=_Line)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            status = 2
            form = '{"text": "...", "id": ..., "conversation": ...}'
            reason = f"line {number}: {error}; expected {form}"
            print(json.dumps({"id": None, "error": reason}), file=out, flush=True)
            continue
        context = None
        if row.conversation is not None:
            context = conversations.get(row.conversation, Conversation())
        reply, elapsed = answer_timed(answerer, row.text, context)
        result = as_json(reply, answerer.knowledge, elapsed, row.id)
        if row.conversation is not None and context is not None:
            conversations[row.conversation] = context.after(reply)
        print(msgspec.json.encode(result).decode(), file=out, flush=True)
    return status
