"""Checks ids, references and phrasings, and what is said in the article's name."""

import re
from collections.abc import Iterator

from bot.errors import Problem
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.nearest import choose
from bot.knowledge.read import Files, PlacedPhrasing
from bot.knowledge.references import reference_problems
from bot.knowledge.statements import find_misstatements
from bot.knowledge.yaml_faults import describe_lookalikes
from bot.language.english import english

_ALIKE = 5  # letters with which two forms of a word begin, unlike those in “county council”
# Three questions on a line, of at least three words each.
_WORDS = r"(?:[^\s;|•?]+ +){2}[^;|•?]+"
_SEVERAL = re.compile(rf"(?:{_WORDS}[;|•?]+ *){{2}}{_WORDS}")


def _bad_ids(content: Files) -> Iterator[Problem]:
    """A problem for each id that stands twice, or that links to a paragraph."""
    lists = (("answers.yaml", content.all_items()), ("vocabulary.yaml", content.chats()))
    for name, items in lists:
        seen: dict[str, int] = {}
        for place, item in items:
            file = content.yaml[name]
            here = (*place, "id")
            if re.fullmatch(r"p\d+", item.id):
                reason = f"the id '{item.id}' is reserved for links to paragraphs (p1, p2, …)"
                yield file.problem(here, f"{reason}; choose another, with a word in it")
            if item.id in seen:
                both = f"stands on line {seen[item.id]} and here; give one of them an id of its own"
                yield file.problem(here, f"the id '{item.id}' {both}")
            seen.setdefault(item.id, file.line(here))


def _misused_names(content: Files) -> Iterator[Problem]:
    """A problem for each kind of names that is called like a key."""
    for kind, place in content.raw_keys("vocabulary.yaml", "names").items():
        if kind in EntryKey.model_fields:
            reason = f"a kind of names cannot be called '{kind}', which has a meaning of its own"
            problem = f"{reason} in `key`; choose another word, such as actor or {kind}-name"
            yield content.yaml["vocabulary.yaml"].problem(place, problem)


def _self_related(content: Files) -> Iterator[Problem]:
    """A problem for each entry that is related to itself."""
    ids = [item.id for _, item in content.all_items()]
    for at, item in content.items():
        if item.id in item.related and ids.count(item.id) == 1:
            problem = f"'{item.id}' is related to itself; name another entry here, or none"
            yield content.yaml["answers.yaml"].problem((*at, "related"), problem)


def _shared_names(content: Files) -> Iterator[Problem]:
    """A problem for each form of a name that two things have: only the first would be found."""
    kinds = content.vocabulary.names if content.vocabulary else {}
    first: dict[str, tuple[str, str]] = {}
    for kind, members in kinds.items():
        for id_, forms in members.items():
            for form in forms:
                other = first.setdefault(form.casefold(), (kind, id_))
                if other != (kind, id_):
                    reason = f"“{form}” is a name of '{other[1]}', too; delete it in one of the two"
                    place = ("names", kind, id_)
                    yield content.yaml["vocabulary.yaml"].problem(place, reason)


def _unfinished_smalltalk(content: Files) -> Iterator[Problem]:
    """A problem for each new kind of small talk that lacks phrasings or a reply, or is none."""
    general = {item.id: item.phrasings for item in english().smalltalk}
    for place, chat in content.chats():
        missing = [key for key in ("phrasings", "reply") if not getattr(chat, key)]
        reason = "".join(f"lacks the line “{key}: …”; add it" for key in missing[:1])
        choice = choose(chat.id, general, general if missing else {})
        if choice.startswith("did you mean"):
            reason = f"is none that the bot has; {choice} (a new one needs an id less like that)"
        if reason and chat.id not in general:
            reason = f"the small talk '{chat.id}' {reason}"
            yield content.yaml["vocabulary.yaml"].problem((*place, "id"), reason)


def _lost_commas(content: Files) -> Iterator[Problem]:
    """A problem for each name or synonym that has a word twice, or two forms of it."""
    if content.vocabulary is None:
        return
    file, kinds = content.yaml["vocabulary.yaml"], content.vocabulary.names.items()
    names = [(("names", kind, id_), each) for kind, ids in kinds for id_, each in ids.items()]
    for place, group in (*content.valid("synonyms", content.vocabulary.synonyms), *names):
        for number, item in enumerate(group):
            forms = [word[:_ALIKE] for word in re.findall(rf"\w{{{_ALIKE},}}", item.casefold())]
            here, quoted = (*place, number), (f'"{item}"', f"'{item}'")
            if len(set(forms)) < len(forms) and not any(q in file.written(here) for q in quoted):
                reason = f"a comma seems to be missing in “{item}”; add it, or if that is one name"
                yield file.problem(here, f"{reason}, put it in quotes")


def _phrasing_problems(content: Files) -> Iterator[Problem]:
    """A problem for each phrasing without words, used twice, or with several questions."""
    seen: dict[str, PlacedPhrasing] = {}
    for use in content.phrasings():
        words = " ".join(re.findall(r"\w+", use.text.casefold()))
        written, reason = f"the phrasing '{use.text}' of '{use.owner}'", ""
        if not words:
            reason = f"{written} contains no words; write some"
        elif (first := seen.setdefault(words, use)) is not use:
            where = ":".join(map(str, first.file.location(first.place)))
            both = {use.place[-1], first.place[-1]} == {"question"}
            mend = "reword" if both else "delete"
            reason = (
                f"{written} counts as the same as '{first.text}' of '{first.owner}' ({where});"
                f" {mend} {'it here' if first.owner == use.owner else 'one of them'}"
            )
        elif not use.text.isascii() and (
            strange := next(filter(None, map(describe_lookalikes, use.text.split())), "")
        ):
            reason = f"{written} {strange}"
        elif _SEVERAL.match(use.text):
            reason = "several questions stand on this line; write each on a line of its own"
        if reason:
            yield use.file.problem(use.place, reason)


def verify(content: Files) -> list[Problem]:
    """Every problem that shows up only when the files are checked together."""
    return [
        *_bad_ids(content),
        *_misused_names(content),
        *_self_related(content),
        *_shared_names(content),
        *_unfinished_smalltalk(content),
        *_lost_commas(content),
        *reference_problems(content),
        *_phrasing_problems(content),
        *find_misstatements(content),
    ]
