"""Answers in chats that the bot is not in: inline queries, and mentions (guest mode)."""

from hashlib import blake2s

from telegram import InlineQuery, Message
from telegram.constants import ParseMode

from bot.answering import Answerer, Reply
from bot.answering.question_text import question_text
from bot.knowledge import Knowledge
from bot.telegram.addressing import is_from_person, question_about, text_and_entities
from bot.telegram.current_update import set_outcome
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import as_links, markup
from bot.telegram.messages.replies import Rendered, render
from bot.telegram.services import Services

Result = dict[str, object]  # an InlineQueryResultArticle of the Bot API
# How many seconds Telegram may cache the results, for everybody: they depend only on the query and
# the knowledge, and an edit to the knowledge should reach people the same day.
_CACHE_TIME = 6 * 3600
_MAX_RESULTS = 8  # people only look at the first few
_TITLE, _PREVIEW = 100, 160  # characters that fit in the list
_BUTTON = {"text": "Ask me in private", "start_parameter": "inline"}


async def answer_query(services: Services, query: InlineQuery) -> None:
    """The person picks an answer and posts it."""
    set_outcome("inline")
    answerer, username = services.answerer, services.client.username
    # All results fit on the first page; any further page is empty.
    found = [] if query.offset else results(answerer, query.query, username)
    await services.client.call(
        "answerInlineQuery",
        inline_query_id=query.id,
        results=found,
        cache_time=_CACHE_TIME,
        button=_BUTTON,
    )


def results(answerer: Answerer, text: str, username: str) -> list[Result]:
    """The best answers to a query; the topics if there are none."""
    replies = answerer.choices(text) if question_text(text) else []
    found = [article_result(answerer.knowledge, reply, username) for reply in replies]
    found = found or _topics(answerer.knowledge, username)
    return list({result["id"]: result for result in found}.values())[:_MAX_RESULTS]


def article_result(knowledge: Knowledge, reply: Reply, username: str) -> Result:
    """A reply as a result to post in any chat: its buttons are links."""
    questions = [knowledge.entries[s.entry].question for s in reply.sections if s.entry]
    denied = reply.lead if reply.status == "unanswered" else None  # it contradicts the query
    title = denied or " · ".join(questions) or reply.answer
    said = " ".join(section.text for section in reply.sections)
    preview = said or "\n".join(s.question for s in reply.suggestions)
    shown = render(reply, knowledge, username)
    return to_result(knowledge, title, preview, shown, username)


def to_result(
    knowledge: Knowledge, title: str, preview: str, rendered: Rendered, username: str
) -> Result:
    """A message as a result to post in any chat; its buttons become links."""
    rows = as_links(rendered.rows, username)
    content = blake2s(f"{title}\n{rendered.html}\n{rows}".encode(), digest_size=16).hexdigest()
    result: Result = {
        "type": "article",
        # At most 64 bytes. It changes with the knowledge, since clients cache results by id.
        "id": f"{knowledge.version}-{content}",
        "title": title[:_TITLE],
        "description": preview[:_PREVIEW],
        "input_message_content": {
            "message_text": rendered.html,
            "parse_mode": ParseMode.HTML,
            "link_preview_options": {"is_disabled": True},
        },
    }
    return result | ({"reply_markup": markup(rows)} if rows else {})


def _topics(knowledge: Knowledge, username: str) -> list[Result]:
    """Each topic as a message that lists its questions."""
    found = []
    for name, title in knowledge.answered_topics().items():
        rendered = texts.topic(knowledge, name)
        questions = "\n".join(button["text"] for row in rendered.rows for button in row)
        found.append(to_result(knowledge, title, questions, rendered, username))
    return found


async def answer_guest(services: Services, message: Message) -> None:
    """Somebody mentions the bot, and it answers there once."""
    bot = services.client.me
    if not message.guest_query_id or not is_from_person(message, bot):
        return
    answerer, username = services.answerer, services.client.username
    text = text_and_entities(message)[0]
    # A bare mention in reply to somebody's message is about that message.
    asked = question_about(text, "mention", message, bot)
    if asked.text:
        # Without a conversation: the chat id may be that of another chat that the bot is in.
        reply = answerer.answer(asked.text)
        set_outcome(reply.status)
        result = article_result(answerer.knowledge, reply, username)
    else:
        set_outcome("help")
        welcome = texts.start(answerer.knowledge, username)
        result = to_result(answerer.knowledge, bot.first_name, "", welcome, username)
    await services.client.call(
        "answerGuestQuery", guest_query_id=message.guest_query_id, result=result
    )
