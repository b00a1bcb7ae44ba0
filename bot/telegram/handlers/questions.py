"""An edited question: its answer is edited too, for a day and across restarts."""

from functools import partial
from typing import Any

from cachetools import TTLCache
from telegram import ForceReply, Message, MessageEntity, Update, User
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CommandHandler, MessageHandler, filters

from bot.answering import Conversation, Reply
from bot.store import SentAnswer, answer_key
from bot.store.database import KEPT
from bot.telegram.addressing import (
    PAUSE,
    Question,
    answer_overheard,
    is_from_person,
    may_be_overheard,
    question_for,
    replies_to,
    text_and_entities,
)
from bot.telegram.current_update import on_finish, set_outcome
from bot.telegram.messages import replies, texts
from bot.telegram.messages.buttons import markup, shown_entry
from bot.telegram.messages.replies import Rendered
from bot.telegram.send.client import SentMessage
from bot.telegram.services import Context, Services, in_group, replying, send, today
from bot.telegram.session import speaker_of

_GROUPS = 10_000  # whose last overheard question is remembered; as many albums
_ALBUM = 60.0  # seconds in which all pictures of an album have come
_NAMING = {
    MessageEntity.MENTION,
    MessageEntity.TEXT_MENTION,
    MessageEntity.URL,
    MessageEntity.EMAIL,
    MessageEntity.PHONE_NUMBER,
}


def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """Edited messages, `/ask`, and whatever no other handler took."""
    return [*_edit_handlers(services), *_question_handlers(services)]


