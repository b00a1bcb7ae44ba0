"""Guest mode: somebody names the bot in a chat it is not in, and it answers there once."""

import datetime as dt
from collections.abc import Iterator
from hashlib import blake2s
from typing import Any

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import BaseHandler, InlineQueryHandler, MessageHandler, filters

from bot.answering import Answerer, Reply
from bot.answering.compose import ABSTAINED
from bot.answering.decide import SUGGEST
from bot.answering.message import question_text
from bot.knowledge import Knowledge
from bot.telegram.addressing import is_from_person, question_about, text_and_entities
from bot.telegram.current_update import set_outcome
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import as_links, markup
from bot.telegram.messages.replies import Rendered, render
from bot.telegram.services import Context, Services, today

# Seconds that Telegram may repeat the results to anybody: they depend on the query and the
# knowledge alone, and an edit of the knowledge should reach people the same day.
CACHED = 6 * 3600
_MOST = 8  # results; people look at the first few
_TITLE, _PREVIEW = 100, 160  # characters that the list has room for
_BUTTON = InlineQueryResultsButton("Ask me in private", start_parameter="inline")


def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """Inline queries, and guest queries."""
    return [*_inline_handlers(services), *_guest_handlers(services)]


def _inline_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """The handler of inline queries."""

    async def inline(update: Update, context: Context) -> None:
        query = update.inline_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        # All results fit on the first page; a client that asks for another gets an empty one.
        found = (
            [] if query.offset else results(services.answerer, query.query, context.bot.username)
        )
        set_outcome("inline")
        await query.answer(found, cache_time=CACHED, is_personal=False, button=_BUTTON)

    return [InlineQueryHandler(inline)]


def results(answerer: Answerer, text: str, username: str) -> list[InlineQueryResultArticle]:
    """The best answers to a query; the topics where there are none."""
    now = today()
    replies = _replies(answerer, text) if question_text(text) else []
    made = [article(answerer.knowledge, reply, username, now) for reply in replies]
    made = made or list(_topics(answerer.knowledge, username))
    return list({result.id: result for result in made}.values())[:_MOST]


def article(
    knowledge: Knowledge, reply: Reply, username: str, now: dt.date
) -> InlineQueryResultArticle:
    """A reply as a message that can stand in any chat: its buttons are links."""
    questions = [knowledge.entries[s.entry].question for s in reply.sections if s.entry]
    denied = reply.lead if reply.status == "unanswered" else None  # not what the section answers
    title = denied or " · ".join(questions) or reply.answer or ABSTAINED
    said = " ".join(section.text for section in reply.sections)
    preview = said or "\n".join(s.question for s in reply.suggestions)
    shown = render(reply, knowledge, now, username)
    return as_result(knowledge, title, preview, shown, username)


def as_result(
    knowledge: Knowledge, title: str, preview: str, rendered: Rendered, username: str
) -> InlineQueryResultArticle:
    """A message as a result; its buttons become links."""
    rows = as_links(rendered.rows, username)
    content = blake2s(f"{title}\n{rendered.html}\n{rows}".encode(), digest_size=16).hexdigest()
    return InlineQueryResultArticle(
        # At most 64 bytes, and another one with other knowledge: clients keep what they know.
        id=f"{knowledge.version}-{content}",
        title=title[:_TITLE],
        description=preview[:_PREVIEW],
        input_message_content=InputTextMessageContent(rendered.html, ParseMode.HTML),
        reply_markup=markup(rows),
    )


def _replies(answerer: Answerer, text: str) -> list[Reply]:
    """The reply to a query, then other answers that may be meant or lie near."""
    reply = answerer.answer(text)
    if reply.status == "smalltalk":
        return []
    named = [s.entry for s in reply.sections if s.entry]
    known = {entry.id for entry in answerer.knowledge.answered()}
    likely = (
        candidate.entry
        for candidate in answerer.verdicts(text)[0].candidates
        if candidate.confidence >= SUGGEST and not candidate.conflict
        if candidate.entry in known
    )
    others = [s.entry for s in reply.suggestions]
    others += [*likely, *(reply.related if reply.status == "answered" else ())]
    opened = [answerer.open(entry) for entry in dict.fromkeys(others) if entry not in named]
    first = [reply] if reply.sections or reply.lead else []
    if len(named) > 1:  # a double question: both answers as one message, and each alone
        first += [alone for entry in named if (alone := answerer.open(entry))]
    return [*first, *(other for other in opened if other)]


def _topics(knowledge: Knowledge, username: str) -> Iterator[InlineQueryResultArticle]:
    """Each topic as a message that lists its questions."""
    for name in knowledge.answered_topics():
        rendered = texts.topic(knowledge, name)
        questions = [entry.question for entry in knowledge.answered() if entry.topic == name]
        title = knowledge.topics[name]
        yield as_result(knowledge, title, "\n".join(questions), rendered, username)


def _guest_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """The handler of guest queries."""

    async def guest(update: Update, context: Context) -> None:
        message = update.guest_message
        bot = context.bot.bot
        if message is None or not message.guest_query_id or not is_from_person(message, bot):
            set_outcome("silent")
            return
        answerer = services.answerer
        text, _ = text_and_entities(message)
        # A bare mention below somebody's message is about that message.
        asked = question_about(text, "mention", message, bot)
        if asked.text:
            # Alone: the chat's number may be that of another chat that the bot is in.
            reply = answerer.answer(asked.text)
            set_outcome(reply.status)
            result = article(answerer.knowledge, reply, context.bot.username, today())
        else:
            set_outcome("help")
            welcome = texts.start(answerer.knowledge, context.bot.username)
            result = as_result(
                answerer.knowledge, bot.first_name, "", welcome, context.bot.username
            )
        await message.answer_guest_query(result)

    return [MessageHandler(filters.UpdateType.GUEST_MESSAGE, guest)]
