"""Checks the rules of STYLE.md that a machine can check."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from bot.errors import Problem
from bot.knowledge.format import OWN_VOICE, EntryItem, EventItem, GapItem
from bot.knowledge.provenance import words_with_other_names
from bot.knowledge.read import Files
from bot.knowledge.yaml_faults import describe_character
from bot.knowledge.yaml_lines import Place
from bot.language.english import english
from bot.language.normalise import FUNCTION_WORDS, asks_yes_or_no
from bot.language.sentences import sentence_bounds
from bot.typeface import missing_letters

_TOO_LONG = 45  # words of a passage
_MANY = 5  # sentences of an answer, which should have one to three
_END = re.compile(r"[.!?…\"”’»')\]]$")  # or a title in quotes
# HTML's characters and tags; Markdown's bold, italics and code.
_MARKUP = re.compile(r"&#?\w\w+;|<\w[^<>]*>(?:.*</\w+>)?|(\*+|__|`)(?=[^\W_])[^*`]*?(?<=\S)\1")


def style_problems(content: Files) -> Iterator[Problem]:
    """Every breach of a rule in a folder that is valid otherwise."""
    for file, place, owner, breaches in _texts(content):
        for breach in breaches:
            yield content.yaml[file].problem(place, f"'{owner}' {breach}")


def _texts(content: Files) -> Iterator[tuple[str, Place, str, Iterable[str]]]:
    """Each text with its file, place and owner, and what is wrong with it."""
    file, article = "answers.yaml", content.article.text
    for place, item in content.items():
        yield file, (*place, "question"), item.id, _formatted(item.question, article)
        if isinstance(item, EntryItem):
            wrong = chain(
                _worded(item.answer, article), _unattributed(item, content), _evasive(item, content)
            )
            yield file, (*place, "answer"), item.id, chain(wrong, _told(item.answer))
            yield file, (*place, "passages"), item.id, _quoted(item.passages, item, article)
        else:
            yield file, (*place, "line"), item.id, _worded(item.line, article)
            yield file, (*place, "nearest"), item.id, _quoted(item.nearest, item, article)
    file = "timeline.yaml"
    for place, event in content.events():
        wrong = chain(_worded(event.label, article), _undrawable(event.label))
        yield file, (*place, "label"), event.date, wrong
        yield file, (*place, "passage"), event.date, _quoted([event.passage], event, article)
    for place, chat in content.chats():
        reply = _formatted(chat.reply or "", article)
        yield "vocabulary.yaml", (*place, "reply"), chat.id, reply
    if content.source:
        yield "source.yaml", ("title",), "title", _undrawable(content.source.title)


def _formatted(text: str, article: str) -> Iterator[str]:
    """What a web page would show as something else, unless the article has it, too."""
    if (found := _MARKUP.search(text)) and found[0] not in article:
        plain = html.unescape(re.sub(r"<[^>]*>|[*_`]", "", found[0])).replace("\xa0", "a space")
        mend = f"write {plain} instead" if plain else "delete it"
        yield f"has “{found[0]}”, which readers would see as it stands; {mend}"
    if text.count('"') % 2:
        yield 'has a quotation mark (") without its partner; add that, or delete the mark'


def _worded(text: str, article: str) -> Iterator[str]:
    """Words that are true only on the day the article appears, and formatting."""
    yield from _formatted(text, article)
    if words := dict.fromkeys(_words("ageing").findall(_unquoted(text))):
        listed = " and ".join(f"“{word}”" for word in words)
        yield (
            f"says {listed}, which readers take as of today; write as of the article's date, like"
            " “was due to”, or in the present tense what holds at any time, like “opens at nine”,"
            " or quote it"
        )


def _told(answer: str) -> Iterator[str]:
    """Whether an answer is too long, or breaks off."""
    count = len([*sentence_bounds(answer)])
    if count > _MANY:
        yield f"has {count} sentences, and readers want one to three; shorten it"
    if not _END.search(answer):
        end = " ".join(answer.split()[-4:])
        yield f"ends with “{end}”, without a full stop; is its end missing?"


def _quoted(
    passages: Sequence[str], item: EntryItem | GapItem | EventItem, article: str
) -> Iterator[str]:
    """Whether passages are too long, stand twice, or break off within a word."""
    for passage, times in Counter(passages).items():
        if times > 1:
            yield f"cites “{passage[:40]}…” twice; delete one of the two"
        edges = [r"(?<!\w)" * passage[0].isalnum(), r"(?!\w)" * passage[-1].isalnum()]
        if passage in article and not re.search(re.escape(passage).join(edges), article):
            yield f"cites “{passage}”, which begins or ends within a word; cite whole words"
        count = len(passage.split())
        if count >= _TOO_LONG and not item.uncut:
            yield (
                f"quotes {count} words at once, and readers want fewer than {_TOO_LONG}:"
                f" “{passage[:40]}…”; quote only the clause, or write `uncut: true`"
            )


def _unattributed(entry: EntryItem, content: Files) -> Iterator[str]:
    """Whether somebody's claim is not said to be theirs, outside the words quoted."""
    vocabulary = content.vocabulary
    if entry.voice == OWN_VOICE or vocabulary is None or entry.voice not in vocabulary.voices:
        return
    claimant, said = vocabulary.voices[entry.voice], _unquoted(entry.answer)
    named = words_with_other_names(said, vocabulary.names)
    is_named = named & set(re.findall(r"\w+", claimant.casefold())) - FUNCTION_WORDS
    if not (is_named and _words("attributing").search(said)):
        yield (
            f"does not say that it is the claim of {claimant}, its voice; name them, with"
            " “according to”, “said” or the like"
        )


def _evasive(entry: EntryItem, content: Files) -> Iterator[str]:
    """Whether the question wants a yes or a no, and the answer does not begin with one."""
    asked, answer = entry.question.casefold(), entry.answer.casefold()
    is_choice = " or " in asked  # which of two
    own = content.source.text_type if content.source else "article"
    settles = any(_words("settles", one).match(answer) for one in (own, "article"))
    if asks_yes_or_no(asked) and not is_choice and not settles:
        openers = ", ".join(f"“{o.format(text_type=own)}”" for o in english().style["settles"])
        yield f"does not begin with yes or no, though that is asked; begin with one of {openers}"


def _undrawable(text: str) -> Iterator[str]:
    """Letters that the pictures' typeface lacks, by name."""
    for letter in missing_letters(text):
        named = describe_character(letter)
        yield f"contains {named}, which the typeface of the pictures lacks; write other letters"


def _unquoted(text: str) -> str:
    return re.sub(r'"[^"]*"|“[^”]*”', '""', text.casefold())


@cache
def _words(rule: str, text_type: str = "article") -> re.Pattern[str]:
    """Matches the words that a rule of style is about."""
    words = (re.escape(word.format(text_type=text_type)) for word in english().style[rule])
    # What "was going to" happen is told as of the article's date.
    past = r"(?:(?<!\bwas )(?<!\bwere )|(?!\w+ to\b))"
    return re.compile(rf"(?<!\w){past}(?:{'|'.join(words)})(?!\w)")
