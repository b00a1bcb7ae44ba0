"""Checks the rules of STYLE.md that a machine can check."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.errors import Problem
from bot.knowledge.format import EntryItem, EventItem, GapItem
from bot.knowledge.provenance import names_any_of
from bot.knowledge.read import Files
from bot.knowledge.yaml_lines import Place, YamlFile
from bot.language.english import english
from bot.typeface import Style, missing_letters

REPORT = "report"  # the voice of what the article itself reports
_TOO_LONG = 45  # words of a passage
_QUOTATION = re.compile(r'"[^"]*"|“[^”]*”')


def style_problems(content: Files) -> Iterator[Problem]:
    """Every breach of a rule in a folder that is valid otherwise."""
    file = content.yaml["answers.yaml"]
    for n, entry in enumerate(content.answers.entries):
        place: Place = ("entries", n)
        yield from _ageing(file, (*place, "answer"), entry.id, entry.answer)
        yield from _long(file, (*place, "passages"), entry, entry.passages)
        yield from _unattributed(content, (*place, "answer"), entry)
        yield from _evasive(file, (*place, "answer"), entry)
    for n, gap in enumerate(content.answers.gaps):
        yield from _ageing(file, ("gaps", n, "line"), gap.id, gap.line)
        yield from _long(file, ("gaps", n, "nearest"), gap, [gap.nearest or ""])
    yield from _timeline(content)


def _ageing(file: YamlFile, place: Place, owner: str, text: str) -> Iterator[Problem]:
    """A problem for each word that is true only on the day the article appears."""
    for word in _found(english().style["ageing"], _QUOTATION.sub('""', text)):
        yield file.problem(
            place,
            f"'{owner}' says “{word}”, which readers take as of today; write as of the article's"
            " date, like “was due to”, or quote it",
        )


def _long(
    file: YamlFile, place: Place, item: EntryItem | GapItem | EventItem, passages: Sequence[str]
) -> Iterator[Problem]:
    owner = item.date if isinstance(item, EventItem) else item.id
    for passage in passages:
        count = len(passage.split())
        if count >= _TOO_LONG and not item.uncut:
            yield file.problem(
                place,
                f"a passage of '{owner}' has {count} words, and readers want fewer than"
                f" {_TOO_LONG}: “{passage[:40]}…”; quote only the clause, or write `uncut: true`",
            )


def _unattributed(content: Files, place: Place, entry: EntryItem) -> Iterator[Problem]:
    """A problem if somebody's claim is not said to be theirs, outside the words quoted."""
    vocabulary = content.vocabulary
    if entry.voice == REPORT or vocabulary is None:
        return
    claimant = vocabulary.voices[entry.voice]
    said = _QUOTATION.sub('""', entry.answer)
    is_named = names_any_of(claimant, said, vocabulary.names)
    if is_named and _found(english().style["saying"], said):
        return
    yield content.yaml["answers.yaml"].problem(
        place,
        f"'{entry.id}' does not say that it is the claim of {claimant}, its voice; name them, with"
        " “according to”, “said” or the like",
    )


def _evasive(file: YamlFile, place: Place, entry: EntryItem) -> Iterator[Problem]:
    """A problem if the question wants a yes or a no, and the answer does not begin with one."""
    style = english().style
    asked, answer = entry.question.casefold(), entry.answer.casefold()
    if (
        _begins(asked, style["asks_yes_or_no"])
        and " or " not in asked
        and not _begins(answer, style["settles"])
    ):
        openers = ", ".join(f"“{opener}”" for opener in style["settles"])
        yield file.problem(
            place,
            f"'{entry.id}' does not begin with yes or no, though that is asked; begin with one"
            f" of {openers}",
        )


def _timeline(content: Files) -> Iterator[Problem]:
    if content.timeline is None or content.source is None:
        return
    file = content.yaml["timeline.yaml"]
    title = content.yaml["source.yaml"], ("title",), "the title", content.source.title
    yield from _undrawable(*title, "Semibold")
    for n, event in enumerate(content.timeline.events):
        place: Place = ("events", n)
        label = (*place, "label"), event.date, event.label
        yield from _ageing(file, *label)
        yield from _undrawable(file, *label, "Regular")
        yield from _long(file, (*place, "passage"), event, [event.passage])


def _undrawable(
    file: YamlFile, place: Place, owner: str, text: str, style: Style
) -> Iterator[Problem]:
    """A problem for each letter that the pictures' typeface lacks, by its name."""
    for letter in missing_letters(text, style):
        name = unicodedata.name(letter, "a letter without a name")
        yield file.problem(
            place,
            f"'{owner}' contains '{letter}' ({name}), which the typeface of the pictures"
            " lacks; write it with other letters",
        )


def _found(words: Sequence[str], text: str) -> list[str]:
    """The words or phrases of a list that stand in a text."""
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)"
    return list(dict.fromkeys(re.findall(pattern, text.casefold())))


def _begins(text: str, openers: Sequence[str]) -> bool:
    return any(re.match(rf"{re.escape(opener)}(?!\w)", text) for opener in openers)
