from functools import partial
from itertools import combinations

from bot.language.english import Smalltalk, english
from bot.language.normalise import tokenize
from bot.language.spelling import stem


def test_a_word_stands_once_in_a_group() -> None:
    """No group of general synonyms lists two forms of the same stem."""
    for group in english().synonyms:
        stems = [tuple(map(stem, tokenize(term))) for term in group]
        assert all(one != other for one, other in combinations(stems, 2)), group


def test_a_folder_decides_which_words_it_distinguishes() -> None:
    """A word in one of the folder's own groups means only what it means there."""
    groups = english().with_synonyms([["Cancel", "void"]])
    assert groups[0] == ("Cancel", "void")
    assert [group for group in groups if "cancel" in map(str.casefold, group)] == [groups[0]]
    assert len(groups) == len(english().synonyms) + 1


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
