"""The one way to a reply: the terminal, chats, groups and inline queries all come here."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.compose import Composer
from bot.answering.decide import SMALLTALK, Judge, Verdict
from bot.answering.domain import HomeWords, words_of
from bot.answering.follow_ups import ENOUGH, Conversation, FollowUps, leans, without_opening
from bot.answering.message import question_text
from bot.answering.reply import Reply
from bot.answering.verify import Guard
from bot.knowledge import Knowledge
from bot.language.normalise import carries_content, tokens
from bot.language.sentences import asking, in_sentences
from bot.matching import Matcher

_JUDGED = 8  # parts of a message that are looked at as questions of their own
_FULLY = 0.8  # of a message's words: an answer with so many leaves no part unanswered
_NEARBY = 0.1  # in confidence, for an entry that the last one leads to
_SURE_ALONE = 0.8  # above it a message needs no help from the one before


class Answerer:
    """Answers, suggests, abstains or chats; the same words always get the same reply."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        vocabulary = knowledge.vocabulary
        phrasings = {entry.id: entry.wordings for entry in knowledge.entries.values()}
        phrasings |= {SMALLTALK + item.id: item.phrasings for item in vocabulary.smalltalk}
        self.matcher = Matcher(
            phrasings, synonyms=vocabulary.synonyms, abbreviations=vocabulary.abbreviations
        )
        guard = Guard(knowledge, words_of(knowledge.entries.values()))
        self._judge = Judge(knowledge, self.matcher, guard, HomeWords(knowledge))
        self._follow_ups = FollowUps(knowledge, guard)
        self._composer = Composer(knowledge)
        self._cited = self._judge.cited

    def answer(self, text: str, conversation: Conversation | None = None) -> Reply:
        """Decide on one message; with a conversation, in the light of what came before."""
        alone = self._alone(text)
        if conversation is None or not conversation.entry:
            return alone
        question = question_text(text)
        linked = self._follow_ups.linked(question, conversation)
        if linked:
            opened = self.open(linked)
            return replace(opened, text=text) if opened else alone
        if alone.status == "smalltalk":
            return alone
        if not tokens(question) or not leans(question):  # "👍" asks nothing
            return alone
        return self._leaning(text, question, alone, conversation)

    def open(self, entry_id: str) -> Reply | None:
        """The reply of an entry that was named, not asked for: a button, a link."""
        entry = self.knowledge.entries.get(entry_id)
        return self._composer.opened(entry) if entry else None

    def verdicts(self, text: str) -> list[Verdict]:
        """Judge a message as a whole, then each part of it that asks something."""
        question = question_text(text)
        sentences = in_sentences(question)
        before = dict(zip(sentences, ("", *sentences), strict=False))
        whole = self._judge.judge(question)
        read = {question: whole.asked}
        verdicts = [whole]
        for part in asking([*sentences])[-_JUDGED:]:
            sentence = sentences[part]
            if sentence != part and sentence not in read:
                read[sentence] = self._judge.read(sentence)
            beside = read[sentence] if sentence != part else None
            verdicts.append(self._judge.judge(part, before[part], beside, whole))
        return verdicts

    def _leaning(self, text: str, question: str, alone: Reply, conversation: Conversation) -> Reply:
        """Decide on a message that may go on from the one before; `alone` if it does not."""
        bare = without_opening(question)
        near = self._follow_ups.near(conversation)
        own = self._follow_ups.own_words(bare)
        verdicts = self.verdicts(bare)
        if verdicts[0].verbatim:
            own = ENOUGH
        # "And when is it over?" is a whole question behind its "and"; "which year?" is none.
        readings = [
            reading
            for reading in (alone, self._decided(bare, verdicts))
            if own >= ENOUGH or reading.entry in near or (own and self._is_gap(reading.entry))
        ]
        sure = (r for r in readings if r.entry and r.confidence >= _SURE_ALONE)
        if found := next(sure, None):
            return replace(found, text=text)
        for standalone in self._follow_ups.standalone(question, conversation):
            reading = self._alone(standalone)
            # The last entry again may be due to the words before alone: it must know the new ones.
            if reading.entry and (
                reading.entry != conversation.entry or self._knows(bare, reading.entry)
            ):
                readings.append(reading)

        def worth(reading: Reply) -> float:
            return reading.confidence + (_NEARBY if reading.entry in near else 0.0)

        best = max((r for r in readings if r.entry), key=worth, default=alone)
        return replace(best, text=text)

    def _is_gap(self, entry_id: str | None) -> bool:
        return entry_id is not None and entry_id not in self._cited

    def _knows(self, text: str, entry_id: str) -> bool:
        """Whether an entry has a counterpart to nearly every word of a message with content."""
        if not carries_content(tokens(text)):
            return True
        parts = self.matcher.explain(text, entry_id).parts
        return bool(parts and parts.covered >= _FULLY)

    def _alone(self, text: str) -> Reply:
        """Decide on one message that stands by itself."""
        return self._decided(text, self.verdicts(text))

    def _decided(self, text: str, verdicts: Sequence[Verdict]) -> Reply:
        whole, *questions = verdicts
        if not questions:
            return self._composer.reply(text, [whole])
        settled = _distinct([v for v in questions if v.settled])
        if len(settled) > 1 and not self._covers(whole, settled):
            return self._composer.reply(text, settled[:2])
        if self._tells_all(whole):
            return self._composer.reply(text, [whole])
        best = max([whole, *questions], key=lambda v: (v.settled, v.confidence))
        return self._composer.reply(text, [best])

    def _tells_all(self, verdict: Verdict) -> bool:
        best = verdict.best
        known = best is not None and best.entry in self._cited
        return known and verdict.settled and bool(best and best.readings.covered >= _FULLY)

    def _covers(self, whole: Verdict, parts: Sequence[Verdict]) -> bool:
        """Whether the message as one question already has the passages of all parts."""
        if not (whole.settled and whole.best):
            return False
        cited = self._cited.get(whole.best.entry, frozenset())
        return all(v.best and cited & self._cited.get(v.best.entry, frozenset()) for v in parts)


def _distinct(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts with different entries, pleasantries left out, known answers first."""
    seen: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.best and not verdict.best.entry.startswith(SMALLTALK):
            seen.setdefault(verdict.best.entry, verdict)
    return list(seen.values())
