import numpy as np
import pytest
from hypothesis import given

from bot.matching import Matcher
from bot.matching.index import WordIndex
from bot.matching.train import RIVALS, learn
from tests.matching.test_properties import knowledge

# Everything about the end of one treaty or the other: only "ratify" and "meet" tell them apart.
ALIKE = {
    "ratified": ["who did ratify the treaty", "was it the senate that did ratify the treaty"],
    "met": ["who did meet over the treaty", "was it the senate that did meet over the treaty"],
    "other": ["what is the price of a missile", "missile price"],
}


def parts(matcher: Matcher, text: str, entry: str) -> float:
    """What the words of a message say for an entry."""
    found = matcher.explain(text, entry).scores
    assert found is not None
    return found.learned


@pytest.mark.parametrize(
    ("text", "own", "rival"),
    [
        ("so did they ratify it", "ratified", "met"),
        ("so did they meet over it", "met", "ratified"),
        ("did the senate ratify that treaty in the end", "ratified", "met"),
    ],
)
def test_words_that_tell_entries_apart_speak_for_their_own(text: str, own: str, rival: str) -> None:
    """The one word that its rival lacks speaks for an entry and against the rival."""
    matcher = Matcher(ALIKE)
    assert parts(matcher, text, own) > 0 > parts(matcher, text, rival)


@given(knowledge)
def test_phrasings_by_themselves_teach_nothing(entries: dict[str, list[str]]) -> None:
    """Where no entry has two phrasings the score is likeness alone."""
    single = {name: phrasings[:1] for name, phrasings in entries.items()}
    matcher = Matcher(single)
    for phrasings in single.values():
        for phrasing in phrasings:
            assert all(match.score == match.alike for match in matcher.rank(f"{phrasing} when"))


@given(knowledge)
def test_all_profiles_are_those_of_each_phrasing(entries: dict[str, list[str]]) -> None:
    """Scoring all phrasings at once gives what scoring each by itself gives."""
    rows = [
        (number, dict.fromkeys(phrasing.split(), 1.0))
        for number, name in enumerate(sorted(entries))
        for phrasing in entries[name]
        if phrasing.split()
    ]
    if not rows:
        return
    owners = np.array([owner for owner, _ in rows])
    words = WordIndex([amounts for _, amounts in rows], owners, len(entries))
    for lines, scores in words.all_profiles():
        for line, found in zip(lines, scores, strict=True):
            terms, values = words.phrasing(line)
            alone, _ = words.profiles(terms, values, np.zeros(len(terms)))
            assert found == pytest.approx(alone, abs=1e-6)


@given(knowledge)
def test_what_words_say_is_bounded(entries: dict[str, list[str]]) -> None:
    """However one-sided the phrasings, words say at most 1 for an entry and 1 against it."""
    matcher = Matcher(entries)
    for phrasings in entries.values():
        for phrasing in phrasings:
            for match in matcher.rank(phrasing, limit=9):
                assert -1 <= parts(matcher, phrasing, match.entry) <= 1


def test_a_large_knowledge_base_is_learned_from_its_nearest_rivals_alone() -> None:
    """The weights grow with the phrasings and the rivals of each, not with all the entries."""
    count = 300
    rows = [{f"own{n}": 1.0, "shared": 1.0, f"way{k}": 1.0} for n in range(count) for k in range(2)]
    owners = np.repeat(np.arange(count), 2)
    learned = learn(WordIndex(rows, owners, count), owners)
    assert 0 < len(learned) <= len(rows) * 3 * (RIVALS + 1)
