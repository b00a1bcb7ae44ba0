"""Checks the rules of STYLE.md that a machine can check."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from bot.errors import Problem
from bot.knowledge.format import EntryItem
from bot.knowledge.provenance import names_any_of
from bot.knowledge.read import Files
from bot.knowledge.yaml_lines import Place
from bot.language.english import english
from bot.typeface import missing_letters

_OWN_VOICE = "report"  # of what the article itself reports; it needs no attribution
_TOO_LONG = 45  # words of a passage
_QUOTATION = re.compile(r'"[^"]*"|“[^”]*”')


def style_problems(content: Files) -> Iterator[Problem]:
    """Every breach of a rule in a folder that is valid otherwise."""
    for name, place, owner, breaches in _texts(content):
        for breach in breaches:
            yield content.yaml[name].problem(place, f"'{owner}' {breach}")


def _texts(content: Files) -> Iterator[tuple[str, Place, str, Iterable[str]]]:
    """Each text with its file, place and owner, and what is wrong with it."""
    name = "answers.yaml"
    for n, entry in enumerate(content.answers.entries):
        wrong = chain(_ageing(entry.answer), _unattributed(entry, content), _evasive(entry))
        yield name, ("entries", n, "answer"), entry.id, wrong
        yield name, ("entries", n, "passages"), entry.id, _long(entry.passages, entry.uncut)
    for n, gap in enumerate(content.answers.gaps):
        yield name, ("gaps", n, "line"), gap.id, _ageing(gap.line)
        yield name, ("gaps", n, "nearest"), gap.id, _long([gap.nearest or ""], gap.uncut)
    name = "timeline.yaml"
    for n, event in enumerate(content.timeline.events if content.timeline else ()):
        wrong = chain(_ageing(event.label), _undrawable(event.label))
        yield name, ("events", n, "label"), event.date, wrong
        yield name, ("events", n, "passage"), event.date, _long([event.passage], event.uncut)
    if content.source:
        yield "source.yaml", ("title",), "title", _undrawable(content.source.title)


def _ageing(text: str) -> Iterator[str]:
    """Words that are true only on the day the article appears."""
    for word in _found(english().style["ageing"], _QUOTATION.sub('""', text)):
        yield (
            f"says “{word}”, which readers take as of today; write as of the article's date, like"
            " “was due to”, or quote it"
        )


def _long(passages: Iterable[str], uncut: bool) -> Iterator[str]:  # noqa: FBT001
    for passage in passages:
        count = len(passage.split())
        if count >= _TOO_LONG and not uncut:
            yield (
                f"quotes {count} words at once, and readers want fewer than {_TOO_LONG}:"
                f" “{passage[:40]}…”; quote only the clause, or write `uncut: true`"
            )


def _unattributed(entry: EntryItem, content: Files) -> Iterator[str]:
    """Whether somebody's claim is not said to be theirs, outside the words quoted."""
    vocabulary = content.vocabulary
    if entry.voice == _OWN_VOICE or vocabulary is None:
        return
    claimant, said = vocabulary.voices[entry.voice], _QUOTATION.sub('""', entry.answer)
    is_named = names_any_of(claimant, said, vocabulary.names)
    attributing = (*english().saying, *english().style["attributing"])
    if not (is_named and _found(attributing, said)):
        yield (
            f"does not say that it is the claim of {claimant}, its voice; name them, with"
            " “according to”, “said” or the like"
        )


def _evasive(entry: EntryItem) -> Iterator[str]:
    """Whether the question wants a yes or a no, and the answer does not begin with one."""
    style, asked = english().style, entry.question.casefold()
    if not _begins(asked, style["asks_yes_or_no"]) or " or " in asked:  # which of two
        return
    if not _begins(entry.answer.casefold(), style["settles"]):
        openers = ", ".join(f"“{opener}”" for opener in style["settles"])
        yield f"does not begin with yes or no, though that is asked; begin with one of {openers}"


def _undrawable(text: str) -> Iterator[str]:
    """Letters that the pictures' typeface lacks, by name."""
    for letter in missing_letters(text):
        name = unicodedata.name(letter, "a letter without a name")
        yield (
            f"contains '{letter}' ({name}), which the typeface of the pictures lacks; write it with"
            " other letters"
        )


def _found(words: Iterable[str], text: str) -> list[str]:
    """The words or phrases of a list that stand in a text."""
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)"
    return list(dict.fromkeys(re.findall(pattern, text.casefold())))


def _begins(text: str, openers: Sequence[str]) -> bool:
    return any(re.match(rf"{re.escape(opener)}(?!\w)", text) for opener in openers)
