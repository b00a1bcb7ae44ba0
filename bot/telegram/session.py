"""A button pressed twice, or by many at once: what it opens is sent once in a while."""

import time
from collections.abc import Callable

from cachetools import TTLCache
from telegram import CallbackQuery, Message

from bot.answering import Conversation

FORGOTTEN_AFTER = 600  # seconds without a message
CONVERSATIONS = 10_000  # kept at once, in memory only; the longest unused goes first

Speaker = tuple[int, int]


class Conversations:
    """Conversations by chat and person; never written anywhere. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: TTLCache[Speaker, Conversation] = TTLCache(
            CONVERSATIONS, FORGOTTEN_AFTER, timer=clock
        )
        # A question edited, or tried again, leans on what came before it, not on its own answer.
        self._before: TTLCache[tuple[int, int], Conversation] = TTLCache(
            CONVERSATIONS, FORGOTTEN_AFTER, timer=clock
        )

    def of(self, speaker: Speaker) -> Conversation:
        """The conversation so far; empty if there is none or it is forgotten."""
        return self._kept.get(speaker, Conversation())

    def keep(self, speaker: Speaker, conversation: Conversation) -> None:
        """Remember where a conversation stands."""
        self._kept[speaker] = conversation

    def before(self, chat: int, question: int) -> Conversation:
        """Where the conversation stood when a question was asked."""
        return self._before.get((chat, question), Conversation())

    def asked(self, chat: int, question: int, conversation: Conversation) -> Conversation:
        """Remember where the conversation stands as a question is asked, and tell it.

        When it is tried again, that is where it stood at the first try.
        """
        kept: Conversation = self._before.setdefault((chat, question), conversation)
        return kept

    def forget_chat(self, chat: int) -> None:
        """Drop everything said in one chat."""
        for cache in (self._kept, self._before):
            for key in [key for key in cache if key[0] == chat]:
                del cache[key]


def speaker_of(message: Message) -> Speaker:
    """Who speaks where; anonymous admins and channels count as the chat they speak for."""
    sender = message.sender_chat or message.from_user
    return message.chat_id, sender.id if sender else 0


SENT_LATELY = "I sent that a moment ago: it is below."
_QUIET = 30.0  # seconds in which the same button of the same message sends nothing more
_REMEMBERED = 10_000


class ButtonDebounce:
    """Which buttons sent a message lately; in memory only, without who pressed them."""

    def __init__(self) -> None:
        self._lately: TTLCache[tuple[int, int, str], bool] = TTLCache(_REMEMBERED, _QUIET)

    def is_repeated(self, query: CallbackQuery, message: Message) -> bool:
        """Whether the button just sent what it sends."""
        return _button(query, message) in self._lately

    def note(self, query: CallbackQuery, message: Message) -> None:
        """Remember that it sent it."""
        self._lately[_button(query, message)] = True


def _button(query: CallbackQuery, message: Message) -> tuple[int, int, str]:
    return message.chat_id, message.message_id, query.data or ""
