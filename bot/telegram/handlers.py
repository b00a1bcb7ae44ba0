"""Thin handlers: an update in, the same answerer as everywhere, one message out."""

from __future__ import annotations

from telegram import ForceReply, Message, Update

from bot.answering import Answerer, Reply
from bot.knowledge import Knowledge
from bot.telegram import texts
from bot.telegram.addressing import Asked, about, asked, is_person
from bot.telegram.front import Context, Front, replying, send, today
from bot.telegram.keyboards import OPEN, TOPIC
from bot.telegram.memory import speaker_of
from bot.telegram.rendering import Rendered, render


class Handlers:
    """What the bot does with each kind of update."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._memory = front.memory

    @property
    def _answerer(self) -> Answerer:
        return self._front.answerer

    @property
    def _knowledge(self) -> Knowledge:
        return self._front.knowledge

    async def help(self, update: Update, context: Context) -> None:
        """`/help`."""
        if message := self._command(update, context):
            await send(message, texts.help_(context.bot.bot))

    async def ask(self, update: Update, context: Context) -> None:
        """`/ask QUESTION`; bare, it takes the message replied to, or asks for the question."""
        if not (message := self._command(update, context)):
            return
        written = (message.text or "").partition(" ")[2] or _below(message.text or "")
        question = about(written, "mention", message, context.bot.bot)
        if not question.text:
            await message.reply_text(
                "What would you like to know?",
                reply_markup=ForceReply(selective=True, input_field_placeholder="Your question"),
                reply_parameters=replying(message),
            )
            return
        await self._answer(update, context, question)

    async def topics(self, update: Update, context: Context) -> None:
        """`/topics`: the topics as buttons."""
        if message := self._command(update, context):
            await send(message, texts.topics(self._knowledge))

    async def privacy(self, update: Update, context: Context) -> None:
        """`/privacy`."""
        if message := self._command(update, context):
            await send(message, texts.privacy())

    async def message(self, update: Update, context: Context) -> None:
        """Any other message: answered if it is a question put to the bot."""
        if update.message and (question := asked(update.message, context.bot.bot)):
            if question.text.strip():
                await self._answer(update, context, question)
            elif question.how == "private":
                await send(question.message, texts.no_words())

    async def button(self, update: Update, context: Context) -> None:
        """A button: an entry or a topic; one of an older version is told so."""
        query = update.callback_query
        if query is None:
            return
        kind, _, name = (query.data or "").partition(":")
        rendered: Rendered | None = None
        reply = self._answerer.open(name) if kind == OPEN else None
        if reply:
            rendered = self._render(reply, context)
            speaker = speaker_of(update)
            self._memory.keep(speaker, self._memory.of(speaker).after(reply))
        elif kind == TOPIC and name in self._knowledge.topics:
            rendered = texts.topic(self._knowledge, name)
        if rendered is None or not isinstance(query.message, Message):
            await query.answer(texts.TOO_OLD)
            return
        await query.answer()
        await send(query.message, rendered)

    @staticmethod
    def _command(update: Update, context: Context) -> Message | None:
        """The message of a command that a person gave."""
        message = update.message
        return message if message and is_person(message, context.bot.bot) else None

    async def _answer(self, update: Update, context: Context, question: Asked) -> None:
        speaker = speaker_of(update)
        conversation = self._memory.of(speaker)
        reply = self._answerer.answer(question.text, conversation)
        self._memory.keep(speaker, conversation.after(reply))
        await send(question.message, self._render(reply, context))

    def _render(self, reply: Reply, context: Context) -> Rendered:
        return render(reply, self._knowledge, today(), context.bot.username)


def _below(text: str) -> str:
    return text.partition("\n")[2]
