"""Asks the bot every phrasing in its knowledge, word for word."""

from collections.abc import Iterator

from bot.answering import Answerer, Reply
from bot.errors import Problem
from bot.knowledge import Knowledge
from bot.knowledge.read import Files
from bot.knowledge.verify import phrasings


def self_test(content: Files, knowledge: Knowledge) -> Iterator[Problem | None]:
    """Yield, for each phrasing, a problem if the reply is not its own entry's, otherwise None."""
    answerer = Answerer(knowledge)
    chats = {item.id: item.reply for item in knowledge.vocabulary.smalltalk}
    for file, place, owner, text in phrasings(content):
        reply = answerer.answer(text)
        match place[0]:
            case "smalltalk":
                right = reply.status == "smalltalk" and reply.sections[0].text == chats[owner]
            case "elsewhere":
                right = not reply.sections
            case _:
                right = reply.entry == owner and len(reply.sections) == 1
        yield None if right else file.problem(place, _describe(answerer, reply, owner))


def _describe(answerer: Answerer, reply: Reply, owner: str) -> str:
    """Say what is wrong with the reply to a phrasing of `owner`, and how to fix it."""
    query = answerer.matcher.read(reply.text)
    advice = "reword it"
    if query.exact and query.exact != owner:
        twin = query.match(query.exact).phrasing
        advice = f"'{query.exact}' has the same words in '{twin}': keep it only where it belongs"
    if len(reply.sections) > 1:
        got = " and ".join(f"'{section.entry}'" for section in reply.sections)
        got, advice = f"is answered in parts, by {got}", "reword it as a single question"
    elif reply.entry:
        got = f"is answered by '{reply.entry}'"
    elif reply.status == "smalltalk":
        got = "is answered as small talk"
    elif reply.sections:
        got = f"is denied: “{reply.lead}”"
        advice = f"reword it, or correct the key of '{reply.sections[0].entry}'"
    else:
        got = "gets no answer"
    return f"the phrasing '{reply.text}' of '{owner}', asked as a question, {got}; {advice}"
