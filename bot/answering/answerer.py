"""The only route to a reply: the terminal, chats, groups and inline queries all use it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from bot.answering.compose import Composer
from bot.answering.cues import Cues
from bot.answering.decide import ANSWER, LIKELY, SUGGEST, Judge, Verdict
from bot.answering.learning import Learned, learn
from bot.answering.message import PRONOUNS, THINGS, corrected
from bot.answering.question_text import question_text
from bot.answering.references import References, refers_back, without_opening
from bot.answering.reply import Conversation, Reply
from bot.answering.small_talk import SmallTalk
from bot.knowledge import Knowledge
from bot.language.foreign import english_only
from bot.language.normalise import has_content, tokenize
from bot.language.sentences import (
    begins_as_question,
    questions_among,
    rambles,
    split_parts,
    states,
)
from bot.matching import Query

_MAX_ANSWERS = 3  # in one reply, which with its quotations should fit a phone's screen or two
# Words, and characters, of a question that is told to be left out: "is it reliable", but not "why".
_MIN_LEFT_OUT, _MAX_LEFT_OUT = 3, 120
_MAX_PARTS = 8  # of a message, each judged as a separate question; a limit to the time it takes
_WHOLE = 0.02  # by which a question must be surer than the message that it is a part of
# By how much the same answer as before must be surer to be what a correction asks for: "I meant the
# vote" asks for another one as a rule; 0.1 and 0.3 do as well.
_NEW = 0.15
_MAX_CORRECTED = 1000  # characters of a message that is read again without its misspellings


class Answerer:
    """Answers, suggests, abstains or chats; the same message and context get the same reply."""

    def __init__(self, knowledge: Knowledge, learned: Learned | None = None) -> None:
        """`learned` is what was learned earlier from the same knowledge."""
        self.knowledge = knowledge
        reader, entries, small_talk, verifier = learned or learn(knowledge)
        self.words = verifier.words  # of the entries
        self._small_talk = SmallTalk(knowledge, small_talk)
        self._judge = Judge(knowledge, reader, entries, verifier, self._small_talk)
        self._cues = Cues(knowledge, verifier)
        self._references = References(knowledge, verifier)
        self._composer = Composer(knowledge)
        self._cited = self._judge.cited

    def answer(self, text: str, conversation: Conversation | None = None) -> Reply:
        """Decide on one message, in the light of the conversation so far, if there is one."""
        verdicts = self.verdicts(text)
        alone, question = self._decided(text, verdicts, is_message=True), verdicts[0].message.text
        is_chat = alone.status == "smalltalk" and alone.confidence == 1
        if not (alone.entry or is_chat) and (line := english_only(text)):
            return Reply(text, "unanswered", lead=line)
        if conversation is None or not conversation.last or len(question) > _MAX_CORRECTED:
            return alone
        if self._is_own_question(verdicts[0].message.tokens, alone.entry):
            return alone
        # "Not bad, good bot" corrects nothing.
        if not is_chat and (forms := self._references.corrected_forms(question, conversation)):
            reply = self._correction(forms, alone, conversation)
        else:
            question, conversation = self._references.rewound(question, conversation)
            reply = self._following_up(question, alone, conversation)
        return replace(reply, text=text)

    def _is_own_question(self, tokens: Sequence[str], entry_id: str | None) -> bool:
        """Whether a message is an entry's question as buttons and lists show it."""
        entry = self.knowledge.entries.get(entry_id or "")
        return entry is not None and [*tokens] == tokenize(entry.question)

    def open(self, entry_id: str) -> Reply | None:
        """The reply to a button or a link that names an entry; None if there is no such entry."""
        entry = self.knowledge.entries.get(entry_id)
        return self._composer.opened(entry) if entry else None

    def compare(self, text: str) -> Query:
        """Compare a message with all entries, whatever else it may be."""
        return self._judge.compare(text)

    def choices(self, text: str) -> list[Reply]:
        """The reply to a message, then other likely or related answers; none to small talk."""
        reply = self.answer(text)
        if reply.status == "smalltalk":
            return []
        named = [s.entry for s in reply.sections if s.entry]
        likely = [
            candidate.entry
            for candidate in self.verdicts(text)[0].candidates
            if candidate.confidence >= SUGGEST and not candidate.conflict
            if candidate.entry in self._cited
        ]
        related = reply.related if reply.status == "answered" else ()
        others = dict.fromkeys([*(s.entry for s in reply.suggestions), *likely, *related])
        first = [reply] if reply.sections or reply.lead else []
        # Several questions: all answers in one message, then each alone.
        alone = named if len(named) > 1 else []
        opened = map(self.open, [*alone, *(entry for entry in others if entry not in named)])
        return [*first, *filter(None, opened)]

    def verdicts(self, text: str) -> list[Verdict]:
        """Judge a message as a whole, then each part of it that asks something."""
        question = question_text(text)
        whole = self._judge.judge(question)
        bare = question if whole.is_exact else self._small_talk.without_remarks(question)
        if bare != question:
            rest = self._judge.judge(bare)
            # "Thank you. I just want him home." asks nothing: the remark is what to reply to.
            if rest.is_settled or not states(bare) or not split_parts(question):
                question, whole = bare, rest
        if whole.is_exact:
            return [whole]
        slips = whole.query.reading.slips
        if slips and len(question) <= _MAX_CORRECTED:
            question = corrected(question, slips)
            whole = self._judge.judge(question)
            if whole.is_exact:
                return [whole]
        parts = split_parts(question)
        asked = questions_among([*parts])[-_MAX_PARTS:]
        # Each sentence is read once, however many parts it has.
        read = {sentence: self._judge.read(sentence) for sentence in {parts[p] for p in asked}}
        wholes = dict.fromkeys(read, whole)
        if len(asked) < len(parts):
            # The rest is chatter, which a question with a name or a date in it does not need.
            is_long = rambles(question)
            wholes |= {
                s: self._judge.judge(s)
                for s, m in read.items()
                if (m.mentions or m.dates) and (is_long or THINGS.isdisjoint(m.tokens))
            }
        judged = [self._judge.judge(p, read[parts[p]], wholes[parts[p]]) for p in asked]
        return [whole, *(self._with_names(verdict, whole) for verdict in judged)]

    def _with_names(self, verdict: Verdict, whole: Verdict) -> Verdict:
        """The verdict on a part of a message; "it" and the like may stand for names in the rest."""
        said = Conversation(text=whole.message.text)
        if verdict.is_settled or not (
            found := self._references.with_pronoun_replaced(verdict.message.text, said)
        ):
            return verdict
        named = self._judge.judge(found[0], whole=whole)
        denied = {candidate.entry for candidate in whole.candidates if candidate.conflict}
        is_settled = named.is_settled and named.best and named.best.entry not in denied
        return named if is_settled else verdict

    def _following_up(self, question: str, alone: Reply, conversation: Conversation) -> Reply:
        """Decide on a message in a conversation; `alone` is the reply to it without one."""
        is_sure = alone.entry and alone.confidence >= ANSWER
        if is_sure and self._references.names_its_subject(question):
            return alone
        if reply := self._cued(question, alone, conversation):
            return reply
        is_chat = alone.status == "smalltalk" and (alone.confidence == 1 or "?" not in question)
        if is_chat or not tokenize(question):  # "👍" asks nothing
            return alone
        if not refers_back(question):
            return alone
        bare = without_opening(question)
        return self._with_name(bare, conversation) or self._referring_back(
            bare, alone, conversation
        )

    def _cued(self, question: str, alone: Reply, conversation: Conversation) -> Reply | None:
        """The reply to a bare cue; None if the message is more than that."""
        is_phrasing = bool(alone.entry) and alone.confidence == 1
        cue, targets = self._cues.targets(question, conversation, is_phrasing=is_phrasing)
        if not targets:
            return None
        entries = [self.knowledge.entries[target] for target in targets]
        reply = self._composer.followed_up(question, cue, entries, conversation.entry)
        return replace(reply, question=reply.text)

    def _correction(self, forms: Sequence[str], alone: Reply, conversation: Conversation) -> Reply:
        """The most confident reply to the questions that a correction may be meant as."""
        replies = [self._in_full(form) for form in forms]
        return max(
            (reply for reply in replies if reply.entry),
            key=lambda r: r.confidence + _NEW * (r.entry != conversation.entry),
            default=alone,
        )

    def _in_full(self, form: str) -> Reply:
        """Decide on a question that a message is short for."""
        return replace(self._decided(form, self.verdicts(form)), question=form)

    def _with_name(self, bare: str, conversation: Conversation) -> Reply | None:
        """Decide on the last question about another name, or on this one about the last name."""
        if form := self._references.with_name_replaced(bare, conversation.text):
            reply = self._in_full(form)
            if reply.entry and reply.entry != conversation.entry:
                return reply
        if found := self._references.with_pronoun_replaced(bare, conversation):
            form, name = found
            reply = self._in_full(form)
            if reply.entry and reply.confidence >= ANSWER:
                # If there is more to the question than "who is he", the name alone may not decide.
                named = self.verdicts(name)[0].best if has_content(tokenize(bare)) else None
                if not named or named.entry != reply.entry:
                    return reply
        return None

    def _referring_back(self, bare: str, alone: Reply, conversation: Conversation) -> Reply:
        """Decide on a message that may refer back; `alone` is the reply if it does not."""
        neighbours = self._references.neighbours(conversation)
        is_standalone = self._cues.is_standalone(bare)
        verdicts = self.verdicts(bare)
        # Without its "and", "And when is it over?" is a complete question; "which year?" is not.
        replies = [
            reply
            for reply in (alone, self._decided(bare, verdicts))
            if is_standalone or reply.entry in neighbours
        ]
        sure = (reply for reply in replies if reply.entry and reply.confidence >= ANSWER)
        if found := next(sure, None):
            return found
        if not is_standalone or not PRONOUNS.isdisjoint(verdicts[0].message.tokens):
            form = f"{conversation.text or conversation.asked} {bare}"
            joined = self._decided(form, self.verdicts(form))
            # The earlier words alone lead to what was shown: the new ones must suggest it, too.
            likely = {c.entry for v in verdicts for c in v.candidates if c.confidence >= SUGGEST}
            told = [section.entry for section in joined.sections if section.entry]
            new = [entry for entry in told if entry not in conversation.shown or entry in likely]
            if joined.entry and new == told:
                replies.append(joined)
            elif joined.entry and new and (opened := self.open(new[0])):
                replies.append(replace(opened, confidence=joined.confidence))
        named = [reply for reply in replies if reply.entry]
        likely_first = chain.from_iterable(r.suggestions[:1] for r in (alone, *replies))
        near = [s for s in likely_first if s.confidence >= SUGGEST and s.entry in neighbours]
        if near and not named and (opened := self.open(near[0].entry)):
            return replace(opened, confidence=ANSWER)  # the conversation adds to its confidence
        return max(named, key=lambda reply: reply.confidence, default=alone)

    def _decided(
        self, text: str, verdicts: Sequence[Verdict], *, is_message: bool = False
    ) -> Reply:
        """The reply to a text, which is a message as it was sent, or what it may be short for."""
        # Without remarks: "ok serious now. what is it?" does not ask about the present.
        decided = self._deciding(*verdicts)
        asked_on, left_out = dict[str, tuple[str, ...]](), ""
        if is_message:
            asked_on = self._asked_on(verdicts[1:], decided)
            left_out = _left_out(
                [v for v in verdicts[1:] if v.message.text not in asked_on], decided
            )
        further = [*chain.from_iterable(asked_on.values())][: _MAX_ANSWERS - len(decided)]
        whole = verdicts[0].message.text
        agreeing = {v.best.entry for v in decided if v.best and self._judge.asks_no_more(v)}
        reply = self._composer.reply(whole, decided, further, left_out, agreeing)
        return replace(reply, text=text, text_type=self.knowledge.source.text_type)

    def _asked_on(
        self, questions: Sequence[Verdict], decided: Sequence[Verdict]
    ) -> dict[str, tuple[str, ...]]:
        """The entries that bare cues in a message lead to: "Who sent it? And why?"."""
        told = {verdict.best.entry for verdict in decided if verdict.best}
        before, found = Conversation(), dict[str, tuple[str, ...]]()
        for verdict in questions:
            text = verdict.message.text
            if verdict.is_settled and verdict.best:
                is_told = verdict.best.entry in told
                before = Conversation(text, (verdict.best.entry,)) if is_told else Conversation()
            elif not verdict.is_exact:
                _, targets = self._cues.targets(text, before)
                found |= {text: targets} if targets else {}
        return found

    def _deciding(self, whole: Verdict, *questions: Verdict) -> list[Verdict]:
        """The verdict on the message or one of its questions, or those on several of them."""
        if not questions:
            return [whole]
        settled = _distinct([v for v in questions if v.is_settled])
        if len(settled) > 1:
            return settled[-_MAX_ANSWERS:]  # a follow-up is read after the earlier questions
        if whole.is_settled and whole.best and whole.best.entry in self._cited:
            # "Are they accused, too? By whom?": one of its questions may be surer than the whole.
            return [max([whole, *settled], key=lambda v: v.confidence + _WHOLE * (v is whole))]
        said = [v for v in questions if v.is_smalltalk and v.is_settled]
        if said and all(v.is_smalltalk or states(v.message.text) for v in questions):
            return [whole] if whole.is_settled else said[-1:]
        # "Thanks. And when did they meet?" is no small talk, nor is "Who resigned? You must know."
        asked = [v for v in questions if not v.is_smalltalk]
        least = LIKELY if whole.is_settled else SUGGEST
        likely = [v for v in asked if v.confidence >= least]
        judged = likely or [whole] if whole.is_smalltalk else [whole, *asked]
        return [max(judged, key=lambda v: (v.is_settled, v.confidence))]


def _left_out(questions: Sequence[Verdict], decided: Sequence[Verdict]) -> str:
    """The first question of a message that its answers leave out; "" if there is none."""
    told = {verdict.best.entry for verdict in decided if verdict.best}
    asked = [verdict for verdict in questions if begins_as_question(verdict.message.text)]
    if not any(v.is_settled and v.best and v.best.entry in told for v in asked):
        return ""
    for verdict in asked:
        is_told = verdict.best and verdict.best.entry in told
        is_one_too_many = verdict.is_settled and len(decided) == _MAX_ANSWERS
        if is_told or verdict.is_smalltalk or (verdict.is_settled and not is_one_too_many):
            continue
        message = verdict.message
        if (
            has_content(message.tokens)
            and len(message.tokens) >= _MIN_LEFT_OUT
            and len(message.text) <= _MAX_LEFT_OUT
        ):
            return message.text
    return ""


def _distinct(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The first verdict for each entry, without small talk."""
    seen: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.best and not verdict.is_smalltalk:
            seen.setdefault(verdict.best.entry, verdict)
    return list(seen.values())
