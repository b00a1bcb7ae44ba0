"""The decision: answer, suggest, abstain or small talk; the same for every channel."""

from bot.answering.answerer import Answerer
from bot.answering.learning import Learned, learn, learn_entries, learn_small_talk_and_verifier
from bot.answering.reply import Conversation, Reply, Section, Status, Suggestion

__all__ = [
    "Answerer",
    "Conversation",
    "Learned",
    "Reply",
    "Section",
    "Status",
    "Suggestion",
    "learn",
    "learn_entries",
    "learn_small_talk_and_verifier",
]
