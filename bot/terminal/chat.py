"""A conversation in the terminal: the whole bot without a token."""

import datetime as dt
from typing import TextIO

from bot import timeline
from bot.answering import Answerer, Conversation, Reply
from bot.terminal.render import render
from bot.text_layout import wrap

_HELP = """Ask in your own words. Follow up with "why?", "and Russia?", "source?", "more".
A number picks a question from the last reply.
/timeline, /topics, /source, /help, /quit"""


class Chat:
    """One person's conversation: lines in, replies out."""

    def __init__(self, answerer: Answerer, today: dt.date) -> None:
        self._answerer = answerer
        self._knowledge = answerer.knowledge
        self._today = today
        self._conversation = Conversation()

    def run(self, lines: TextIO, out: TextIO) -> int:
        """Converse until the input ends or says /quit; exit status 0."""
        source = self._knowledge.source
        print(f"{source.title} ({source.publisher})\n{_HELP}", file=out)
        while True:
            print("\n> ", end="", file=out, flush=True)
            line = lines.readline()
            if not line or line.strip() in {"/quit", "/exit"}:
                print(file=out)
                return 0
            if line.strip():
                print(self.say(line.strip()), file=out)

    def say(self, text: str) -> str:
        """The reply to one line."""
        command, _, rest = text.partition(" ")
        match command:
            case "/help" | "/start":
                said = _HELP
            case "/timeline":
                said = timeline.as_text(self._knowledge, self._today, rest)
            case "/topics":
                said = self._topics()
            case "/source":
                said = self._source()
            case "/ask":
                said = self._answer(rest) if rest else "Write the question after /ask."
            case _ if text.startswith("/") and command[1:].isalpha():
                said = f"There is no {command} here.\n{_HELP}"
            case _:
                said = self._answer(text)
        return said

    def _answer(self, text: str) -> str:
        reply = self._picked(text) or self._answerer.answer(text, self._conversation)
        self._conversation = self._conversation.after(reply)
        return render(reply, self._knowledge, self._today)

    def _picked(self, text: str) -> Reply | None:
        offered = self._conversation.offered
        if text.isdecimal() and 1 <= int(text) <= len(offered):
            return self._answerer.open(offered[int(text) - 1])
        return None

    def _topics(self) -> str:
        lines = []
        for topic, title in self._knowledge.answered_topics().items():
            questions = [e.question for e in self._knowledge.answered() if e.topic == topic]
            lines += [title, *(f"  - {question}" for question in questions)]
        return "\n".join(lines)

    def _source(self) -> str:
        source = self._knowledge.source
        head = f"{source.title}\n{source.publisher}, {source.place}, {source.published}"
        passages = [wrap(f"p{p.number}: {p.text}") for p in self._knowledge.article.paragraphs]
        return "\n\n".join([head, *passages, f"Knowledge version {self._knowledge.version}"])