def _question_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/ask`, and whatever no other handler took."""
    new = filters.UpdateType.MESSAGE
    spoken: TTLCache[int, bool] = TTLCache(_GROUPS, PAUSE)
    albums: TTLCache[str, int] = TTLCache(_GROUPS, _ALBUM)

    async def put(update: Update, context: Context) -> None:
        if not (message := update.message):
            return
        question = question_for(message, context.bot.bot)
        is_further = _is_further_picture(message, albums)
        if question is None:
            await _overhear(services, message, spoken, context)
        elif question.text:
            await respond(services, message, question, context)
        elif question.how == "mention":
            set_outcome("help")
            await _ask_back(message)
        elif question.how == "private" and not is_further:
            set_outcome("help")
            await send(message, texts.no_words())
        else:
            set_outcome("silent")

    return [CommandHandler("ask", put, new), MessageHandler(new & ~filters.COMMAND, put)]


async def respond(
    services: Services, message: Message, question: Question, context: Context
) -> None:
    """Answer a question that `message` asks, in the light of what was said before."""
    conversation = services.conversations.asked(
        message.chat_id,
        message.message_id,
        conversation_for(services, question.message, context.bot.bot),
    )
    reply = services.answerer.answer(question.text, conversation)
    services.conversations.keep(speaker_of(message), conversation.after(reply))
    await deliver(services, message, question, reply, context)


async def deliver(
    services: Services, message: Message, question: Question, reply: Reply, context: Context
) -> None:
    """Send a reply, and remember which message it became."""
    set_outcome(reply.status)
    earlier = None if question.how == "reply" else _repeated(services, message, reply)
    if earlier:
        set_outcome("repeated")
    rendered = earlier or render_for_chat(services, message, reply, context)
    sent = await send(question.message, rendered)
    remember_answer(services, message, sent.message_id, None if earlier else reply.entry)
    learnt = services.recorder.asked(reply, services.active.scrubber, names_in(message), on_finish)
    services.recorder.may_be_voted(answer_key(sent.chat_id, sent.message_id), learnt)


def render_for_chat(
    services: Services, message: Message, reply: Reply, context: Context
) -> Rendered:
    """A reply as it is shown in the chat of a message."""
    return replies.reply_message(
        reply,
        services.knowledge,
        today(),
        context.bot.username,
        in_group=in_group(message.chat),
        votes=services.recorder.on,
    )


def remember_answer(
    services: Services, message: Message, answer_id: int, entry: str | None
) -> None:
    """Remember which message answers `message`."""
    given = SentAnswer(message.message_id, answer_id, entry)
    on_finish(partial(services.answers.keep, message.chat_id, given, speaker_of(message)[1]))


def remember_opened(
    services: Services, sent: SentMessage | Message, entry: str | None, person_id: int
) -> None:
    """Remember who had `sent` come, by a button or a command that asks no question."""
    # It answers no message: any number that is no message's will do as the question's.
    given = SentAnswer(-sent.message_id, sent.message_id, entry)
    on_finish(partial(services.answers.keep, sent.chat_id, given, person_id))


def conversation_for(services: Services, message: Message, bot: User) -> Conversation:
    """The conversation so far; a reply to a certain answer refers to that one."""
    kept = services.conversations.of(speaker_of(message))
    other = message.reply_to_message
    if other is None or not replies_to(message, bot):
        return kept
    entry = services.knowledge.entries.get(shown_entry(other, bot.username or "") or "")
    if entry is None or entry.id == kept.entry:
        return kept
    return Conversation(entry.question, (entry.id,))


def names_in(message: Message) -> list[str]:
    """Who is in a message: its writer, and all that Telegram marks as a name or an address."""
    people = [message.from_user, message.sender_chat, message.chat]
    if message.reply_to_message:
        people.append(message.reply_to_message.from_user)
    found = [
        getattr(person, part, None)
        for person in people
        for part in ("first_name", "last_name", "username", "title")
    ]
    _, entities = text_and_entities(message)
    found += [written for entity, written in entities.items() if entity.type in _NAMING]
    return [name for name in found if name]


async def _ask_back(message: Message) -> None:
    """Ask for the question; the reply to that is taken for it."""
    await message.reply_text(
        "What would you like to know?",
        reply_markup=ForceReply(selective=True, input_field_placeholder="Your question"),
        reply_parameters=replying(message),
        message_thread_id=message.message_thread_id if message.is_topic_message else None,
    )


def _is_further_picture(message: Message, albums: TTLCache[str, int]) -> bool:
    """Whether another picture of its album came before: each is a message of its own."""
    album = message.media_group_id
    return album is not None and albums.setdefault(album, message.message_id) != message.message_id


async def _overhear(
    services: Services, message: Message, spoken: TTLCache[int, bool], context: Context
) -> None:
    """Answer what nobody asked the bot, where the group wants that and it was long silent."""
    chat, text = message.chat, message.text or ""
    set_outcome("silent")
    if not (services.groups.overhears(chat.id) and is_from_person(message, context.bot.bot)):
        return
    if chat.id in spoken or not may_be_overheard(message):
        return
    reply = answer_overheard(services.answerer, text)
    if reply and not _repeated(services, message, reply):
        await deliver(services, message, Question(text, "mention", message), reply, context)
        spoken[chat.id] = True


def _repeated(services: Services, message: Message, reply: Reply) -> Rendered | None:
    """A pointer to the same answer, if the group had it a moment ago."""
    plain = reply.status == "answered" and reply.lead is None and len(reply.sections) == 1
    if not (plain and reply.entry and in_group(message.chat)):
        return None
    chat, question = message.chat, services.knowledge.entries[reply.entry].question
    within = replies.REPEATED_WITHIN
    given = services.answers.lately(chat.id, reply.entry, within, message.message_id)
    return replies.pointer(chat, given.answer_id, question, reply.entry) if given else None


# Telegram's words where there is nothing left to edit, or nothing to change.
_NO_EDIT = ("not modified", "message to edit not found", "message can't be edited")


def _edit_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """Edited messages."""

    async def edited(update: Update, context: Context) -> None:
        message = update.edited_message
        question = question_for(message, context.bot.bot) if message else None
        if message is None or question is None or not question.text:
            set_outcome("silent")
            return
        given = services.answers.to_question(message.chat_id, message.message_id)
        if given:
            await _change(services, message, question, given, context)
        elif services.store.now() - message.date.timestamp() < KEPT:
            await respond(services, message, question, context)  # only now it is a question
        else:
            set_outcome("silent")

    return [MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited)]


async def _change(
    services: Services, message: Message, question: Question, given: SentAnswer, context: Context
) -> None:
    """Put the answer to the question as it now reads where the old one stands."""
    conversation = services.conversations.before(message.chat_id, message.message_id)
    reply = services.answerer.answer(question.text, conversation)
    services.conversations.keep(speaker_of(message), conversation.after(reply))
    set_outcome(reply.status)
    rendered = render_for_chat(services, message, reply, context)
    try:
        changed = await context.bot.edit_message_text(
            rendered.html,
            message.chat_id,
            given.answer_id,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(rendered.rows),
        )
    except BadRequest as error:
        if not any(text_and_entities in str(error).lower() for text_and_entities in _NO_EDIT):
            raise
        return
    if isinstance(changed, Message):
        remember_answer(services, message, changed.message_id, reply.entry)
