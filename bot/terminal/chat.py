"""`chat`: a conversation in the terminal, without Telegram."""

import datetime as dt
from typing import TextIO

from bot import timeline
from bot.answering import Answerer, Conversation
from bot.terminal.render import render
from bot.text_layout import wrap

_HELP = """Ask in your own words. Follow up with "why?", "when?", "source?", "more".
Type a number to pick a question from the last reply.
/timeline, /topics, /source, /help, /quit"""


class Chat:
    """One conversation: reads lines, writes replies."""

    def __init__(self, answerer: Answerer, today: dt.date) -> None:
        self._answerer = answerer
        self._knowledge = answerer.knowledge
        self._today = today
        self._conversation = Conversation()

    def run(self, lines: TextIO, out: TextIO) -> None:
        """Reply to each line until the input ends or says /quit."""
        source = self._knowledge.source
        print(f"{source.title} ({source.publisher})\n{_HELP}", file=out)
        while True:
            print("\n> ", end="", file=out, flush=True)
            line = lines.readline()
            if not lines.isatty():
                print(line.rstrip(), file=out)  # piped input doesn't show by itself
            if not line or line.strip() in {"/quit", "/exit"}:
                print(file=out)
                return
            if line.strip():
                print(self._reply_to(line.strip()), file=out)

    def _reply_to(self, text: str) -> str:
        command, _, rest = text.partition(" ")
        match command:
            case "/help" | "/start":
                reply = _HELP
            case "/timeline":
                reply = timeline.as_text(self._knowledge, self._today, rest)
            case "/topics":
                reply = self._topics()
            case "/source":
                reply = self._source()
            case "/ask":
                reply = self._answer(rest) if rest else "Write the question after /ask."
            case _ if text.startswith("/") and command[1:].isalpha():
                reply = f"There is no {command} command here.\n{_HELP}"
            case _:
                reply = self._answer(text)
        return reply

    def _answer(self, text: str) -> str:
        reply, offered = None, self._conversation.offered
        numbers = [str(number) for number in range(1, len(offered) + 1)]
        if text in numbers:
            reply = self._answerer.open(offered[numbers.index(text)])
        reply = reply or self._answerer.answer(text, self._conversation)
        self._conversation = self._conversation.after(reply)
        return render(reply, self._knowledge)

    def _topics(self) -> str:
        lines = []
        for topic, title in self._knowledge.answered_topics().items():
            entries = [e for e in self._knowledge.answerable_entries() if e.topic == topic]
            lines += [title, *(f"  - {entry.question}" for entry in entries)]
        return "\n".join(lines)

    def _source(self) -> str:
        source = self._knowledge.source
        head = f"{source.title}\n{source.origin}, {source.published}"
        passages = [wrap(f"p{p.number}: {p.text}") for p in self._knowledge.article.paragraphs]
        return "\n\n".join([head, *passages, f"Knowledge version {self._knowledge.version}"])
