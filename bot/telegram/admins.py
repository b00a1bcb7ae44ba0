"""Who may change what others see: the admins of a group."""

from __future__ import annotations

from telegram import Bot, Message
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest

_ADMINS = {ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER}


async def is_admin(bot: Bot, chat_id: int, person_id: int) -> bool:
    """Whether a person is an admin of a group now.

    A group may hide its members from a bot that is no admin; who its admins are it tells.
    """
    try:
        member = await bot.get_chat_member(chat_id, person_id)
    except BadRequest:
        admins = await bot.get_chat_administrators(chat_id)
        return any(admin.user.id == person_id for admin in admins)
    return member.status in _ADMINS


async def is_by_admin(bot: Bot, message: Message) -> bool:
    """Whether an admin wrote a message; an anonymous one writes as the group itself."""
    if message.sender_chat:
        return message.sender_chat.id == message.chat_id
    sender = message.from_user
    return sender is not None and await is_admin(bot, message.chat_id, sender.id)
