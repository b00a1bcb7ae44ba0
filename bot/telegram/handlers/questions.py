"""Answers questions; for a day, even after a restart, editing a question updates its answer."""

from functools import partial

from cachetools import TTLCache
from telegram import Message, MessageEntity

from bot.answering import Conversation, Reply
from bot.answering.overheard import answer_overheard
from bot.store import SentAnswer, answer_key
from bot.store.database import RETENTION
from bot.telegram.addressing import (
    Question,
    may_be_overheard,
    question_for,
    replies_to,
    text_and_entities,
)
from bot.telegram.current_update import on_finish, set_outcome
from bot.telegram.messages import replies, texts
from bot.telegram.messages.buttons import linked_entry
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import SentMessage, Services, in_group
from bot.telegram.session import speaker_of

_IDENTIFYING = {
    MessageEntity.MENTION,
    MessageEntity.TEXT_MENTION,
    MessageEntity.URL,
    MessageEntity.EMAIL,
    MessageEntity.PHONE_NUMBER,
}


async def ask(services: Services, message: Message, _: str) -> None:
    """Answer a new message, if it asks something."""
    if message.text is None and message.caption is None:  # somebody joined, and so on
        return
    question = question_for(message, services.me)
    is_further = _is_further_picture(message, services.albums)
    if question is None:
        await _overhear(services, message)
    elif question.text:
        await respond(services, message, question)
    elif question.addressed_by == "mention":
        set_outcome("help")
        # The person's reply to this is then answered.
        force = {"force_reply": True, "selective": True, "input_field_placeholder": "Your question"}
        await services.send(message, Rendered(texts.text("ask_back")), reply_markup=force)
    elif question.addressed_by == "private" and not is_further:
        set_outcome("help")
        await services.send(message, Rendered(texts.text("no_words")))


async def respond(services: Services, message: Message, question: Question) -> None:
    """Answer the question that `message` asks, in the context of its conversation."""
    reply = _reply_to(services, message, question, conversation_for(services, question.message))
    await deliver(services, message, question, reply)


def _reply_to(
    services: Services, message: Message, question: Question, conversation: Conversation
) -> Reply:
    """The reply to a question, which continues the conversation."""
    before = services.conversations.before_question(
        message.chat_id, message.message_id, conversation
    )
    reply = services.answerer.answer(question.text, before)
    services.conversations.save(speaker_of(message), before.after(reply))
    return reply


async def deliver(services: Services, message: Message, question: Question, reply: Reply) -> None:
    """Send a reply, and remember it for edits, votes and statistics."""
    set_outcome(reply.status)
    is_reply = question.addressed_by == "reply"
    earlier = None if is_reply else await _repeated(services, message, reply)
    if earlier:
        set_outcome("repeated")
    rendered = earlier or render_for_chat(services, message, reply)
    sent = await services.send(question.message, rendered)
    entry = None if earlier else reply.entry
    remember(services, sent, entry, speaker_of(message)[1], message.message_id)
    recorder, names = services.recorder, names_in(message)
    scrubbed = recorder.record_question(reply, services.active.scrubber, names, on_finish)
    recorder.allow_votes(answer_key(sent.chat_id, sent.message_id), scrubbed)


def render_for_chat(services: Services, message: Message, reply: Reply) -> Rendered:
    """A reply as it is shown in the chat of `message`."""
    return replies.render(
        reply,
        services.knowledge,
        services.client.username,
        in_group=in_group(message.chat),
        votes=services.recorder.on,
    )


async def show_opened(services: Services, message: Message, reply: Reply, person_id: int) -> None:
    """Send a reply that was asked for with a button or a link."""
    set_outcome(reply.status)
    sent = await services.send(message, render_for_chat(services, message, reply))
    remember(services, sent, reply.entry, person_id)
    conversations, speaker = services.conversations, (message.chat_id, person_id)
    conversations.save(speaker, conversations.get(speaker).after(reply))


def remember(
    services: Services, sent: SentMessage, entry: str | None, person: int, question: int = 0
) -> None:
    """Remember who asked for `sent`: with the message `question`, or with a button or command."""
    asked = question or -sent.message_id  # which is no message's id
    given = SentAnswer(asked, sent.message_id, entry)
    on_finish(partial(services.answers.save, sent.chat_id, given, person))


def conversation_for(services: Services, message: Message) -> Conversation:
    """The conversation so far; a reply to another answer continues from that answer."""
    current = services.conversations.get(speaker_of(message))
    other = message.reply_to_message
    if other is None or not replies_to(message, services.me):
        return current
    entry = services.knowledge.entries.get(linked_entry(other, services.client.username) or "")
    if entry is None or entry.id == current.entry:
        return current
    return Conversation(entry.question, (entry.id,))


def names_in(message: Message) -> list[str]:
    """The names of the people in a message, and any text Telegram marks as a name or address."""
    other = message.reply_to_message
    people = [message.from_user, message.sender_chat, message.chat, other and other.from_user]
    found = [
        getattr(person, part, None)
        for person in people
        for part in ("first_name", "last_name", "username", "title")
    ]
    _, entities = text_and_entities(message)
    found += [written for entity, written in entities.items() if entity.type in _IDENTIFYING]
    return [name for name in found if name]


def _is_further_picture(message: Message, albums: TTLCache[str, int]) -> bool:
    """Whether this is a later picture in an album; each picture is a separate message."""
    album = message.media_group_id
    return album is not None and albums.setdefault(album, message.message_id) != message.message_id


async def _overhear(services: Services, message: Message) -> None:
    """Answer a question not addressed to the bot, if the group allows that, but not too often."""
    chat, text = message.chat, message.text or ""
    if not await services.records.ask(services.groups.is_set, "overhears", chat.id, default=False):
        return
    if chat.id in services.overheard or not may_be_overheard(message):
        return
    reply = answer_overheard(services.answerer, text)
    if reply and not await _repeated(services, message, reply):
        await deliver(services, message, Question(text, "mention", message), reply)
        services.overheard[chat.id] = True


async def _repeated(services: Services, message: Message, reply: Reply) -> Rendered | None:
    """A link to the same answer, if the group got it a moment ago."""
    plain = reply.status == "answered" and reply.lead is None and len(reply.sections) == 1
    if not (plain and reply.entry and in_group(message.chat)):
        return None
    chat, question = message.chat, services.knowledge.entries[reply.entry].question
    within = replies.REPEATED_WITHIN
    given = await services.records.ask(
        services.answers.recent, chat.id, reply.entry, within, message.message_id, default=None
    )
    return replies.link_to_earlier(chat, given.answer_id, question, reply.entry) if given else None


async def answer_edited(services: Services, message: Message) -> None:
    """Update the answer to an edited question, or answer what only now is one."""
    question = question_for(message, services.me)
    if question is None or not question.text:
        return
    given = await services.records.ask(
        services.answers.to_question, message.chat_id, message.message_id, default=None
    )
    if given:
        await _update_answer(services, message, question, given)
    elif services.store.now() - message.date.timestamp() < RETENTION:
        await respond(services, message, question)  # the edit made it a question


async def _update_answer(
    services: Services, message: Message, question: Question, given: SentAnswer
) -> None:
    """Replace the old answer with the answer to the edited question."""
    reply = _reply_to(services, message, question, Conversation())
    set_outcome(reply.status)
    rendered = render_for_chat(services, message, reply)
    if await services.edit(message.chat_id, given.answer_id, rendered):
        sent, person = SentMessage(message.chat_id, given.answer_id), speaker_of(message)[1]
        remember(services, sent, reply.entry, person, message.message_id)
