"""Answers questions; for a day, even after a restart, editing a question updates its answer."""

from functools import partial

from telegram import Message, MessageEntity

from bot.answering import Conversation, Reply
from bot.answering.overheard import answer_overheard
from bot.store import DiskError, answer_key
from bot.store.database import RETENTION
from bot.store.questions import Scrubbed
from bot.telegram import addressing
from bot.telegram.addressing import Question, in_group, question_for
from bot.telegram.current_update import on_finish, set_outcome
from bot.telegram.messages import replies, texts
from bot.telegram.messages.buttons import linked_entry
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import MessageId, Services
from bot.telegram.session import speaker_of

_IDENTIFYING = {
    MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.URL, MessageEntity.EMAIL,
    MessageEntity.PHONE_NUMBER,
}  # fmt: skip


async def ask(services: Services, message: Message, _: str) -> None:
    """Answer a new message, if it asks something."""
    if message.text is None and message.caption is None:  # somebody joined, and so on
        return
    question = question_for(message, services.client.me)
    # Each picture of an album is a message.
    number, album = message.message_id, message.media_group_id
    is_further = album is not None and services.albums.setdefault(album, number) != number
    if question is None:
        await _overhear(services, message)
    elif question.text:
        await respond(services, question)
    elif question.addressed_by == "mention":
        set_outcome("help")
        # The person's reply to this is then answered.
        force = {"force_reply": True, "selective": True, "input_field_placeholder": "Your question"}
        await services.send(message, Rendered(texts.text("ask_back")), reply_markup=force)
    elif question.addressed_by == "private" and not is_further:
        set_outcome("help")
        await services.send(message, Rendered(texts.text("no_words")))


async def respond(services: Services, question: Question) -> None:
    """Answer a question in the context of its conversation."""
    conversation = conversation_for(services, question.about or question.message)
    await deliver(services, question, _reply_to(services, question, conversation))


def _reply_to(services: Services, question: Question, conversation: Conversation) -> Reply:
    """The reply to a question, which continues the conversation."""
    message, conversations = question.message, services.conversations
    before = conversations.before_question(message.chat_id, message.message_id, conversation)
    reply = services.answerer.answer(question.text, before)
    conversations.save(speaker_of(message), before.after(reply))
    return reply


async def deliver(services: Services, question: Question, reply: Reply) -> None:
    """Send a reply, and remember it for edits, votes and statistics."""
    set_outcome(reply.status)
    message, earlier = question.message, None
    if question.addressed_by != "reply" and (earlier := await _repeated(services, message, reply)):
        set_outcome("repeated")
    rendered = earlier or render_for_chat(services, message, reply)
    sent = await services.send(question.about or message, rendered)
    entry = None if earlier else reply.entry
    remember(services, sent, entry, speaker_of(message)[1], message.message_id)
    scrubbed = _allow_votes(services, sent, question, reply)
    on_finish(partial(services.recorder.record_question, reply, scrubbed))


def _allow_votes(services: Services, sent: MessageId, question: Question, reply: Reply) -> Scrubbed:
    """Remember what `sent` answers for the votes on it; return that question, scrubbed."""
    messages = filter(None, (question.message, question.about))
    names = [name for message in messages for name in names_in(message)]
    scrubbed = services.active.scrubber.scrub(reply.text, names)
    services.recorder.allow_votes(answer_key(*sent), scrubbed)
    return scrubbed


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
    services: Services, sent: MessageId, entry: str | None, person: int, question: int = 0
) -> None:
    """Remember who asked for `sent`: with the message `question`, or with a button or command."""
    chat_id, answer_id = sent
    question = question or -answer_id  # no message has a negative id
    on_finish(partial(services.answers.save, chat_id, question, answer_id, entry, person))


def conversation_for(services: Services, message: Message) -> Conversation:
    """The conversation so far; a reply to another answer continues from that answer."""
    current, other = services.conversations.get(speaker_of(message)), message.reply_to_message
    if other and addressing.replies_to(message, services.client.me):
        name = linked_entry(other, services.client.username) or ""
        entry = services.knowledge.entries.get(name)
        if entry and entry.id != current.entry:
            return Conversation(entry.question, (entry.id,))
    return current


def names_in(message: Message) -> list[str]:
    """The names of the people in a message, and any text Telegram marks as a name or address."""
    other = message.reply_to_message
    people = [message.from_user, message.sender_chat, message.chat, other and other.from_user]
    parts = "first_name", "last_name", "username", "title"
    found = [getattr(person, part, None) for person in people for part in parts]
    _, entities = addressing.text_and_entities(message)
    found += [written for entity, written in entities.items() if entity.type in _IDENTIFYING]
    return [name for name in found if name]


async def _overhear(services: Services, message: Message) -> None:
    """Answer a question not addressed to the bot, if the group allows that, but not too often."""
    chat_id, text = message.chat_id, message.text or ""
    if not await services.records.ask(services.groups.is_set, "overhears", chat_id):
        return
    if chat_id in services.overheard or not addressing.may_be_overheard(message):
        return
    reply = answer_overheard(services.answerer, text)
    if reply and not await _repeated(services, message, reply):
        await deliver(services, Question(text, "mention", message), reply)
        services.overheard[chat_id] = True


async def _repeated(services: Services, message: Message, reply: Reply) -> Rendered | None:
    """A link to the same answer, if the group got it a moment ago."""
    plain = reply.status == "answered" and reply.lead is None and len(reply.sections) == 1
    if not (plain and reply.entry and in_group(message.chat)):
        return None
    wanted = message.chat_id, reply.entry, replies.REPEATED_WITHIN, message.message_id
    answer_id = await services.records.ask(services.answers.recent, *wanted)
    if answer_id is None:
        return None
    earlier = Message(answer_id, message.date, message.chat)
    return replies.link_to_earlier(earlier, services.knowledge.entries[reply.entry])


async def answer_edited(services: Services, message: Message) -> None:
    """Update the answer to an edited question, or answer what only now is one."""
    question = question_for(message, services.client.me)
    if question is None or not question.text:
        return
    chat_id, number = message.chat_id, message.message_id
    to_question = services.answers.to_question
    try:
        answer_id = await services.records.require(to_question, chat_id, number)
    except DiskError:  # it may have an answer, and needs no second one
        set_outcome("failed")
        return
    if answer_id is not None:
        reply = _reply_to(services, question, Conversation())
        set_outcome(reply.status)
        answer = chat_id, answer_id
        if await services.edit(answer, render_for_chat(services, message, reply)):
            remember(services, answer, reply.entry, speaker_of(message)[1], number)
            _allow_votes(services, answer, question, reply)
    elif services.store.now() - message.date.timestamp() < RETENTION:
        await respond(services, question)  # the edit made it a question
