"""The only route to a reply: the terminal, chats, groups and inline queries all use it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.answering.compose import Composer
from bot.answering.decide import ELSEWHERE, SMALLTALK, Judge, Verdict
from bot.answering.follow_ups import (
    STANDALONE_WORDS,
    FollowUps,
    refers_back,
    without_opening,
)
from bot.answering.message import question_text
from bot.answering.reply import Conversation, Reply
from bot.answering.verify import Verifier
from bot.knowledge import Knowledge
from bot.language.english import everyday_messages
from bot.language.normalise import has_content, tokenize
from bot.language.sentences import questions_among, split_parts
from bot.matching import Index, Matcher

_MAX_PARTS = 8  # of a message, each judged as a separate question
_FULLY_COVERED = 0.8  # share of a message's words at which no part counts as left unanswered
_SURE = 0.8  # at this confidence a message needs no help from the one before


Learned: TypeAlias = tuple[Index, Verifier]  # plain data, which can be stored


def learn(knowledge: Knowledge) -> Learned:
    """What an answerer learns from the knowledge; this takes seconds for many phrasings."""
    vocabulary = knowledge.vocabulary
    phrasings: dict[str, Sequence[str]] = {
        entry.id: entry.all_phrasings for entry in knowledge.entries.values()
    }
    phrasings |= {SMALLTALK + item.id: item.phrasings for item in vocabulary.smalltalk}
    everyday, count = everyday_messages(), sum(map(len, phrasings.values()))
    # No more of these than of the rest, or they would outweigh every entry in a small folder.
    phrasings[ELSEWHERE] = (*everyday[:: -(-len(everyday) // count)], *vocabulary.elsewhere)
    # Read as messages are: "U.S." is "US" in both.
    read = {name: [*map(question_text, texts)] for name, texts in phrasings.items()}
    index = Index.learn(
        read,
        synonyms=vocabulary.synonyms,
        abbreviations=vocabulary.abbreviations,
        answers={entry.id: entry.answer for entry in knowledge.answerable_entries()},
    )
    return index, Verifier.learn(knowledge)


class Answerer:
    """Answers, suggests, abstains or chats; the same message and context get the same reply."""

    def __init__(self, knowledge: Knowledge, learned: Learned | None = None) -> None:
        """`learned` is what was learned earlier from the same knowledge."""
        self.knowledge = knowledge
        index, verifier = learned or learn(knowledge)
        self.matcher = Matcher({}, index=index)
        self.words = verifier.words  # of the entries
        self._judge = Judge(knowledge, self.matcher, verifier)
        self._follow_ups = FollowUps(knowledge, verifier)
        self._composer = Composer(knowledge)
        self._cited = self._judge.cited

    def answer(self, text: str, conversation: Conversation | None = None) -> Reply:
        """Decide on one message, in the light of the conversation so far, if there is one."""
        alone = self._decided(text, self.verdicts(text))
        if conversation is None or not conversation.entry:
            return alone
        question = question_text(text)
        if target := self._follow_ups.target(question, conversation):
            opened = self.open(target)
            return replace(opened, text=text) if opened else alone
        if alone.status == "smalltalk":
            return alone
        if not tokenize(question) or not refers_back(question):  # "👍" asks nothing
            return alone
        return self._referring_back(text, question, alone, conversation)

    def open(self, entry_id: str) -> Reply | None:
        """The reply to a button or a link that names an entry; None if there is no such entry."""
        entry = self.knowledge.entries.get(entry_id)
        return self._composer.opened(entry) if entry else None

    def verdicts(self, text: str) -> list[Verdict]:
        """Judge a message as a whole, then each part of it that asks something."""
        question = question_text(text)
        whole = self._judge.judge(question)
        if whole.query.exact:
            return [whole]
        parts = split_parts(question)
        asked = questions_among([*parts])[-_MAX_PARTS:]
        # Each sentence is read once, however many parts it has.
        read = {sentence: self._judge.read(sentence) for sentence in {parts[p] for p in asked}}
        return [whole, *(self._judge.judge(part, read[parts[part]], whole) for part in asked)]

    def _referring_back(
        self, text: str, question: str, alone: Reply, conversation: Conversation
    ) -> Reply:
        """Decide on a message that may refer back; `alone` is the reply if it does not."""
        bare = without_opening(question)
        neighbours = self._follow_ups.neighbours(conversation)
        words = self._follow_ups.standalone_words(bare)
        verdicts = self.verdicts(bare)
        if verdicts[0].query.exact:
            words = STANDALONE_WORDS
        # Without its "and", "And when is it over?" is a complete question; "which year?" is not.
        replies = [
            reply
            for reply in (alone, self._decided(bare, verdicts))
            if words >= STANDALONE_WORDS
            or reply.entry in neighbours
            or (words and self._is_gap(reply.entry))
        ]
        sure = (reply for reply in replies if reply.entry and reply.confidence >= _SURE)
        if found := next(sure, None):
            return replace(found, text=text)
        for form in self._follow_ups.standalone_forms(question, conversation):
            reply = self._decided(form, self.verdicts(form))
            # The earlier words alone may lead to the last entry: it must cover the new ones too.
            if reply.entry and (
                reply.entry != conversation.entry or self._covers_words(bare, reply.entry)
            ):
                replies.append(reply)

        named = [reply for reply in replies if reply.entry]
        best = max(named, key=lambda reply: reply.confidence, default=alone)
        return replace(best, text=text)

    def _is_gap(self, entry_id: str | None) -> bool:
        return entry_id is not None and entry_id not in self._cited

    def _covers_words(self, text: str, entry_id: str) -> bool:
        """Whether an entry contains nearly every content word of a message."""
        if not has_content(tokenize(text)):
            return True
        query = self.matcher.read(text)
        return bool(query.scores) and query.covered(entry_id) >= _FULLY_COVERED

    def _decided(self, text: str, verdicts: Sequence[Verdict]) -> Reply:
        whole, *questions = verdicts
        if not questions:
            return self._composer.reply(text, [whole])
        settled = _distinct([v for v in questions if v.is_settled])
        if len(settled) > 1 and not self._cites_all(whole, settled):
            return self._composer.reply(text, settled[:2])
        if self._answers_fully(whole):
            return self._composer.reply(text, [whole])
        best = max([whole, *questions], key=lambda v: (v.is_settled, v.confidence))
        return self._composer.reply(text, [best])

    def _answers_fully(self, verdict: Verdict) -> bool:
        best = verdict.best
        answerable = best is not None and best.entry in self._cited
        covered = best is not None and best.signals.covered >= _FULLY_COVERED
        return answerable and verdict.is_settled and covered

    def _cites_all(self, whole: Verdict, parts: Sequence[Verdict]) -> bool:
        """Whether the answer to the whole message cites a passage from each part's answer."""
        if not (whole.is_settled and whole.best):
            return False
        cited = self._cited.get(whole.best.entry, frozenset())
        return all(v.best and cited & self._cited.get(v.best.entry, frozenset()) for v in parts)


def _distinct(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The first verdict for each entry, without small talk."""
    seen: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.best and not verdict.best.entry.startswith(SMALLTALK):
            seen.setdefault(verdict.best.entry, verdict)
    return list(seen.values())
