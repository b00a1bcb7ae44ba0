"""Groups: the bot's membership, migrations, and `/settings` for admins."""

import logging
from functools import partial

from telegram import ChatMemberRestricted, ChatMemberUpdated, Message
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest

from bot.store import DiskError, forget_chat
from bot.telegram.addressing import in_group
from bot.telegram.current_update import set_outcome
from bot.telegram.messages import texts
from bot.telegram.messages.replies import Rendered
from bot.telegram.send.client import Client
from bot.telegram.services import Press, Services

log = logging.getLogger(__name__)

_GONE = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}
_ADMINS = {ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER}


async def is_admin(client: Client, chat_id: int, person_id: int) -> bool:
    """Whether a person is currently an admin of a group."""
    # Unparsed, because the library refuses a member whose rights are not those that it knows.
    try:
        member = await client.call("getChatMember", chat_id=chat_id, user_id=person_id)
    except BadRequest:  # a group can hide its members, but not its admins, from bots
        admins = await client.call("getChatAdministrators", chat_id=chat_id)
        return any(admin["user"]["id"] == person_id for admin in admins)
    return member["status"] in _ADMINS


async def is_from_admin(client: Client, message: Message) -> bool:
    """Whether an admin wrote a message; an anonymous admin writes as the group itself."""
    if message.sender_chat:
        return message.sender_chat.id == message.chat_id
    sender = message.from_user
    return sender is not None and await is_admin(client, message.chat_id, sender.id)


async def change_membership(services: Services, change: ChatMemberUpdated) -> None:
    """Greet a group that added the bot, and forget one that removed it."""
    chat, now = change.chat, change.new_chat_member
    if now.status in _GONE:
        set_outcome("left")
        await forget_chat_data(services, chat.id)
    elif _was_added(change) and not await services.records.ask(
        services.groups.is_set, "greeted", chat.id
    ):
        set_outcome("greeted")
        sees_all = bool(services.client.me.can_read_all_group_messages)
        sees_all |= now.status == ChatMemberStatus.ADMINISTRATOR
        greeting = texts.greeting(services.knowledge, services.client.username, sees_all=sees_all)
        await services.client.call(
            "sendMessage", chat_id=chat.id, text=greeting.html, parse_mode=ParseMode.HTML
        )
        services.records.later(partial(services.groups.set, "greeted", chat.id, on=True))


def migrate(services: Services, message: Message) -> None:
    """Carry the settings of a group over to its new id, and forget the rest about the old one."""
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    services.records.later(services.groups.migrate, old, new)
    services.records.later(forget_chat, services.store, old)


async def forget_chat_data(services: Services, chat_id: int) -> bool:
    """Delete everything stored about a chat; False if the disk fails."""
    services.conversations.forget_chat(chat_id)
    services.recorder.forget_chat(chat_id)
    try:
        await services.records.require(forget_chat, services.store, chat_id)
    except DiskError as error:
        log.warning("%s; a chat's data was not deleted", error)
        return False
    return True


def _was_added(change: ChatMemberUpdated) -> bool:
    """Whether the bot was added to a group where it may write; a promotion does not count."""
    now = change.new_chat_member
    is_muted = isinstance(now, ChatMemberRestricted) and not now.can_send_messages
    was_gone = change.old_chat_member.status in _GONE
    return change.chat.type in _GROUPS and was_gone and not is_muted


async def settings(services: Services, message: Message, _: str) -> None:
    """Show an admin when the bot answers in a group, with two buttons that change it."""
    set_outcome("settings")
    if not in_group(message.chat):
        await services.send(message, Rendered(texts.text("settings_in_private")))
    elif await is_from_admin(services.client, message):
        on = await services.records.ask(services.groups.is_set, "overhears", message.chat_id)
        await services.send(message, await _settings(services, message.chat_id, overhears=bool(on)))
    else:
        await services.send(message, Rendered(texts.text("admins_only")))


async def switch(services: Services, press: Press) -> str | None:
    """Change when the bot answers in a group."""
    message, chat_id = press.message, press.message.chat_id
    if not in_group(message.chat) or press.name not in {texts.ASKED, texts.OVERHEAR}:
        return None
    set_outcome("settings")
    if not await is_admin(services.client, chat_id, press.person_id):
        return texts.text("admins_only")
    on = press.name == texts.OVERHEAR
    try:
        await services.records.require(partial(services.groups.set, "overhears", chat_id, on=on))
    except DiskError:
        return texts.text("not_saved")
    shown = await _settings(services, chat_id, overhears=on)
    await services.edit((chat_id, message.message_id), shown)
    return texts.text("saved")


async def _settings(services: Services, chat_id: int, *, overhears: bool) -> Rendered:
    """A group's setting; the bot sees all messages without privacy mode, or as an admin."""
    me = services.client.me
    sees_all = me.can_read_all_group_messages or await is_admin(services.client, chat_id, me.id)
    return texts.settings(services.knowledge, overhears=overhears, sees_all=sees_all)
