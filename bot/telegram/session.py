"""Recent conversations, which the bot keeps in memory only."""

import time
from collections.abc import Callable

from cachetools import TTLCache
from telegram import Message

from bot.answering import Conversation

CONVERSATION_TTL = 600  # seconds after the last message
MAX_CONVERSATIONS = 2_000  # beyond this, the least recently used is dropped

Speaker = tuple[int, int]


class Conversations:
    """Conversations by chat and person, never written to disk. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        memory = MAX_CONVERSATIONS, CONVERSATION_TTL, clock
        self._current = TTLCache[Speaker, Conversation](*memory)
        # A question that is edited or retried must not build on its own answer.
        self._before = TTLCache[tuple[int, int], Conversation](*memory)

    def get(self, speaker: Speaker) -> Conversation:
        """The conversation so far; empty if there is none or it has expired."""
        return self._current.get(speaker, Conversation())

    def save(self, speaker: Speaker, conversation: Conversation) -> None:
        """Remember the state of a conversation."""
        self._current[speaker] = conversation

    def before_question(self, chat: int, question: int, now: Conversation) -> Conversation:
        """The conversation as it was when the question was first tried: `now`, if it is now."""
        before: Conversation = self._before.setdefault((chat, question), now)
        return before

    def forget_chat(self, chat: int) -> None:
        """Forget all conversations in one chat."""
        for cache in (self._current, self._before):
            for key in [key for key in cache if key[0] == chat]:
                del cache[key]


def speaker_of(message: Message) -> Speaker:
    """The chat and the sender; anonymous admins and channels count as the chat they post for."""
    sender = message.sender_chat or message.from_user
    return message.chat_id, sender.id if sender else 0
