"""What each person was told lately, so that "why?" has something to lean on."""

from __future__ import annotations

from cachetools import TTLCache
from telegram import Update

from bot.answering import Conversation

FORGOTTEN_AFTER = 600  # seconds without a message
_CONVERSATIONS = 10_000  # kept at once, in memory only; the longest unused goes first

Speaker = tuple[int, int]


class Memory:
    """Conversations by chat and person; never written anywhere."""

    def __init__(self) -> None:
        self._kept: TTLCache[Speaker, Conversation] = TTLCache(_CONVERSATIONS, FORGOTTEN_AFTER)

    def of(self, speaker: Speaker) -> Conversation:
        """The conversation so far; empty if there is none or it is forgotten."""
        return self._kept.get(speaker, Conversation())

    def keep(self, speaker: Speaker, conversation: Conversation) -> None:
        """Remember where a conversation stands."""
        self._kept[speaker] = conversation

    def forget_chat(self, chat: int) -> None:
        """Drop everything said in one chat."""
        for speaker in [key for key in self._kept if key[0] == chat]:
            del self._kept[speaker]


def speaker_of(update: Update) -> Speaker:
    """Who speaks where; anonymous admins and channels count as the chat they speak for."""
    chat, sender = update.effective_chat, update.effective_sender
    return (chat.id if chat else 0, sender.id if sender else 0)
