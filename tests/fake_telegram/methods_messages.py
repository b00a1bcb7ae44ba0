"""sendMessage, sendPhoto, the edit methods, deleteMessage, reactions and chat actions."""

import time

from . import checks
from .errors import Json, RefusedError
from .schema import Upload
from .world import Chat, World

Result = Json | bool

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note",
        "upload_video_note",
    }
)  # fmt: skip
# The emoji a bot may react with: Bot API, ReactionTypeEmoji.
REACTIONS = frozenset(
    {
        "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢",
        "🎉", "🤩", "🤮", "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳",
        "❤‍🔥", "🌚", "🌭", "💯", "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓",
        "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👨‍💻", "👀", "🎃", "🙈",
        "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿",
        "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀",
        "😡",
    }
)  # fmt: skip
# The fields that make up the content of a message.
_CONTENT = ("text", "entities", "photo", "caption", "caption_entities", "link_preview_options")


def _markup(params: Json) -> Json:
    markup = checks.inline_keyboard(params.get("reply_markup"))
    return {"reply_markup": markup} if markup else {}


def _text(params: Json) -> Json:
    text, entities = checks.text_and_entities(params, "text")
    fields: Json = {"text": text} | ({"entities": entities} if entities else {})
    options = params.get("link_preview_options")
    return fields | ({"link_preview_options": options} if options else {})


def _caption(params: Json) -> Json:
    caption, entities = checks.text_and_entities(params, "caption", checks.CAPTION_LIMIT)
    if not caption:
        return {}
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def send_message(world: World, params: Json) -> Result:
    """Send a text message."""
    chat = checks.target_chat(world, params, "text messages")
    content = _text(params) | checks.reply_and_thread(world, chat, params) | _markup(params)
    message = world.store(chat, world.bot, content)
    if "reply_markup" in params and "reply_markup" not in content:
        chat.uneditable.add(message["message_id"])
    return message


def send_photo(world: World, params: Json) -> Result:
    """Send a photo, uploaded or by file_id."""
    chat = checks.target_chat(world, params, "photos")
    content = checks.reply_and_thread(world, chat, params) | _caption(params) | _markup(params)
    photo = params["photo"]
    if isinstance(photo, str) and photo.startswith("attach://"):
        photo = params.get(photo.removeprefix("attach://"), photo)
    return world.store(chat, world.bot, {"photo": checks.photo_sizes(world, photo)} | content)


def _find_editable(world: World, params: Json) -> tuple[Chat | None, Json]:
    """Return the message to edit and its chat, which is None for an inline message."""
    if "inline_message_id" in params:
        message = world.inline_messages.get(params["inline_message_id"])
        if message is None:
            raise RefusedError("MESSAGE_ID_INVALID")
        return None, message
    if "chat_id" not in params:
        raise RefusedError("chat_id is empty")
    if "message_id" not in params:
        raise RefusedError("message identifier is not specified")
    chat = checks.target_chat(world, params)
    message = chat.messages.get(params["message_id"])
    if message is None:
        known = params["message_id"] in chat.deleted
        raise RefusedError("message to edit not found", is_violation=not known)
    own = message.get("from", {}).get("id") == world.bot.id
    if not own or params["message_id"] in chat.uneditable:
        raise RefusedError("message can't be edited")
    return chat, message


def _replace(chat: Chat | None, message: Json, content: Json, markup: Json) -> Result:
    old = {key: message[key] for key in (*_CONTENT, "reply_markup") if key in message}
    if old == content | markup:
        raise RefusedError(_NOT_MODIFIED, is_violation=False)
    changed = {key: value for key, value in message.items() if key not in old}
    changed |= content | markup | {"edit_date": int(time.time())}
    message.clear()
    message.update(changed)
    return True if chat is None else dict(message)


def edit_message_text(world: World, params: Json) -> Result:
    """Replace the text."""
    chat, message = _find_editable(world, params)
    if chat is not None and "text" not in message:
        raise RefusedError("there is no text in the message to edit")
    return _replace(chat, message, _text(params), _markup(params))


def edit_message_caption(world: World, params: Json) -> Result:
    """Replace the caption."""
    chat, message = _find_editable(world, params)
    if chat is not None and "photo" not in message:
        raise RefusedError("there is no caption in the message to edit")
    photo = {"photo": message["photo"]} if "photo" in message else {}
    return _replace(chat, message, photo | _caption(params), _markup(params))


def edit_message_media(world: World, params: Json) -> Result:
    """Replace the photo and its caption."""
    chat, message = _find_editable(world, params)
    media = params["media"]
    if media["type"] != "photo":
        raise RefusedError(f"the fake supports only photos, not {media['type']}")
    photo = media["media"]
    if photo.startswith("attach://"):
        photo = params.get(photo.removeprefix("attach://"))
        if not isinstance(photo, Upload):
            raise RefusedError("wrong file identifier/HTTP URL specified")
    content = {"photo": checks.photo_sizes(world, photo)} | _caption(media)
    return _replace(chat, message, content, _markup(params))


def edit_message_reply_markup(world: World, params: Json) -> Result:
    """Replace the buttons."""
    chat, message = _find_editable(world, params)
    content = {key: message[key] for key in _CONTENT if key in message}
    return _replace(chat, message, content, _markup(params))


def stop_message_live_location(world: World, params: Json) -> Result:
    """Refuse: no message has a location. The error says whether the bot sent such a message.

    A bot calls this only to learn that, so the refusal is never a violation.
    """
    try:
        _find_editable(world, params)
    except RefusedError as error:
        error.is_violation = False
        raise
    raise RefusedError("there is no live location in the message to edit", is_violation=False)


def delete_message(world: World, params: Json) -> Result:
    """Delete a message: the bot's own, or any in a private chat or as an administrator."""
    chat = checks.target_chat(world, params)
    message = chat.messages.get(params["message_id"])
    if message is None:
        known = params["message_id"] in chat.deleted
        raise RefusedError("message to delete not found", is_violation=not known)
    own = message.get("from", {}).get("id") == world.bot.id
    if not (own or chat.kind == "private" or world.is_admin(chat, world.bot.id)):
        raise RefusedError("message can't be deleted")
    del chat.messages[params["message_id"]]
    chat.deleted.add(params["message_id"])
    return True


def set_message_reaction(world: World, params: Json) -> Result:
    """React to a message with one emoji, or with none."""
    chat = checks.target_chat(world, params)
    if params["message_id"] not in chat.messages:
        known = params["message_id"] in chat.deleted
        raise RefusedError("message to react not found", is_violation=not known)
    reactions = params.get("reaction", [])
    if len(reactions) > 1:
        raise RefusedError("REACTIONS_TOO_MANY")
    if any(item.get("emoji") not in REACTIONS for item in reactions):
        raise RefusedError("REACTION_INVALID")
    world.reactions[chat.id, params["message_id"]] = reactions
    return True


def send_chat_action(world: World, params: Json) -> Result:
    """Show an action such as "typing"."""
    checks.target_chat(world, params)
    if params["action"] not in _ACTIONS:
        raise RefusedError("wrong parameter action in request")
    return True
