"""answerCallbackQuery, answerInlineQuery and answerGuestQuery."""

from urllib.parse import urlsplit

from . import checks
from .errors import Json, RefusedError
from .text import utf16_length
from .world import World

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
MAX_RESULTS, ID_BYTES, CALLBACK_TEXT = 50, 64, 200


def _close_query(world: World, params: Json, name: str, kind: str) -> str:
    """Mark a query as answered; refuse an unknown id (a violation) or an old one (none)."""
    query_id: str = params[name]
    if world.queries.get(query_id) != kind:
        raise RefusedError(_TOO_OLD, is_violation=query_id not in world.queries)
    world.queries[query_id] = ""
    world.answers[query_id] = params
    return query_id


def answer_callback_query(world: World, params: Json) -> bool:
    """Answer the press of a button, with an optional notification."""
    if utf16_length(params.get("text", "")) > CALLBACK_TEXT:
        raise RefusedError("MESSAGE_TOO_LONG")
    url = params.get("url")
    if url is not None and urlsplit(url).netloc not in {"t.me", "telegram.me"}:
        raise RefusedError("URL_INVALID")
    _close_query(world, params, "callback_query_id", "callback")
    return True


def answer_inline_query(world: World, params: Json) -> bool:
    """Answer an inline query with results to choose from."""
    results = params["results"]
    if len(results) > MAX_RESULTS:
        raise RefusedError("RESULTS_TOO_MUCH")
    ids = [_check_result(result) for result in results]
    if len(set(ids)) != len(ids):
        raise RefusedError("RESULT_ID_DUPLICATE")
    if len(params.get("next_offset", "").encode()) > ID_BYTES:
        raise RefusedError("NEXT_OFFSET_INVALID")
    if params.get("cache_time", 0) < 0:
        raise RefusedError("CACHE_TIME_INVALID")
    button = params.get("button", {})
    start = button.get("start_parameter")
    if button and start is None and "web_app" not in button:
        raise RefusedError("can't parse inline query results button: no action is specified")
    if start is not None and not _is_start_parameter(start):
        raise RefusedError("START_PARAM_INVALID")
    _close_query(world, params, "inline_query_id", "inline")
    return True


def _is_start_parameter(text: str) -> bool:
    plain = text.replace("_", "").replace("-", "")
    return 1 <= len(text) <= ID_BYTES and plain.isascii() and (plain.isalnum() or not plain)


def _check_result(result: Json) -> str:
    result_id: str = result["id"]
    if not 1 <= len(result_id.encode()) <= ID_BYTES:
        raise RefusedError("RESULT_ID_INVALID")
    if result["type"] == "article" and not result.get("title", "").strip():
        raise RefusedError("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content", {})
    if "message_text" in content:
        checks.text_and_entities(content, "message_text")
    if "caption" in result:
        checks.text_and_entities(result, "caption", checks.CAPTION_LIMIT)
    checks.inline_keyboard(result.get("reply_markup"))
    return result_id


def answer_guest_query(world: World, params: Json) -> Json:
    """Answer a mention in a chat that the bot is not in."""
    result = params["result"]
    _check_result(result)
    query_id = _close_query(world, params, "guest_query_id", "guest")
    inline_id = f"guest-{query_id}"
    world.inline_messages[inline_id] = inline_content(result)
    return {"inline_message_id": inline_id}


def inline_content(result: Json) -> Json:
    """Return the message that choosing an inline result sends."""
    content = result.get("input_message_content", {})
    message: Json = {}
    if "message_text" in content:
        text, entities = checks.text_and_entities(content, "message_text")
        message = {"text": text} | ({"entities": entities} if entities else {})
    markup = checks.inline_keyboard(result.get("reply_markup"))
    return message | ({"reply_markup": markup} if markup else {})
