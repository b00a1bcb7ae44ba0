"""What Telegram checks in every call that sends or changes a message."""

from urllib.parse import urlsplit

from .errors import Json, RefusedError
from .formatting import parse_html, trimmed
from .schema import Upload
from .text import find_entities, utf16_length
from .world import Chat, World

TEXT_LIMIT, CAPTION_LIMIT, QUOTE_LIMIT, ENTITY_LIMIT = 4096, 1024, 1024, 100
CALLBACK_BYTES = 64

_GONE = {"group": "group", "supergroup": "supergroup", "channel": "channel"}


def target_chat(world: World, params: Json, sending: str = "") -> Chat:
    """Find the chat to act in; refuse where the bot is not, or may not send texts or photos."""
    chat = world.chat(params["chat_id"])
    if chat.migrated_to is not None:
        raise RefusedError(
            "group chat was upgraded to a supergroup chat",
            own_fault=False,
            migrate_to_chat_id=chat.migrated_to,
        )
    if chat.is_blocked:
        raise RefusedError("bot was blocked by the user", 403, own_fault=False)
    status = world.bot_status(chat)
    if status == "kicked":
        raise RefusedError(f"bot was kicked from the {_GONE[chat.kind]} chat", 403, own_fault=False)
    if status == "left":
        where = f"bot is not a member of the {_GONE[chat.kind]} chat"
        raise RefusedError(where, 403, own_fault=False)
    granted = {"": True, "text messages": chat.can_send_messages, "photos": chat.can_send_photos}
    if status not in {"administrator", "creator"} and not granted[sending]:
        raise RefusedError(f"not enough rights to send {sending} to the chat", own_fault=False)
    return chat


def formatted(params: Json, name: str, limit: int = TEXT_LIMIT) -> tuple[str, list[Json]]:
    """Return plain text and entities of a text parameter; its length counts after parsing."""
    source = params.get(name, "")
    given = params.get("entities" if name in {"text", "message_text"} else f"{name}_entities")
    mode = params.get("parse_mode", "")
    if mode.lower() not in {"", "html"}:
        raise RefusedError(f"unsupported parse_mode: the fake reads HTML only, not {mode}")
    if mode:
        plain, entities = parse_html(source)
    else:
        plain, entities = source, _checked(source, given or [])
    plain, entities = trimmed(plain, entities)
    if not plain and limit == TEXT_LIMIT:
        raise RefusedError(
            "message text is empty" if not source.strip() else "text must be non-empty"
        )
    if utf16_length(plain) > limit:
        caption = "message caption is too long"
        raise RefusedError("message is too long" if limit == TEXT_LIMIT else caption)
    if len(entities) > ENTITY_LIMIT:
        raise RefusedError("ENTITIES_TOO_LONG")
    return plain, _with_found(plain, entities)


def _checked(text: str, entities: list[Json]) -> list[Json]:
    size = utf16_length(text)
    for item in entities:
        if item["offset"] < 0 or item["length"] <= 0 or item["offset"] + item["length"] > size:
            raise RefusedError("ENTITY_BOUNDS_INVALID")
    return entities


def _with_found(text: str, entities: list[Json]) -> list[Json]:
    """Add the commands, mentions and links that the server itself finds outside given ones."""
    blocked = [e for e in entities if e["type"] in {"code", "pre", "text_link", "text_mention"}]
    extra = [
        found
        for found in find_entities(text)
        if all(
            found["offset"] + found["length"] <= e["offset"]
            or e["offset"] + e["length"] <= found["offset"]
            for e in blocked
        )
    ]
    return sorted([*entities, *extra], key=lambda e: (e["offset"], -e["length"]))


def reply_and_thread(world: World, chat: Chat, params: Json) -> Json:
    """Resolve message_thread_id and reply_parameters to the fields of the new message."""
    thread = params.get("message_thread_id")
    if thread is not None and not (chat.is_forum and thread in chat.topics):
        raise RefusedError("message thread not found", own_fault=thread not in chat.deleted)
    reply = params.get("reply_parameters")
    if reply is None:
        return world.thread_fields(chat, thread)
    home = world.chat(reply["chat_id"]) if "chat_id" in reply else chat
    target = home.messages.get(reply["message_id"])
    if target is None:
        if reply.get("allow_sending_without_reply") and home is chat:
            return world.thread_fields(chat, thread)
        known = reply["message_id"] in home.deleted
        raise RefusedError("message to be replied not found", own_fault=not known)
    fields = world.reply_fields(home, reply["message_id"], thread)
    if "quote" in reply:
        fields["quote"] = _quote(target, reply)
    return fields


def _quote(target: Json, reply: Json) -> Json:
    names = {"quote": reply["quote"], "parse_mode": reply.get("quote_parse_mode", "")}
    names["quote_entities"] = reply.get("quote_entities", [])
    quote, _ = formatted(names, "quote", QUOTE_LIMIT)
    at = (target.get("text") or target.get("caption") or "").find(quote)
    if not quote or at < 0:
        raise RefusedError("QUOTE_TEXT_INVALID")
    whole = target.get("text") or target.get("caption") or ""
    return {"text": quote, "position": utf16_length(whole[:at]), "is_manual": True}


_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "pay", "copy_text",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game",
)  # fmt: skip


def inline_keyboard(markup: Json | None) -> Json | None:
    """Check the buttons of an inline keyboard and return what a message shows of it."""
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
    """Return the PhotoSize list of an uploaded picture or a known file_id."""
    if isinstance(photo, Upload):
        if not photo.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
            raise RefusedError("IMAGE_PROCESS_FAILED")
        photo_id = f"AgACAgIAAxk{world.number():08d}"
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
