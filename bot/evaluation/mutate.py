"""`evaluate --mutate`: tests the bot on altered phrasings, which need no labels."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from tqdm import tqdm

from bot.answering import Answerer
from bot.evaluation.questions import Question, Result, answered_at, ask
from bot.knowledge import Entry, Knowledge
from bot.language.dates import dates_stated
from bot.language.names import NameFinder
from bot.language.normalise import tokenize
from bot.language.roles import ACTOR
from bot.language.text_list import TextList
from bot.text_layout import table

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, letter in enumerate(row)
}


def one_typo(text: str, source: random.Random) -> str:
    """The text with one typo in a word of four letters or more; unchanged if it has none."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = source.choice(words)
    at = source.randrange(word.start() + 1, word.end() - 1)
    letter = text[at]
    match source.choice(("drop", "double", "swap", "beside")):
        case "drop":
            return text[:at] + text[at + 1 :]
        case "double":
            return text[:at] + letter + text[at:]
        case "swap":
            return text[:at] + text[at + 1] + letter + text[at + 2 :]
        case _:
            beside = _NEIGHBOURS.get(letter.lower()) or letter
            return text[:at] + source.choice(beside) + text[at + 1 :]


LEFT_OUT, GAP_LEFT_OUT = "phrasing left out", "gap's phrasing left out"
TYPO, SWAPPED = "one typo", "two words swapped"
FLIPPED, UNRELATED = "deciding word flipped", "about something else"
_KINDS = (LEFT_OUT, GAP_LEFT_OUT, TYPO, SWAPPED, FLIPPED, UNRELATED)
_COLUMNS = ("right", "offered", "no answer", "wrong")
_EVERY = 4  # every fourth phrasing gets a typo, two words swapped, or an unrelated word
FOLDS = 10  # bots, each built without a different tenth of the phrasings
_SHARES = 4  # processes that each put a share of the messages to the complete bot
SEED = 20190705
# Everyday things that have nothing to do with the article.
_UNRELATED_WORDS = (
    "bicycle", "sandwich", "wardrobe", "concert", "tenancy", "football", "pizza", "holiday",
    "laptop", "garden", "marriage", "movie", "dentist", "parcel", "salary",
)  # fmt: skip
# "Was it he or she?", "what passed between them": swapping the names changes nothing.
_EITHER = re.compile(r"\b(?:or|between|whom|both)\b", re.IGNORECASE)
_OTHER_YEAR = "1999"


def mutate(knowledge: Knowledge) -> list[Result]:
    """Ask altered phrasings, and judge the replies."""
    made = [*_with_typo_or_swap(knowledge), *_flips(knowledge), *with_unrelated_words(knowledge)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(_ask_all, *left_out(knowledge, fold)) for fold in range(FOLDS)]
        tasks += [pool.submit(_ask_all, knowledge, made[n::_SHARES]) for n in range(_SHARES)]
        bar = tqdm(tasks, "mutating", unit="task", leave=False, disable=None)
        return [result for task in bar for result in task.result()]


def as_table(results: Sequence[Result]) -> str:
    """What altered phrasings got, by kind; the columns add up to 100 %."""
    rows = []
    for kind in _KINDS:
        counts = Counter(column_of(result) for result in results if result.question.kind == kind)
        if total := counts.total():
            rows.append(
                (kind, total, *(f"{100 * counts[name] / total:.1f} %" for name in _COLUMNS))
            )
    return table(("message", "asked", *_COLUMNS), rows)


def column_of(result: Result) -> str:
    """Whether it got its own entry or gap, an offer of it, neither, or a wrong answer."""
    if result.outcome in {"wrong", "false"}:
        return "wrong"
    if result.outcome == "right" or result.reply.entry == result.question.entry:
        return "right"
    return "offered" if result.outcome == "suggested" else "no answer"


def _ask_all(knowledge: Knowledge, questions: Sequence[Question]) -> list[Result]:
    """Ask a bot a share of the questions."""
    answerer = Answerer(knowledge)
    return [_judged(ask(answerer, question)) for question in questions]


def _judged(result: Result) -> Result:
    """Of a flipped question, only the original answer is wrong: another may well be right."""
    if result.question.kind != FLIPPED:
        return result
    original = result.reply.status == "answered" and result.reply.entry == result.question.entry
    return replace(result, outcome="wrong" if original else "quiet")


