"""Checks that Telegram makes whenever a message is sent or changed."""

from urllib.parse import urlsplit

from .errors import Json, RefusedError
from .formatting import parse_html, strip_ends
from .schema import Upload
from .text import find_entities, utf16_length
from .world import Chat, World

TEXT_LIMIT, CAPTION_LIMIT, QUOTE_LIMIT, ENTITY_LIMIT = 4096, 1024, 1024, 100
CALLBACK_BYTES = 64


def target_chat(world: World, params: Json, sending: str = "") -> Chat:
    """Return the chat, or refuse if the bot is not in it or may not send there.

    `sending` is "text messages", "photos", or empty if nothing is sent.
    """
    chat = world.chat(params["chat_id"])
    if chat.migrated_to is not None:
        raise RefusedError(
            "group chat was upgraded to a supergroup chat",
            is_violation=False,
            migrate_to_chat_id=chat.migrated_to,
        )
    if chat.is_blocked:
        raise RefusedError("bot was blocked by the user", 403, is_violation=False)
    status = world.bot_status(chat)
    if status == "kicked":
        raise RefusedError(f"bot was kicked from the {chat.kind} chat", 403, is_violation=False)
    if status == "left":
        error = f"bot is not a member of the {chat.kind} chat"
        raise RefusedError(error, 403, is_violation=False)
    granted = {"": True, "text messages": chat.can_send_messages, "photos": chat.can_send_photos}
    if status not in {"administrator", "creator"} and not granted[sending]:
        raise RefusedError(f"not enough rights to send {sending} to the chat", is_violation=False)
    return chat


def text_and_entities(params: Json, name: str, limit: int = TEXT_LIMIT) -> tuple[str, list[Json]]:
    """Parse a text parameter into plain text and entities; `limit` applies to the plain text."""
    source = params.get(name, "")
    given = params.get("entities" if name in {"text", "message_text"} else f"{name}_entities")
    mode = params.get("parse_mode", "")
    if mode.lower() not in {"", "html"}:
        raise RefusedError(f"unsupported parse_mode: the fake supports only HTML, not {mode}")
    if mode:
        plain, entities = parse_html(source)
    else:
        plain, entities = source, _check_bounds(source, given or [])
    plain, entities = strip_ends(plain, entities)
    if not plain and limit == TEXT_LIMIT:
        raise RefusedError(
            "message text is empty" if not source.strip() else "text must be non-empty"
        )
    if utf16_length(plain) > limit:
        kind = "message" if limit == TEXT_LIMIT else "message caption"
        raise RefusedError(f"{kind} is too long")
    if len(entities) > ENTITY_LIMIT:
        raise RefusedError("ENTITIES_TOO_LONG")
    return plain, _add_detected(plain, entities)


def _check_bounds(text: str, entities: list[Json]) -> list[Json]:
    size = utf16_length(text)
    for item in entities:
        if item["offset"] < 0 or item["length"] <= 0 or item["offset"] + item["length"] > size:
            raise RefusedError("ENTITY_BOUNDS_INVALID")
    return entities


def _add_detected(text: str, entities: list[Json]) -> list[Json]:
    """Add the entities that the server detects outside code and links."""
    blocked = [e for e in entities if e["type"] in {"code", "pre", "text_link", "text_mention"}]
    detected = [
        found
        for found in find_entities(text)
        if all(
            found["offset"] + found["length"] <= e["offset"]
            or e["offset"] + e["length"] <= found["offset"]
            for e in blocked
        )
    ]
    return sorted([*entities, *detected], key=lambda e: (e["offset"], -e["length"]))


def reply_and_thread(world: World, chat: Chat, params: Json) -> Json:
    """Return the new message's fields that follow from its reply and thread parameters."""
    thread = params.get("message_thread_id")
    if thread is not None and not (chat.is_forum and thread in chat.topics):
        raise RefusedError("message thread not found", is_violation=thread not in chat.deleted)
    reply = params.get("reply_parameters")
    if reply is None:
        return world.thread_fields(chat, thread)
    reply_chat = world.chat(reply["chat_id"]) if "chat_id" in reply else chat
    target = reply_chat.messages.get(reply["message_id"])
    if target is None:
        if reply.get("allow_sending_without_reply") and reply_chat is chat:
            return world.thread_fields(chat, thread)
        known = reply["message_id"] in reply_chat.deleted
        raise RefusedError("message to be replied not found", is_violation=not known)
    fields = world.reply_fields(reply_chat, reply["message_id"], thread)
    if "quote" in reply:
        fields["quote"] = _quote(target, reply)
    return fields


def _quote(target: Json, reply: Json) -> Json:
    params = {"quote": reply["quote"], "parse_mode": reply.get("quote_parse_mode", "")}
    params["quote_entities"] = reply.get("quote_entities", [])
    quote, _ = text_and_entities(params, "quote", QUOTE_LIMIT)
    source = target.get("text") or target.get("caption") or ""
    start = source.find(quote)
    if not quote or start < 0:
        raise RefusedError("QUOTE_TEXT_INVALID")
    return {"text": quote, "position": utf16_length(source[:start]), "is_manual": True}


_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "pay", "copy_text",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game",
)  # fmt: skip


def inline_keyboard(markup: Json | None) -> Json | None:
    """Check the buttons of an inline keyboard; return it, or None if it has none."""
    if markup is None or "inline_keyboard" not in markup:
        return None
    for button in (button for row in markup["inline_keyboard"] for button in row):
        _check_button(button)
    return markup if any(markup["inline_keyboard"]) else None


def _check_button(button: Json) -> None:
    actions = [name for name in _ACTIONS if name in button]
    if not button["text"].strip():
        raise RefusedError("can't parse inline keyboard button: button text must be non-empty")
    if not actions:
        raise RefusedError(
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise RefusedError("BUTTON_TYPE_INVALID")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_BYTES:
        raise RefusedError("BUTTON_DATA_INVALID")
    if "url" in button:
        parts = urlsplit(button["url"])
        if parts.scheme not in {"http", "https", "tg", ""} or not (parts.netloc or parts.path):
            raise RefusedError("BUTTON_URL_INVALID")


def photo_sizes(world: World, photo: object) -> list[Json]:
    """Return the PhotoSize list of an uploaded photo or a known file_id."""
    if isinstance(photo, Upload):
        if not photo.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
            raise RefusedError("IMAGE_PROCESS_FAILED")
        photo_id = f"AgACAgIAAxk{world.next_number():08d}"
        world.files[photo_id] = photo
    elif isinstance(photo, str) and photo in world.files:
        photo_id = photo
    else:
        raise RefusedError("wrong remote file identifier specified: Wrong string length")
    size = len(world.files[photo_id])
    return [
        {"file_id": photo_id, "file_unique_id": f"u{photo_id[-8:]}", "file_size": size}
        | {"width": side, "height": side}
        for side in (90, 1280)
    ]
