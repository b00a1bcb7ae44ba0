"""What happens to the bot itself: added, removed, promoted, blocked, its group migrated."""

import time

from .errors import Json
from .people import People
from .world import Chat, User


class Membership(People):
    """The part of FakeTelegram that changes who is in a chat and with what rights."""

    def _bot_becomes(self, chat: Chat, status: str, by: User) -> Json | None:
        bot = self.world.bot
        old = self.world.member(chat, bot, "member" if chat.kind == "private" else None)
        if chat.kind == "private":
            old = self.world.member(chat, bot, "kicked" if chat.is_blocked else "member")
            chat.is_blocked = status == "kicked"
        else:
            chat.status[bot.id] = status
        return self.inject(
            my_chat_member={
                "chat": chat.json(), "from": by.json(), "date": int(time.time()),
                "old_chat_member": old, "new_chat_member": self.world.member(chat, bot, status),
            }
        )  # fmt: skip

    def add_bot(self, chat: Chat, by: User | None = None, *, status: str = "member") -> Json | None:
        """Add the bot to a group: my_chat_member, then the service message in plain groups."""
        with self.log.changed:
            by = by or self.world.add_user("Ann")
            update = self._bot_becomes(chat, status, by)
            self.say(chat=chat, user=by, new_chat_members=[self.world.bot.json()])
            return update

    def remove_bot(self, chat: Chat, by: User | None = None) -> Json | None:
        """Kick the bot out of a group."""
        with self.log.changed:
            return self._bot_becomes(chat, "kicked", by or self.world.add_user("Ann"))

    def set_bot_status(self, chat: Chat, status: str, by: User | None = None) -> Json | None:
        """Promote or demote the bot: "administrator", "member", "restricted"."""
        with self.log.changed:
            return self._bot_becomes(chat, status, by or self.world.add_user("Ann"))

    def block(self, user: User) -> Json | None:
        """Let a user block the bot."""
        with self.log.changed:
            return self._bot_becomes(self.world.private_chat(user), "kicked", user)

    def unblock(self, user: User) -> Json | None:
        """Let a user unblock the bot."""
        with self.log.changed:
            return self._bot_becomes(self.world.private_chat(user), "member", user)

    def set_status(self, chat: Chat, user: User, status: str) -> None:
        """Make a user creator, administrator, member, ... of a group; the bot is not told."""
        with self.log.changed:
            chat.status[user.id] = status

    def migrate(self, chat: Chat, *, announced: bool = True) -> Chat:
        """Upgrade a group to a supergroup; `announced` sends the two service messages."""
        with self.log.changed:
            title = chat.title or ""
            new = self.world.add_group("supergroup", title, status=self.world.bot_status(chat))
            new.status |= chat.status
            by = self.world.add_user("Ann")
            if announced:
                self.say(chat=chat, user=by, migrate_to_chat_id=new.id)
                self.say(chat=new, user=by, migrate_from_chat_id=chat.id)
            chat.migrated_to = new.id
            return new
