"""The decision: answer, suggest, abstain or small talk; the same for every channel."""

from bot.answering.answerer import Answerer
from bot.answering.follow_ups import Conversation
from bot.answering.reply import Reply, Section, Status, Suggestion

__all__ = ["Answerer", "Conversation", "Reply", "Section", "Status", "Suggestion"]
