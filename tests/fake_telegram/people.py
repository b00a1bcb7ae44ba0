"""What people do: write, edit, delete, press buttons, ask inline and as guests."""

import time
from typing import Any

from .errors import Json
from .log import Log
from .methods_queries import inline_content
from .schema import check_update
from .text import find_entities
from .world import Chat, ChatKind, User, World


class People:
    """The part of FakeTelegram that plays the people who talk to the bot."""

    world: World
    log: Log

    def publish(self, content: Json) -> Json | None:
        """Queue an update without checking it."""
        raise NotImplementedError

    def inject(self, **content: Any) -> Json | None:  # noqa: ANN401 - one update field, any JSON
        """Check and queue an update given by its one content field, as in `inject(poll={...})`."""
        check_update({"update_id": 1} | content)
        return self.publish(content)

    def user(self, first_name: str = "Ann", **details: str | None) -> User:
        """Add a person; `details` are `username` and `language_code`."""
        with self.log.changed:
            return self.world.add_user(first_name, **details)

    def private(self, user: User | None = None) -> Chat:
        """Return a person's private chat with the bot."""
        user = user or self.user()
        with self.log.changed:
            return self.world.private_chat(user)

    def group(
        self, title: str = "Readers", kind: ChatKind = "supergroup", *, status: str = "member"
    ) -> Chat:
        """Add a group, supergroup or channel; `status` is the bot's ("left": it is not in it)."""
        with self.log.changed:
            return self.world.add_group(kind, title, status=status)

    def forum(self, *topics: str) -> tuple[Chat, list[int]]:
        """Add a supergroup with topics; return it and the thread ids of the topics."""
        chat = self.group("Forum")
        with self.log.changed:
            chat.is_forum = True
            chat.last_id = 1  # message 1 is the General topic
            creator = self.world.add_user("Ann")
            for name in topics:
                created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
                service = self.world.store(chat, creator, created)
                service |= self.world.thread_fields(chat, service["message_id"])
                chat.topics[service["message_id"]] = name
            ids = list(chat.topics)
        return chat, ids

    def say(
        self,
        text: str | None = None,
        *,
        chat: Chat | None = None,
        user: User | None = None,
        reply_to: Json | None = None,
        thread: int | None = None,
        **fields: Any,  # noqa: ANN401 - further fields of the Message, any JSON
    ) -> Json:
        """Write a message and return it, with commands, mentions and links marked as entities.

        By default a new person writes in a new private chat. `fields` adds or replaces fields of
        the Message: caption, photo, sender_chat, via_bot, forward_origin, entities, ...
        """
        with self.log.changed:
            if chat is None:
                chat = self.world.private_chat(user or self.world.add_user("Ann"))
            sender = user or chat.user or (chat.kind != "channel" and self.world.add_user("Ann"))
            # In a topic, a message without a reply carries the topic's first message as one.
            target = thread if reply_to is None else reply_to["message_id"]
            content = self._content(text, fields)
            if target is not None:
                content |= self.world.reply_fields(chat, target, thread)
            message = self.world.store(chat, sender or None, content)
            kind = "channel_post" if chat.kind == "channel" else "message"
            check_update({"update_id": 1, kind: message})
            if self._is_seen(chat, message):
                self.publish({kind: dict(message)})
            return message

    def _content(self, text: str | None, fields: Json) -> Json:
        content: Json = {} if text is None else {"text": text}
        for body, name in (("text", "entities"), ("caption", "caption_entities")):
            found = find_entities((content | fields).get(body, ""))
            content |= {name: found} if found else {}
        return content | fields

    def _is_seen(self, chat: Chat, message: Json) -> bool:
        """Apply privacy mode, which lets commands, replies to the bot and service messages pass."""
        if self.world.bot_status(chat) in {"left", "kicked"}:
            return False
        if chat.kind == "private" or not self.world.privacy_mode:
            return True
        if self.world.is_admin(chat, self.world.bot.id):
            return True
        if "text" not in message and "caption" not in message:
            return True
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        text, name = message.get("text", ""), f"@{self.world.bot.username}".casefold()
        command = text.split()[0].casefold() if text.startswith("/") else ""
        to_bot = bool(command) and ("@" not in command or command.endswith(name))
        return bool(replied == self.world.bot.id or to_bot)

    def edit(self, message: Json, text: str | None = None, **fields: Any) -> Json:  # noqa: ANN401
        """Edit a message that a person wrote."""
        with self.log.changed:
            for stale in ("entities", "caption_entities"):
                message.pop(stale, None)
            message |= self._content(text, fields) | {"edit_date": int(time.time())}
            check_update({"update_id": 1, "edited_message": message})
            self.publish({"edited_message": dict(message)})
            return message

    def delete(self, message: Json) -> None:
        """Delete a message; the bot gets no update about it."""
        with self.log.changed:
            chat = self.world.chats[message["chat"]["id"]]
            del chat.messages[message["message_id"]]
            chat.deleted.add(message["message_id"])

    def press(
        self, button: str, message: Json, user: User | None = None, *, forged: bool = False
    ) -> str:
        """Press a button, given by its text or callback_data; return the callback query's id.

        `forged` allows data that no button has, as a hostile client can send.
        """
        with self.log.changed:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            data = [
                b["callback_data"] for row in rows for b in row
                if "callback_data" in b and button in {b["text"], b["callback_data"]}
            ]  # fmt: skip
            if not data and not forged:
                shown = [b["text"] for row in rows for b in row]
                raise ValueError(
                    f"the message has no callback button {button!r}; its buttons: {shown}"
                )
            chat = self.world.chats[message["chat"]["id"]]
            presser = user or chat.user or self.world.add_user("Ann")
            current = chat.messages.get(message["message_id"])
            gone = {"chat": chat.json(), "message_id": message["message_id"], "date": 0}
            query_id = self._query("callback")
            self.inject(
                callback_query={
                    "id": query_id, "from": presser.json(), "message": dict(current or gone),
                    "chat_instance": str(chat.id), "data": data[0] if data else button,
                }
            )  # fmt: skip
            return query_id

    def inline(self, query: str, user: User | None = None, *, offset: str = "") -> str:
        """Type "@bot query" in another chat; return the inline query's id."""
        asker = user or self.user()
        with self.log.changed:
            query_id = self._query("inline")
            content = {"id": query_id, "from": asker.json(), "query": query, "offset": offset}
            self.inject(inline_query=content)
            return query_id

    def choose(self, query_id: str, result_id: str, chat: Chat, user: User) -> Json:
        """Send an inline result to a chat, as a message "via @bot"."""
        with self.log.changed:
            results = self.world.answers[query_id]["results"]
            (result,) = (item for item in results if item["id"] == result_id)
            via = self.world.bot.json()
            return self.say(chat=chat, user=user, via_bot=via, **inline_content(result))

    def guest(
        self,
        text: str | None = None,
        user: User | None = None,
        title: str = "Elsewhere",
        **fields: Any,  # noqa: ANN401 - further fields of the Message, any JSON
    ) -> str:
        """Mention the bot in a chat that it is not in; return the guest query's id."""
        asker = user or self.user()
        with self.log.changed:
            query_id = self._query("guest")
            chat = Chat(-900_000_000 - self.world.next_number(), "supergroup", title)
            message = self.world.store(chat, asker, self._content(text, fields))
            self.inject(guest_message=message | {"guest_query_id": query_id})
            return query_id

    def answer_to(self, query_id: str) -> Json | None:
        """Return the parameters of the bot's answer to a callback, inline or guest query."""
        with self.log.changed:
            return self.world.answers.get(query_id)

    def expire(self, query_id: str) -> None:
        """Make a query too old to answer."""
        with self.log.changed:
            self.world.queries[query_id] = ""

    def _query(self, kind: str) -> str:
        query_id = str(4_000_000_000_000_000_000 + self.world.next_number())
        self.world.queries[query_id] = kind
        return query_id
