"""Finds candidate entries for one question, each with a confidence and any conflict."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from bot.answering.message import IT, PRONOUNS, Message
from bot.answering.small_talk import SMALLTALK, SmallTalk
from bot.answering.verify import Conflict, Verifier
from bot.knowledge import Knowledge
from bot.language.normalise import QUESTION_WORDS, tokenize
from bot.language.reader import Reader, Reading
from bot.matching import Index, Query

ELSEWHERE = "elsewhere"  # the id under which messages about anything else are learned

ANSWER = 0.67  # at this confidence or more the bot answers (docs/matching.md has the trade-off)
SUGGEST = 0.12  # at this it offers the question; at 0.06 a third more offers are useless
LIKELY = 0.48  # at this an entry is denied, offered before those related to a gap, or asked in chat
_AS_LIKELY = 0.05  # difference of confidences that is a tie
_CANDIDATES = 3  # answerable entries that are compared and verified: as many as are offered
# Least likeness to a phrasing with one word replaced: "when does the bicycle end?". At 0.9, far
# more such messages are answered; at 0.7, fewer real questions are.
_NEARLY = 0.8
# What the odds of small talk are multiplied by for each tenth of a margin over questions. Without a
# margin, it is just chosen: of 900 real questions that need no earlier one, three had more, all
# with greetings or thanks around them, and their entries were more probable.
_CHATTY = 1.6
# Least share of its content that small talk has words for: at 0.35, a third more real questions of
# small folders are taken for it ("who pays for the railings"); at 0.6, a tenth less small talk is.
_KNOWN = 0.5
# At this confidence of an entry, or at `ANSWER` if somebody is named, it cannot be small talk. At
# 0.95, small folders lose a quarter more real questions to it; at 0.75, thanks are answered.
_NO_CHAT = 0.87
_MIN_GUESSED = 4  # words of a question that may be small talk in other words


class Signals(NamedTuple):
    """The numbers that the confidence is computed from; `docs/matching.md` explains them."""

    margin: float  # of the score over the best entry that cites something else, gaps included
    elsewhere_margin: float  # over messages about anything else
    covered: float  # share of the whole message's content that the entry has words for, in [0, 1]
    replaced: float  # share of the content that no entry has, if the message is nearly a phrasing
    density: float  # logarithm of the number of phrasings per entry: with few, little is covered


_EXACT = Signals(1.0, 1.0, 1.0, 0.0, 0.0)  # of a message that is a phrasing, word for word
# A logistic curve over the signals, fitted and scaled by `python -m tests.benchmarks.fit`.
INTERCEPT, WEIGHTS = -1.76, Signals(1.49, 0.93, 3.42, -12.50, -0.26)


def _probability(signals: Signals) -> float:
    """The probability, in [0, 1], that an entry with these signals is right."""
    logit = INTERCEPT + sum(map(operator.mul, WEIGHTS, signals))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _margin(query: Query, name: str, other: str) -> float:
    """By how much an entry's score is higher than another's; the lowest score is -1."""
    return query.scores.get(name, -1.0) - query.scores.get(other, -1.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry or small talk, with the probability that it is right, and the comparison."""

    entry: str
    confidence: float
    signals: Signals
    query: Query
    conflict: Conflict | None = None
    rival: str = ""  # the best entry or small talk that cites something else


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one question: candidates, the most probable first."""

    message: Message
    query: Query
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The deciding candidate, if there is one."""
        return self.candidates[0] if self.candidates else None

    @property
    def confidence(self) -> float:
        """The confidence of the deciding candidate; 0 if there is none."""
        return self.best.confidence if self.best else 0.0

    @property
    def is_settled(self) -> bool:
        """Whether the bot may answer with the deciding candidate, which no other entry rivals."""
        best = self.best
        return bool(
            best and not best.conflict and best.confidence >= ANSWER and best.signals.margin >= 0
        )

    @property
    def is_exact(self) -> bool:
        """Whether the message is a phrasing, word for word, or consists of small talk."""
        return bool(self.query.exact) or bool(self.best and self.best.signals is _EXACT)

    @property
    def is_smalltalk(self) -> bool:
        """Whether it is small talk rather than a question about the article."""
        return bool(self.best and self.best.entry.startswith(SMALLTALK))


class _Question(NamedTuple):
    """A question as it is compared with the entries."""

    query: Query
    all_said: Query  # the whole message
    subject: Query  # the part of it that the question is about
    foreign: float  # share of its content that no entry has
    rejected: frozenset[str]  # entries that differ from it in a deciding word


