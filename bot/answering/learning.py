"""Learns from the knowledge all that an answerer needs."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.answering.decide import ELSEWHERE
from bot.answering.question_text import question_text
from bot.answering.small_talk import small_talk_phrasings
from bot.answering.verify import Verifier
from bot.knowledge import Knowledge
from bot.language.english import everyday_messages
from bot.language.reader import Reader
from bot.matching import Index, Submit, Texts, learn_indexes

_ENTRIES, _SMALL_TALK = "entries", "small talk"  # the rankings that are learned


class Learned(NamedTuple):
    """What an answerer learns from the knowledge: plain data, which can be stored."""

    reader: Reader
    entries: Index
    small_talk: Index
    verifier: Verifier


def phrasings_by_name(knowledge: Knowledge) -> dict[str, Sequence[str]]:
    """How people ask for each entry, and for anything else."""
    vocabulary = knowledge.vocabulary
    phrasings: dict[str, Sequence[str]] = {
        entry.id: entry.all_phrasings for entry in knowledge.entries.values()
    }
    # In a small folder, what is not about the article must not outweigh the entries.
    everyday = everyday_messages()
    step = -(-len(everyday) // knowledge.phrasing_count())
    phrasings[ELSEWHERE] = (*everyday[::step], *vocabulary.elsewhere)
    return phrasings


def learn(knowledge: Knowledge) -> Learned:
    """What an answerer learns from the knowledge; this takes seconds for many phrasings."""
    reader, found = _learn(knowledge, _ENTRIES, _SMALL_TALK)
    return Learned(reader, found[_ENTRIES], found[_SMALL_TALK], Verifier.learn(knowledge))


def learn_reader(knowledge: Knowledge) -> Reader:
    """What `learn` needs to read words, without any ranking."""
    return _learn(knowledge)[0]


def learn_entries(knowledge: Knowledge, submit: Submit) -> tuple[Reader, Index]:
    """The half of `learn` that takes most of the time; `submit` as in `train`."""
    reader, found = _learn(knowledge, _ENTRIES, submit=submit)
    return reader, found[_ENTRIES]


def learn_small_talk_and_verifier(knowledge: Knowledge) -> tuple[Index, Verifier]:
    """The other half of `learn`, which does not need the first."""
    _, found = _learn(knowledge, _SMALL_TALK)
    return found[_SMALL_TALK], Verifier.learn(knowledge)


def _learn(
    knowledge: Knowledge, *wanted: str, submit: Submit | None = None
) -> tuple[Reader, dict[str, Index]]:
    """Learn all words, and the rankings that are wanted."""
    both = (phrasings_by_name(knowledge), small_talk_phrasings(knowledge))
    # Read as messages are: "U.S." is "US" in both.
    asked, chat = ({n: [*map(question_text, t)] for n, t in one.items()} for one in both)
    answers = {entry.id: entry.answer for entry in knowledge.answerable_entries()}
    vocabulary = knowledge.vocabulary
    groups = {_ENTRIES: Texts(asked, answers), _SMALL_TALK: Texts(chat)}
    synonyms, abbreviations = vocabulary.synonyms, vocabulary.abbreviations
    return learn_indexes(groups, wanted, synonyms, abbreviations, submit)
