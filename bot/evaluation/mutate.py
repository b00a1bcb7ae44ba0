"""`evaluate --mutate`: tests the bot on altered phrasings, which need no labels."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

from tqdm import tqdm

from bot.answering import Answerer
from bot.evaluation.questions import Outcome, Span, Tally, outcome
from bot.knowledge import Entry, Knowledge
from bot.knowledge.files import PHRASINGS
from bot.language.names import NameFinder
from bot.language.normalise import tokenize
from bot.language.roles import ACTOR
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
FLIPPED, STRANGE = "deciding word flipped", "about something else"
_KINDS = (LEFT_OUT, GAP_LEFT_OUT, TYPO, SWAPPED, FLIPPED, STRANGE)
_EVERY = 4  # every fourth phrasing gets a typo, two words swapped, or an unrelated word
FOLDS = 10  # bots, each built without a different tenth of the phrasings
_SHARES = 4  # processes that each put a share of the messages to the complete bot
_SEED = 20190705
# Everyday things that have nothing to do with the article.
_STRANGERS = (
    "bicycle", "sandwich", "wardrobe", "concert", "tenancy", "football", "pizza", "holiday",
    "laptop", "garden", "marriage", "movie", "dentist", "parcel", "salary",
)  # fmt: skip
# "Was it he or she?", "what passed between them": swapping the names changes nothing.
_EITHER = re.compile(r"\b(?:or|between|whom|both)\b", re.IGNORECASE)
_OTHER_YEAR = "1999"


@dataclass(frozen=True, slots=True)
class Probe:
    """One made-up message, and the entry it was made from."""

    kind: str
    text: str
    entry: Entry

    @property
    def gold(self) -> list[Span]:
        """Where the article answers it; [] if the bot should be quiet."""
        known = self.entry.answerable and self.kind != STRANGE
        return [(c.start, c.end) for c in self.entry.citations] if known else []


@dataclass(frozen=True, slots=True)
class Asked:
    """A probe with what became of it; `entry` is the answer or the gap that it got."""

    probe: Probe
    outcome: Outcome
    entry: str | None
    confidence: float


def mutate(knowledge: Knowledge) -> tuple[str, dict[str, Tally], list[str]]:
    """Ask altered phrasings; return the report, the outcomes by kind, and the strays."""
    found: dict[str, list[Asked]] = {}
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(_share, *left_out(knowledge, fold)) for fold in range(FOLDS)]
        made = [
            *_typos(knowledge), *_swaps(knowledge), *_flips(knowledge), *strangers(knowledge)
        ]  # fmt: skip
        tasks += [pool.submit(_share, knowledge, made[n::_SHARES]) for n in range(_SHARES)]
        for task in tqdm(tasks, "mutating", unit="task", leave=False, disable=None):
            for asked in task.result():
                found.setdefault(asked.probe.kind, []).append(asked)
    tallies = {
        kind: Tally(Counter(asked.outcome for asked in found[kind]))
        for kind in _KINDS
        if kind in found
    }
    rows = []
    for kind, tally in tallies.items():
        counts, total = tally.counts, tally.counts.total()
        shares = (counts["right"] + counts["quiet"], counts["wrong"] + counts["false"])
        rows.append((kind, str(total), *(f"{100 * share / total:.1f} %" for share in shares)))
    flipped = [asked.probe for asked in found.get(FLIPPED, ()) if asked.outcome == "wrong"]
    lines = [
        table(("mutation", "asked", "right or quiet", "wrong"), rows),
        *(f"flip got the original answer: {p.text!r} -> {p.entry.id}" for p in flipped),
    ]
    strays = _strays([*found.get(LEFT_OUT, ()), *found.get(GAP_LEFT_OUT, ())])
    return "\n".join(lines), tallies, strays


def _strays(asked: Sequence[Asked]) -> list[str]:
    """The phrasings that, left out, got another entry: they may belong there. The surest first."""
    others = [a for a in asked if a.entry not in {None, a.probe.entry.id} and a.outcome != "right"]
    return [
        f"{a.confidence:.2f} {PHRASINGS}/{a.probe.entry.id}.txt: {a.probe.text} -> {a.entry}"
        for a in sorted(others, key=lambda a: -a.confidence)
    ]


def _ask(answerer: Answerer, probe: Probe) -> Asked:
    reply = answerer.answer(probe.text)
    if probe.kind == FLIPPED:  # another entry may well answer the flipped question
        original = reply.status == "answered" and reply.entry == probe.entry.id
        return Asked(probe, "wrong" if original else "quiet", reply.entry, reply.confidence)
    return Asked(probe, outcome(reply, probe.gold), reply.entry, reply.confidence)


def _share(knowledge: Knowledge, probes: Sequence[Probe]) -> list[Asked]:
    """Ask a bot a share of the probes."""
    answerer = Answerer(knowledge)
    return [_ask(answerer, probe) for probe in probes]


def left_out(knowledge: Knowledge, fold: int) -> tuple[Knowledge, list[Probe]]:
    """The knowledge without each entry's every `FOLDS`th phrasing from `fold` on, and those."""
    entries = {}
    probes = []
    for entry in knowledge.entries.values():
        gone = frozenset(entry.phrasings[fold::FOLDS])
        kept = tuple(phrasing for phrasing in entry.phrasings if phrasing not in gone)
        entries[entry.id] = replace(entry, phrasings=kept)
        kind = LEFT_OUT if entry.answerable else GAP_LEFT_OUT
        probes += [Probe(kind, phrasing, entry) for phrasing in entry.phrasings[fold::FOLDS]]
    return replace(knowledge, entries=entries), probes


def _some(knowledge: Knowledge) -> Iterator[tuple[str, Entry]]:
    """Every `_EVERY`th phrasing of each entry."""
    for entry in knowledge.answerable_entries():
        for phrasing in entry.phrasings[::_EVERY]:
            yield phrasing, entry


def _typos(knowledge: Knowledge) -> Iterator[Probe]:
    source = random.Random(_SEED)  # noqa: S311 - repeatable, not secret
    for phrasing, entry in _some(knowledge):
        yield Probe(TYPO, one_typo(phrasing, source), entry)


def _swaps(knowledge: Knowledge) -> Iterator[Probe]:
    source = random.Random(_SEED)  # noqa: S311
    for phrasing, entry in _some(knowledge):
        words = phrasing.split()
        if len(words) > 2:  # noqa: PLR2004 - a swap would reverse two words
            at = source.randrange(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
            yield Probe(SWAPPED, " ".join(words), entry)


def strangers(knowledge: Knowledge) -> Iterator[Probe]:
    """Phrasings with an unrelated word for each name: "when does the bicycle end"."""
    finder = NameFinder(knowledge.vocabulary.names)
    source = random.Random(_SEED)  # noqa: S311
    for phrasing, entry in _some(knowledge):
        words = tokenize(phrasing)
        mentions = finder.find(words)
        for mention in reversed(mentions):
            words[mention.start : mention.end] = [source.choice(_STRANGERS)]
        if mentions:
            yield Probe(STRANGE, " ".join(words), entry)


def _flips(knowledge: Knowledge) -> Iterator[Probe]:
    """Phrasings with agent and patient swapped, or with another name or year."""
    names = knowledge.vocabulary.names
    for entry in knowledge.answerable_entries():
        for phrasing in entry.phrasings:
            for text in dict.fromkeys(_flipped(phrasing, entry, names)):
                if text != phrasing:
                    yield Probe(FLIPPED, text, entry)


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
    for date in key.date:
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