def left_out(knowledge: Knowledge, fold: int) -> tuple[Knowledge, list[Question]]:
    """The knowledge without each entry's every `FOLDS`th phrasing from `fold` on, and those."""
    entries = {}
    questions = []
    for entry in knowledge.entries.values():
        gone = frozenset(entry.phrasings[fold::FOLDS])
        kept = (phrasing for phrasing in entry.phrasings if phrasing not in gone)
        entries[entry.id] = replace(entry, phrasings=TextList.of(kept))
        kind = LEFT_OUT if entry.answerable else GAP_LEFT_OUT
        questions += [_made(kind, text, entry) for text in entry.phrasings[fold::FOLDS]]
    return replace(knowledge, entries=entries), questions


def _made(kind: str, text: str, entry: Entry) -> Question:
    """A question made from a phrasing of an entry."""
    return Question(text, answered_at(entry), kind, entry=entry.id)


def _sample(knowledge: Knowledge) -> Iterator[tuple[str, Entry]]:
    """Every `_EVERY`th phrasing of each entry."""
    for entry in knowledge.answerable_entries():
        for phrasing in entry.phrasings[::_EVERY]:
            yield phrasing, entry


def _with_typo_or_swap(knowledge: Knowledge) -> Iterator[Question]:
    """Phrasings with one typo, and with two words swapped."""
    typos, swaps = random.Random(SEED), random.Random(SEED)  # noqa: S311 - repeatable, not secret
    for phrasing, entry in _sample(knowledge):
        yield _made(TYPO, one_typo(phrasing, typos), entry)
        words = phrasing.split()
        if len(words) > 2:  # noqa: PLR2004 - a swap would reverse two words
            at = swaps.randrange(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
            yield _made(SWAPPED, " ".join(words), entry)


def with_unrelated_words(knowledge: Knowledge) -> Iterator[Question]:
    """Phrasings with an unrelated word for each name: "when does the bicycle end"."""
    finder = NameFinder(knowledge.vocabulary.names)
    source = random.Random(SEED)  # noqa: S311
    for phrasing, entry in _sample(knowledge):
        words = tokenize(phrasing)
        mentions = finder.find(words)
        for mention in reversed(mentions):
            words[mention.start : mention.end] = [source.choice(_UNRELATED_WORDS)]
        if mentions:
            yield Question(" ".join(words), (), UNRELATED, entry=entry.id)


def _flips(knowledge: Knowledge) -> Iterator[Question]:
    """Phrasings with agent and patient swapped, or with another name or year."""
    names = knowledge.vocabulary.names
    for entry in knowledge.answerable_entries():
        for phrasing in entry.phrasings:
            for text in dict.fromkeys(_flipped(phrasing, entry, names)):
                if text != phrasing:
                    yield _made(FLIPPED, text, entry)


def _flipped(
    phrasing: str, entry: Entry, names: Mapping[str, Mapping[str, Sequence[str]]]
) -> Iterator[str]:
    if _EITHER.search(phrasing):
        return
    key = entry.key
    if key.agent and key.patient:
        everybody = {member: forms for ids in names.values() for member, forms in ids.items()}
        yield _exchanged(phrasing, key.agent[0], key.patient[0], everybody)
    for kind, members in key.names.items():
        for member in members if kind != ACTOR else ():  # entries may name any of the actors
            for other in list(names[kind])[:6]:
                if other not in members:
                    yield _replaced(phrasing, names[kind][member], names[kind][other][0])
    # In "was it before August 2019", another year is no other question.
    years = {str(date.year) for date in dates_stated(phrasing)}
    for date in key.date:
        if date[:4] in years:
            yield phrasing.replace(date[:4], _OTHER_YEAR)


def _exchanged(phrasing: str, one: str, other: str, actors: Mapping[str, Sequence[str]]) -> str:
    """The phrasing with two actors swapped; unchanged unless it names both."""
    first = _replaced(phrasing, actors[one], "\0")
    second = _replaced(first, actors[other], "\1")
    if "\0" not in second or "\1" not in second:
        return phrasing
    return second.replace("\0", _plain(actors[other])).replace("\1", _plain(actors[one]))


def _plain(variants: Sequence[str]) -> str:
    """The first name longer than two letters: "usa", since "us" is also a pronoun."""
    return next((name for name in variants if len(name) > 2), variants[0])  # noqa: PLR2004


def _replaced(phrasing: str, variants: Sequence[str], new: str) -> str:
    longest_first = sorted(variants, key=len, reverse=True)
    pattern = "|".join(rf"\b{re.escape(variant)}(?:['’]s)?(?!\w)" for variant in longest_first)
    return re.sub(pattern, new, phrasing, flags=re.IGNORECASE)
