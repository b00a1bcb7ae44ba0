"""Methods about the bot's profile and commands, chats and members, and files."""

import json
import re

from .checks import target_chat
from .errors import Json, RefusedError
from .schema import TYPES
from .world import Chat, World

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
MAX_COMMANDS, MAX_COMMAND_DESCRIPTION = 100, 256
PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Json) -> Json:
    """Describe the bot."""
    flags = ("can_connect_to_business", "has_main_web_app", "has_topics_enabled")
    described = world.bot.json() | dict.fromkeys((*flags, "allows_users_to_create_topics"), False)
    return described | {
        **world.capabilities,
        "can_read_all_group_messages": not world.privacy_mode,
        "can_manage_bots": False,
    }


def _language(params: Json) -> str:
    code: str = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(code):
        raise RefusedError("invalid language code specified")
    return code


def _scope(world: World, params: Json) -> tuple[str, str]:
    scope = params.get("scope", {"type": "default"})
    if "chat_id" in scope:
        world.chat(scope["chat_id"])
    return json.dumps(scope, sort_keys=True), _language(params)


def set_my_commands(world: World, params: Json) -> bool:
    """Set the commands of one scope and language."""
    commands = params["commands"]
    if len(commands) > MAX_COMMANDS:
        raise RefusedError("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise RefusedError("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= MAX_COMMAND_DESCRIPTION:
            raise RefusedError("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(world, params)] = commands
    return True


def get_my_commands(world: World, params: Json) -> list[Json]:
    """Return the commands of one scope and language."""
    return world.commands.get(_scope(world, params), [])


def delete_my_commands(world: World, params: Json) -> bool:
    """Delete the commands of one scope and language."""
    world.commands.pop(_scope(world, params), None)
    return True


def set_profile(name: str, world: World, params: Json) -> bool:
    """Set the bot's name, description or short description in one language."""
    text = params.get(name, "")
    if len(text) > PROFILE_LIMITS[name]:
        raise RefusedError(f"bot {name.replace('_', ' ')} is too long")
    world.profile[name, _language(params)] = text
    return True


def get_profile(name: str, world: World, params: Json) -> Json:
    """Return the text in that language, or else the default one."""
    default = world.profile.get((name, ""), "")
    return {name: world.profile.get((name, _language(params)), default)}


def _accessible_chat(world: World, params: Json) -> Chat:
    chat = world.chat(params["chat_id"])
    if world.bot_status(chat) in {"left", "kicked"}:
        target_chat(world, params)
    return chat


def get_chat(world: World, params: Json) -> Json:
    """Describe a chat."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    accepted = dict.fromkeys((*gifts, "gifts_from_channels"), False)
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}
    chat = _accessible_chat(world, params)
    if chat.kind != "private":
        rights = [name for name in TYPES["ChatPermissions"] if name.startswith("can_send_")]
        more["permissions"] = dict.fromkeys(rights, True) | {
            "can_send_messages": chat.can_send_messages,
            "can_send_photos": chat.can_send_photos,
        }
    return chat.json() | more


def get_chat_member(world: World, params: Json) -> Json:
    """Describe a user's membership."""
    chat = _accessible_chat(world, params)
    user = world.users.get(params["user_id"])
    if user is None:
        raise RefusedError("PARTICIPANT_ID_INVALID", is_violation=False)
    if chat.hides_members and user is not world.bot and not world.is_admin(chat, world.bot.id):
        raise RefusedError("member list is inaccessible", is_violation=False)
    member = world.member(chat, user)
    if user is world.bot and member["status"] == "restricted":
        member["can_send_messages"] = chat.can_send_messages
    return member


def get_chat_administrators(world: World, params: Json) -> list[Json]:
    """List the administrators of a group."""
    chat = _accessible_chat(world, params)
    if chat.kind == "private":
        raise RefusedError("there are no administrators in the private chat")
    admins = (user_id for user_id in chat.statuses if world.is_admin(chat, user_id))
    return [world.member(chat, world.users[user_id]) for user_id in admins]


def leave_chat(world: World, params: Json) -> bool:
    """Leave a group."""
    chat = _accessible_chat(world, params)
    if chat.kind == "private":
        raise RefusedError("chat member status can't be changed in private chats")
    chat.statuses[world.bot.id] = "left"
    return True


def get_file(world: World, params: Json) -> Json:
    """Return the path to download a file from."""
    file_id = params["file_id"]
    if file_id not in world.files:
        raise RefusedError("wrong file_id or the file is temporarily unavailable")
    size = len(world.files[file_id])
    return {"file_id": file_id, "file_unique_id": f"u{file_id[-8:]}", "file_size": size} | {
        "file_path": f"photos/{file_id}"
    }
