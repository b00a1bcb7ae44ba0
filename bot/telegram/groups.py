"""Coming and going: greeted once when added, tidied up when removed, settings moved along."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from telegram import ChatMemberRestricted, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.ext import BaseHandler, ChatMemberHandler, MessageHandler, filters

from bot.store import forget_chat
from bot.telegram import texts
from bot.telegram.front import Context, Front
from bot.telegram.progress import outcome

log = logging.getLogger(__name__)

_GONE = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """The bot's own membership, and groups that get another number."""

    async def membership(update: Update, context: Context) -> None:
        change = update.my_chat_member
        assert change is not None  # noqa: S101 - the handler's kind of update
        outcome("silent")
        chat, now = change.chat, change.new_chat_member
        if now.status in _GONE:
            outcome("left")
            forget(front, chat.id)
        elif _comes_in(change) and not front.groups.is_greeted(chat.id):
            outcome("greeted")
            sees_all = bool(context.bot.can_read_all_group_messages)
            sees_all |= now.status == ChatMemberStatus.ADMINISTRATOR
            greeting = texts.greeting(front.knowledge, context.bot.username, sees_all=sees_all)
            await context.bot.send_message(chat.id, greeting.html, ParseMode.HTML)
            front.groups.greeted(chat.id)

    async def migration(update: Update, context: Context) -> None:  # noqa: ARG001 - the library's
        message = update.message
        assert message is not None  # noqa: S101 - the handler's kind of update
        outcome("silent")
        if message.migrate_to_chat_id:
            front.groups.moved(message.chat_id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id:
            front.groups.moved(message.migrate_from_chat_id, message.chat_id)

    new = filters.UpdateType.MESSAGE
    return [
        ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(new & filters.StatusUpdate.MIGRATE, migration),
        # Somebody joined, a message was pinned, ...: nobody asks anything. What has words is none
        # of these, which spares it some forty checks.
        MessageHandler(new & ~filters.TEXT & filters.StatusUpdate.ALL, _silent),
    ]


def forget(front: Front, chat_id: int) -> bool:
    """Delete all that is kept about a chat; False if the disk fails."""
    front.memory.forget_chat(chat_id)
    front.learning.forget_chat(chat_id)
    try:
        forget_chat(front.store, chat_id)
    except sqlite3.Error as error:
        log.warning("the database cannot be written (%s); a chat is not forgotten", error)
        return False
    return True


async def _silent(update: Update, context: Context) -> None:  # noqa: ARG001 - the library's
    outcome("silent")


def _comes_in(change: ChatMemberUpdated) -> bool:
    """Whether the bot was added to a group where it may write; a promotion is no coming."""
    now = change.new_chat_member
    is_mute = isinstance(now, ChatMemberRestricted) and not now.can_send_messages
    came = change.old_chat_member.status in _GONE
    return change.chat.type in _GROUPS and came and not is_mute
