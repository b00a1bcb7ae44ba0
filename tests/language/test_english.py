from functools import partial
from itertools import combinations

import pytest

from bot.language.english import Smalltalk, english
from bot.language.normalise import tokenize
from bot.language.reader import Reader
from bot.language.spelling import stem


def test_a_word_stands_once_in_a_group() -> None:
    """No group of general synonyms lists two forms of the same stem."""
    for group in english().synonyms:
        stems = [tuple(map(stem, tokenize(term))) for term in group]
        assert all(one != other for one, other in combinations(stems, 2)), group


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("pull out", "withdraw"),
        ("pitch in", "contribute"),
        ("shell out", "pay"),
        ("how many", "number"),
        ("pull the plug", "cancel"),
        ("bring it back", "return"),
        ("hand in my notice", "resign"),
        ("do we have to", "required"),
        ("can I", "permitted"),
        ("why", "reason"),
        ("when", "date"),
        ("where", "location"),
    ],
)
def test_what_people_say_informally_has_a_meaning_in_common_with_the_usual_word(
    asked: str, written: str
) -> None:
    """Phrasal verbs and the words of a question are synonyms of what notices and rules say."""
    reader, _ = Reader.learn([written], english().synonyms, english().abbreviations)
    one, other = (
        {name for names in reader.read(text).concepts for name in names}
        for text in (asked, written)
    )
    assert one & other


@pytest.mark.parametrize(
    ("said", "unlike"),
    [
        ("it looks like rain", "probable"),
        ("when can I come", "future"),
        ("the present owner", "currently"),
        ("minor injuries", "children"),
        ("go up the tower", "increase"),
        ("give it back", "supporter"),
        ("the last one", "duration"),
        ("please tell me", "happy"),
        ("they present a plan", "gift"),
    ],
)
def test_a_word_with_a_commoner_other_sense_is_no_synonym(said: str, unlike: str) -> None:
    """Stems are compared, so "likely" would be "like", and "coming" would be "come"."""
    reader, _ = Reader.learn([said], english().synonyms, english().abbreviations)
    one, other = (
        {name for names in reader.read(text).concepts for name in names} for text in (said, unlike)
    )
    assert other
    assert not one & other


def test_a_folder_decides_which_words_it_distinguishes() -> None:
    """A word in one of the folder's own groups means only what it means there."""
    groups = english().with_synonyms([["Cancel", "void"]])
    assert groups[0] == ("Cancel", "void")
    assert [group for group in groups if "cancel" in map(str.casefold, group)] == [groups[0]]
    assert len(groups) == len(english().synonyms) + 1


def test_a_folder_decides_what_hides_its_words() -> None:
    """No longer general term, such as "put off", has a word that the folder has grouped."""
    groups = english().with_synonyms([["heavy", "in"]])
    terms = {term for group in groups[1:] for term in group}
    assert "how heavy" not in terms
    assert "get in touch" in terms


def test_a_folder_decides_where_a_phrasing_leads() -> None:
    """A cue of its own takes the phrasing from the general one that has it."""
    found = english().with_follow_ups({"cost": ["Why though?"]})
    assert "why though" in english().follow_ups["why"]
    assert "why though" not in found["why"]
    assert found["cost"] == ("Why though?",)


def test_a_folder_takes_only_its_own_phrasings_of_a_cue() -> None:
    """Others stay, however much they have in common with it."""
    found = english().with_follow_ups({"cost": ["what else is there", "what was the exact date"]})
    assert "what else is there" not in found["more"]
    assert "what else" in found["more"]
    assert "what was the date" in found["when"]


def test_each_abbreviation_is_expanded() -> None:
    """Words that are read alike anyway, such as months, need none."""
    for short, long in english().abbreviations.items():
        assert tokenize(short) != tokenize(long), short


def test_a_message_is_small_talk_of_one_kind() -> None:
    """No phrasing of the general small talk stands twice."""
    words = [" ".join(tokenize(text)) for item in english().smalltalk for text in item.phrasings]
    assert len(words) == len(set(words))


def test_a_folder_has_the_last_word_in_small_talk() -> None:
    """Its reply counts, its phrasings come first, and what it takes elsewhere is not small talk."""
    own = [
        Smalltalk("thanks", ("grand",), "Don't mention it."),
        Smalltalk("toast", ("cheers",), "Cheers!"),
    ]
    fill = partial(str.format, title="A & B", text_type="notice")
    found = {item.id: item for item in english().with_smalltalk(own, {"cheers", "help"}, fill)}
    thanks = found["thanks"]
    assert (thanks.phrasings, thanks.reply) == (("grand",), "Don't mention it.")
    assert "thank you" in thanks.general
    assert found["toast"] == own[1]
    assert all({"cheers", "help"}.isdisjoint(item.general) for item in found.values())
    assert "one notice, “A & B”" in found["identity"].reply
