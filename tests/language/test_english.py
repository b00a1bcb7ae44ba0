from itertools import combinations

from bot.language.english import english
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
