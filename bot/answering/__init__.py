"""The decision: answer, suggest, abstain or small talk; the same for every channel."""

from bot.answering.answerer import Answerer
from bot.answering.reply import Conversation, Reply, Section, Status, Suggestion

__all__ = ["Answerer", "Conversation", "Reply", "Section", "Status", "Suggestion"]
