"""Thin handlers: an update in, the same answerer as everywhere, one message out."""

from __future__ import annotations

import datetime as dt

from telegram import ForceReply, Message, ReplyParameters, Update
from telegram.constants import ChatType, ParseMode
from telegram.ext import ContextTypes

from bot.answering import Answerer, Reply
from bot.knowledge import Knowledge
from bot.reloading import InForce
from bot.telegram import texts
from bot.telegram.addressing import about, asked, is_person
from bot.telegram.memory import Memory, speaker_of
from bot.telegram.rendering import OPEN, TOPIC, Rendered, render

Context = ContextTypes.DEFAULT_TYPE


class Handlers:
    """What the bot does with each kind of update."""

    def __init__(self, in_force: InForce) -> None:
        self._in_force = in_force
        self._memory = Memory()

    @property
    def _answerer(self) -> Answerer:
        return self._in_force.answerer

    @property
    def _knowledge(self) -> Knowledge:
        return self._in_force.answerer.knowledge

    async def start(self, update: Update, context: Context) -> None:
        """`/start`: how to use the bot, or the answer that a link points to."""
        if message := self._command(update, context):
            reply = self._answerer.open(context.args[0]) if context.args else None
            rendered = self._render(reply) if reply else texts.start(self._knowledge)
            await self._send(message, rendered)

    async def help(self, update: Update, context: Context) -> None:
        """`/help`."""
        if message := self._command(update, context):
            await self._send(message, texts.help_(context.bot.username))

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
                reply_parameters=_to(message),
            )
            return
        await self._answer(update, question.message, question.text)

    async def timeline(self, update: Update, context: Context) -> None:
        """`/timeline`."""
        if message := self._command(update, context):
            words = " ".join(context.args or ())
            await self._send(message, texts.timeline(self._knowledge, _today(), words))

    async def topics(self, update: Update, context: Context) -> None:
        """`/topics`: the topics as buttons."""
        if message := self._command(update, context):
            await self._send(message, texts.topics(self._knowledge))

    async def source(self, update: Update, context: Context) -> None:
        """`/source`: the article's data and its numbered passages."""
        if message := self._command(update, context):
            await self._send(message, texts.source(self._knowledge))

    async def privacy(self, update: Update, context: Context) -> None:
        """`/privacy`."""
        if message := self._command(update, context):
            await self._send(message, texts.privacy())

    async def message(self, update: Update, context: Context) -> None:
        """Any other message: answered if it is a question put to the bot."""
        if update.message and (question := asked(update.message, context.bot.bot)):
            if question.text.strip():
                await self._answer(update, question.message, question.text)
            elif question.how == "private":
                await self._send(question.message, texts.no_words())

    async def button(self, update: Update, context: Context) -> None:
        """A button: an entry or a topic; one of an older version is told so."""
        query = update.callback_query
        if query is None:
            return
        kind, _, name = (query.data or "").partition(":")
        rendered: Rendered | None = None
        reply = self._answerer.open(name) if kind == OPEN else None
        if reply:
            rendered = self._render(reply)
            speaker = speaker_of(update)
            self._memory.keep(speaker, self._memory.of(speaker).after(reply))
        elif kind == TOPIC and name in self._knowledge.topics:
            rendered = texts.topic(self._knowledge, name)
        if rendered is None or not isinstance(query.message, Message):
            await query.answer("This button is of an older version. Please ask again.")
            return
        await query.answer()
        await self._send(query.message, rendered)

    @staticmethod
    def _command(update: Update, context: Context) -> Message | None:
        """The message of a command that a person gave."""
        message = update.message
        return message if message and is_person(message, context.bot.bot) else None

    async def _answer(self, update: Update, to: Message, text: str) -> None:
        speaker = speaker_of(update)
        conversation = self._memory.of(speaker)
        reply = self._answerer.answer(text, conversation)
        self._memory.keep(speaker, conversation.after(reply))
        await self._send(to, self._render(reply))

    def _render(self, reply: Reply) -> Rendered:
        return render(reply, self._knowledge, _today())

    async def _send(self, to: Message, rendered: Rendered) -> None:
        await to.reply_text(
            rendered.html,
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
            reply_parameters=None if to.chat.type == ChatType.PRIVATE else _to(to),
            message_thread_id=to.message_thread_id if to.is_topic_message else None,
        )


def _to(message: Message) -> ReplyParameters:
    """Reply to a message, also if it was deleted meanwhile."""
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


def _below(text: str) -> str:
    return text.partition("\n")[2]


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
