"""The learning loop as the front sees it: what was asked, and what people say of the answer."""

from collections.abc import Callable, Iterable
from functools import partial

from cachetools import TTLCache

from bot.answering import Reply
from bot.feedback.scrub import Scrubber
from bot.knowledge import Knowledge
from bot.store import Questions, Store, Votes
from bot.store.database import KEPT
from bot.store.privacy import is_of_chat
from bot.store.questions import Scrubbed
from bot.store.votes import VoteResult

_REMEMBERED = 10_000  # questions whose answers may still be voted on; the oldest go first


class FeedbackRecorder:
    """Keeps nothing if not `on`, and deletes what was kept before."""

    def __init__(self, store: Store, *, on: bool = True) -> None:
        self.on = on
        self.questions = Questions(store, on=on)
        self._votes = Votes(store, on=on)
        # In memory only: the words of an answered question are not written unless voted wrong.
        self._asked: TTLCache[str, Scrubbed] = TTLCache(_REMEMBERED, KEPT)
        if not on:
            self.questions.erase()

    def asked(
        self,
        reply: Reply,
        make_scrubber: Scrubber,
        names: Iterable[str] = (),
        when: Callable[[Callable[[], None]], None] = lambda write: write(),
    ) -> Scrubbed:
        """Count a question, keep it scrubbed if it was not answered; the scrubbed words.

        `names` are the people of the chat and what Telegram marked as mentions, links, numbers.
        `when` is given what writes, to be called once the answer is accounted for.
        """
        if not self.on:
            return Scrubbed("")
        text = make_scrubber.scrub(reply.text, names)
        when(partial(self.questions.keep, reply.status, reply.entry, text))
        return text

    def may_be_voted(self, answer: str, text: Scrubbed) -> None:
        """Remember the question of an answer, `answer_key(chat, message)`, for a day."""
        if self.on:
            self._asked[answer] = text

    def forget_chat(self, chat_id: int) -> None:
        """Drop the questions of a chat; a vote on an old answer keeps no words then."""
        for answer in [answer for answer in self._asked if is_of_chat(answer, chat_id)]:
            del self._asked[answer]

    def vote(
        self, answer: str, person_id: int, *, good: bool, entry: str | None, answered_at: float
    ) -> VoteResult:
        """Cast or change a vote; `answered_at` is the answer's date, seconds since the epoch.

        Raise `sqlite3.Error` if the disk fails.
        """
        text = self._asked.get(answer)
        return self._votes.vote(
            answer, person_id, good=good, entry=entry, answered_at=answered_at, text=text
        )


def make_scrubber(knowledge: Knowledge) -> Scrubber:
    """A scrubber that leaves the words of a knowledge folder."""
    vocabulary = knowledge.vocabulary
    return Scrubber(
        (
            knowledge.article.text,
            knowledge.source.publisher,
            *(w for entry in knowledge.entries.values() for w in (*entry.wordings, entry.answer)),
            *(word for group in vocabulary.synonyms for word in group),
            *(word for pair in vocabulary.abbreviations.items() for word in pair),
            *(n for kind in vocabulary.names.values() for names in kind.values() for n in names),
            *(phrasing for item in vocabulary.smalltalk for phrasing in item.phrasings),
        )
    )
