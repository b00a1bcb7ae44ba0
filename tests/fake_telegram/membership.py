"""What happens to the bot: added, removed, promoted, blocked, its group migrated."""

import time

from .errors import Json
from .people import People
from .world import Chat, User


class Membership(People):
    """The part of FakeTelegram that changes who is in a chat, and with which rights."""

    def _change_bot_status(self, chat: Chat, status: str, by: User) -> Json | None:
        bot = self.world.bot
        if chat.kind == "private":
            old = self.world.member(chat, bot, "kicked" if chat.is_blocked else "member")
            chat.is_blocked = status == "kicked"
        else:
            old = self.world.member(chat, bot)
            chat.statuses[bot.id] = status
        return self.inject(
            my_chat_member={
                "chat": chat.json(), "from": by.json(), "date": int(time.time()),
                "old_chat_member": old, "new_chat_member": self.world.member(chat, bot, status),
            }
        )  # fmt: skip

    def add_bot(self, chat: Chat, by: User | None = None, *, status: str = "member") -> Json | None:
        """Add the bot to a group; sends my_chat_member and the service message."""
        with self.log.changed:
            by = by or self.world.add_user("Ann")
            update = self._change_bot_status(chat, status, by)
            self.say(chat=chat, user=by, new_chat_members=[self.world.bot.json()])
            return update

    def remove_bot(self, chat: Chat, by: User | None = None) -> Json | None:
        """Remove the bot from a group."""
        with self.log.changed:
            return self._change_bot_status(chat, "kicked", by or self.world.add_user("Ann"))

    def set_bot_status(self, chat: Chat, status: str, by: User | None = None) -> Json | None:
        """Promote, demote or restrict the bot: "administrator", "member", "restricted"."""
        with self.log.changed:
            return self._change_bot_status(chat, status, by or self.world.add_user("Ann"))

    def block(self, user: User) -> Json | None:
        """Block the bot in a user's private chat."""
        with self.log.changed:
            return self._change_bot_status(self.world.private_chat(user), "kicked", user)

    def unblock(self, user: User) -> Json | None:
        """Unblock the bot in a user's private chat."""
        with self.log.changed:
            return self._change_bot_status(self.world.private_chat(user), "member", user)

    def set_status(self, chat: Chat, user: User, status: str) -> None:
        """Make a user creator, administrator, member, ...; the bot gets no update about it."""
        with self.log.changed:
            chat.statuses[user.id] = status

    def migrate(self, chat: Chat) -> Chat:
        """Upgrade a group to a supergroup, with the two service messages; return the new chat."""
        with self.log.changed:
            title = chat.title or ""
            new = self.world.add_group("supergroup", title, status=self.world.bot_status(chat))
            new.statuses |= chat.statuses
            by = self.world.add_user("Ann")
            self.say(chat=chat, user=by, migrate_to_chat_id=new.id)
            self.say(chat=new, user=by, migrate_from_chat_id=chat.id)
            chat.migrated_to = new.id
            return new
