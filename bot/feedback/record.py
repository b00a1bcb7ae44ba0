"""Records questions and the votes on their answers for the Telegram handlers."""

from collections.abc import Iterable

from cachetools import TTLCache

from bot.answering import Reply
from bot.feedback.scrub import Scrubber
from bot.knowledge import Knowledge
from bot.store import Questions, Store, Votes
from bot.store.database import RETENTION
from bot.store.privacy import belongs_to_chat
from bot.store.questions import Scrubbed
from bot.store.votes import VoteResult

_REMEMBERED = 2_000  # questions kept for votes on their answers; the oldest are dropped first


class FeedbackRecorder:
    """Records questions and votes; if `on` is False, records none and deletes the earlier ones."""

    def __init__(self, store: Store, *, on: bool = True) -> None:
        self.on = on
        self.questions = Questions(store)
        self._votes = Votes(store)
        # In memory only: an answered question is not saved unless its answer is marked as wrong.
        self._votable: TTLCache[str, Scrubbed] = TTLCache(_REMEMBERED, RETENTION)
        if not on:
            self.questions.delete_all()

    def record_question(self, reply: Reply, text: Scrubbed) -> None:
        """Record a question, of which `text` is what is left after scrubbing."""
        if self.on:
            self.questions.save(reply.status, reply.entry, text)

    def allow_votes(self, answer: str, text: Scrubbed) -> None:
        """Remember an answer's question for a day; `answer` is the answer's `answer_key`.

        If its question was edited, the new text replaces the old one.
        """
        if self.on:
            self._votable[answer] = text

    def forget_chat(self, chat_id: int) -> None:
        """Forget a chat's questions; later votes on their answers save no text."""
        for answer in [answer for answer in self._votable if belongs_to_chat(answer, chat_id)]:
            del self._votable[answer]

    def vote(
        self, answer: str, person_id: int, *, good: bool, entry: str | None, answered_at: float
    ) -> VoteResult:
        """Cast or change a vote; `answered_at` is in epoch seconds. May raise `sqlite3.Error`."""
        if not self.on:
            return "off"
        text = self._votable.get(answer)
        return self._votes.vote(
            answer, person_id, good=good, entry=entry, answered_at=answered_at, text=text
        )


def make_scrubber(knowledge: Knowledge, words: Iterable[str]) -> Scrubber:
    """A scrubber that keeps words of the knowledge; `words` are those of its entries."""
    vocabulary = knowledge.vocabulary
    return Scrubber(
        (
            knowledge.article.text,
            knowledge.source.publisher,
            *words,
            *(word for group in vocabulary.synonyms for word in group),
            *(word for pair in vocabulary.abbreviations.items() for word in pair),
            *(n for kind in vocabulary.names.values() for names in kind.values() for n in names),
            *(phrasing for item in vocabulary.smalltalk for phrasing in item.phrasings),
        )
    )