class Judge:
    """Finds candidates for one question, computes their confidences, and verifies them."""

    def __init__(
        self,
        knowledge: Knowledge,
        reader: Reader,
        index: Index,
        verifier: Verifier,
        small_talk: SmallTalk,
    ) -> None:
        self._reader = reader
        self._small_talk = small_talk
        self._entries = knowledge.entries
        self._index = index
        self._verifier = verifier
        # Where the passages of each answerable entry begin.
        self.cited = {
            e.id: frozenset(c.start for c in e.citations) for e in knowledge.answerable_entries()
        }
        self._gaps = knowledge.entries.keys() - self.cited.keys()
        self._density = math.log(knowledge.phrasing_count() / len(self._entries))

    def read(self, text: str) -> Message:
        """Read a sentence for `judge`."""
        return self._verifier.read(text)

    def compare(self, text: str) -> Query:
        """Compare a message with all entries."""
        return Query(self._index, self._reader.read(text))

    def judge(
        self, part: str, sentence: Message | None = None, whole: Verdict | None = None
    ) -> Verdict:
        """Judge one question; a message that is word for word a phrasing gets that entry.

        For a part of a message, `sentence` is the one it was cut from; `whole`, the verdict on the
        whole message, decides its coverage and which entries are rejected for swapped sides or, if
        the part refers back to the rest, for any conflict.
        """
        message, query = self._verifier.read(part), self.compare(part)
        around, all_said = sentence or message, whole.query if whole else query
        if not whole and (verbatim := self._verbatim(message, query)):
            return verbatim
        # The rest of the message says what "it" is: "My gym is a pain. When does it end?"
        is_named = message.mentions or IT.isdisjoint(message.tokens)
        subject = query if is_named else all_said
        inherited = self._inherited(message, sentence, whole)
        conflicts = {
            name: inherited.get(name) or self._conflict(message, name, query, around)
            for name in self._likely(message, query)
        }
        rejected = frozenset(name for name, conflict in conflicts.items() if conflict)
        foreign = query.foreign_share(ELSEWHERE)
        question = _Question(query, all_said, subject, foreign, rejected)
        candidates = []
        for name, conflict in conflicts.items():
            candidate = self._candidate(name, question)
            # One without any of the content words is none, nor is a gap about somebody else.
            if candidate.signals.covered and (not conflict or name in self.cited):
                candidates.append(replace(candidate, conflict=conflict))
        sure = ANSWER if message.mentions or message.dates else _NO_CHAT
        is_sure = any(c.confidence >= sure and not c.conflict for c in candidates)
        if not is_sure and (talk := self._chat(message, query.reading)):
            candidates.append(talk)
        return Verdict(message, query, self._ranked(message, candidates))

    def asks_no_more(self, verdict: Verdict) -> bool:
        """Whether a message has no content that the question of its entry lacks.

        "Can my bed catch fire?" may be a phrasing of "Is it safe to go on using it?", but its
        answer is not "no".
        """
        entry = self._entries.get(verdict.best.entry) if verdict.best else None
        if not entry:
            return False
        question, message = self._verifier.read(entry.question), verdict.message
        same = {mention.id for mention in question.mentions}
        named = [message.words_of(m) for m in message.mentions if m.id in same]
        lacking = verdict.query.reading.words_lacking_in(self._reader.read(entry.question))
        return lacking <= set(tokenize(" ".join(named)))

    def _verbatim(self, message: Message, query: Query) -> Verdict | None:
        """The verdict on a message that is a phrasing or small talk, word for word."""
        if query.exact:
            is_entry = query.exact != ELSEWHERE
            found = (Candidate(query.exact, 1.0, _EXACT, query),) if is_entry else ()
            return Verdict(message, query, found)
        if kind := self._small_talk.kind(message.text):
            chat = Candidate(kind, 1.0, _EXACT, self._small_talk.compare(query.reading))
            return Verdict(message, query, (chat,))
        return None

    def _inherited(
        self, message: Message, sentence: Message | None, whole: Verdict | None
    ) -> dict[str, Conflict]:
        """The conflicts of the whole message that count for a part of it, by entry."""
        if not whole:
            return {}
        # "People keep saying START. What does it stand for?" is about the name before it, and "Mr
        # Bolton, have you met, have you told the mayor?" about Bolton throughout.
        is_about_it = not (PRONOUNS | {"you"}).isdisjoint(message.tokens)
        # "I like the old ferry. When does the ferry stop?" is about the old one; but "I am Dutch.
        # When does the ferry stop?" is not about the Dutch, if the entry is about a ferry.
        is_whole = not sentence or sentence.text == message.text
        is_unnamed = is_whole and not message.mentions
        stated = {"date"} if message.dates else set()  # "What happened in 2002? And in 2014?"
        return {
            name: conflict
            for name, conflict in ((c.entry, c.conflict) for c in whole.candidates)
            if conflict
            and (
                conflict.swapped
                or is_about_it
                or (is_unnamed and conflict.kind in self._kinds(name) - stated)
            )
        }

    def _ranked(self, message: Message, candidates: list[Candidate]) -> tuple[Candidate, ...]:
        """The most probable first, unless that is about the opposite of what was asked."""
        candidates.sort(key=lambda one: -one.confidence)
        if candidates and candidates[0].conflict:
            # "What is A accused of by B?" is most like an entry about the opposite.
            candidates.sort(key=lambda one: not self._has_its_roles(message, one))
            denied = candidates[0]
            if denied.conflict and denied.conflict.kind in {"agent", "patient"}:
                # Roles may be misread, so another entry that is as likely is meant.
                least = denied.confidence - _AS_LIKELY
                candidates.sort(key=lambda one: bool(one.conflict) or one.confidence < least)
        return tuple(candidates)

    def _kinds(self, entry_id: str) -> frozenset[str]:
        """The kinds of conflict that matter to an entry, whatever was said around a question."""
        entry = self._entries.get(entry_id)
        return frozenset(entry.key.names) | {"date"} if entry else frozenset()

    def _has_its_roles(self, message: Message, candidate: Candidate) -> bool:
        """Whether the entry may be answered, and the message names both sides, in its roles."""
        entry, roles = self._entries.get(candidate.entry), message.roles
        if not entry or candidate.conflict or candidate.confidence < ANSWER:
            return False
        if not (roles.agent and roles.patient):
            return False
        key = entry.key
        return not (roles.agent.isdisjoint(key.agent) and roles.patient.isdisjoint(key.patient))

    def _conflict(
        self, message: Message, name: str, query: Query, around: Message
    ) -> Conflict | None:
        entry = self._entries.get(name)
        if not entry:
            return None
        swapped = self._verifier.swapped_sides(message, entry, query)
        return swapped or self._verifier.conflict(message, entry, around)

    def _likely(self, message: Message, query: Query) -> list[str]:
        """The entries to consider: some answers and a gap."""
        answers = [*islice(filter(self.cited.__contains__, query.scores), _CANDIDATES)]
        gaps = [*islice(filter(self._gaps.__contains__, query.scores), 1)]
        # A name is content, even "us". Words like "is it" alone are a question only if they are a
        # phrasing, word for word.
        has_content = any(not token.is_function_word for token in query.reading.tokens)
        says_something = message.mentions or message.dates or has_content
        return [*answers, *gaps] if says_something else []

    def _chat(self, message: Message, reading: Reading) -> Candidate | None:
        """The likeliest small talk; nothing is cited, so its words need not all be known.

        "How fast?" asks on after an answer, "toll" may be no misspelt "tool", and "x" says nothing:
        such messages are small talk only word for word.
        """
        query = self._small_talk.compare(reading)
        tokens = reading.tokens
        content = [token.similarity for token in tokens if not token.is_function_word]
        is_short = len(tokens) < _MIN_GUESSED and not QUESTION_WORDS.isdisjoint(message.tokens)
        says_something = 1 in content if content else len(tokens) > 1
        if is_short or not query.scores or not says_something:
            return None
        name, margin = self._small_talk.guess(query)
        signals = Signals(margin, margin, query.covered(name), 0.0, self._density)
        odds = ANSWER / (1 - ANSWER) * _CHATTY ** (10 * margin)
        is_known = signals.covered >= _KNOWN
        return Candidate(name, odds / (1 + odds), signals, query) if is_known else None

    def _candidate(self, name: str, question: _Question) -> Candidate:
        query, mine = question.query, self.cited.get(name, frozenset())
        # What was rejected outranks nothing.
        rivals = (n for n in query.scores if n not in {name, ELSEWHERE, *question.rejected})
        rival = next((n for n in rivals if not mine & self.cited.get(n, frozenset())), "")
        is_near = question.foreign and query.closest(name)[1] >= _NEARLY
        signals = Signals(
            _margin(query, name, rival),
            min(_margin(one, name, ELSEWHERE) for one in (query, question.subject)),
            question.all_said.covered(name),
            question.foreign if is_near else 0.0,
            self._density,
        )
        return Candidate(name, _probability(signals), signals, query, rival=rival)
