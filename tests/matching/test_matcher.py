import pytest

from bot.matching import Matcher
from tests.matching.examples import ABBREVIATIONS, ENTRIES, SYNONYMS


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """Build the shared knowledge base's matcher."""
    return Matcher(ENTRIES, synonyms=SYNONYMS, abbreviations=ABBREVIATIONS)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("wen does it expire", "end"),
        ("when will the treaty lose its force? i mean lose force", "end"),
        ("treaty dealdine", "end"),
        ("when did amercia first acuse russia", "accuse"),
        ("does russia accuse america", "counter"),
        ("rocket name", "missile"),
        ("9m729", "missile"),
        ("9 m 729?", "missile"),
        ("9М729", "missile"),
        ("feb 1", "termination"),
        ("1st of feb", "termination"),
        ("01.02.2019", "termination"),
        ("nonproliferation", "control"),
        ("non proliferation", "control"),
        ("nato russia council", "council"),
        ("abm", "abm"),
        ("2002", "abm"),
    ],
)
def test_finds_the_entry(matcher: Matcher, text: str, entry: str) -> None:
    """People's own words, slips and shorthands lead to the entry they ask for."""
    assert matcher.rank(text)[0].entry == entry


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂🙂", "qwe rty", "9m730", "2018", "2003", "ain", "привет как дела", "???"]
)
def test_nothing_known_gives_nothing(matcher: Matcher, text: str) -> None:
    """Rubbish, other scripts, other codes and other years match no entry at all."""
    assert matcher.rank(text) == []


def score(matcher: Matcher, text: str, entry: str) -> float:
    """The score of one entry for a message."""
    return matcher.compare(text).scores[entry]


def test_another_day_of_the_same_month_is_another_day(matcher: Matcher) -> None:
    """February 2 is worth less than February 1 to the entry about February 1."""
    assert score(matcher, "feb 2", "termination") < score(matcher, "feb 1", "termination")


def test_a_synonym_is_as_good_as_the_word_and_better_than_an_unknown_one(
    matcher: Matcher,
) -> None:
    """A message finds the entry by its synonyms."""
    word, synonym, unknown = (
        score(matcher, f"treaty {verb}", "end") for verb in ("end", "expire", "sing")
    )
    assert word > unknown
    assert synonym > unknown


def test_synonyms_meet_through_words_that_no_phrasing_has() -> None:
    """Two synonyms of a word find each other's entries."""
    matcher = Matcher(
        {"a": ["the truce will lapse"], "b": ["the cat sat"]},
        synonyms=[["lapse", "run out of time"]],
    )
    assert matcher.rank("running out of time")[0].entry == "a"


def test_word_order_decides_between_the_same_words() -> None:
    """Who accused whom is told by the order of the words."""
    matcher = Matcher(
        {"a": ["when did the US first accuse Russia"], "b": ["when did Russia first accuse the US"]}
    )
    assert matcher.rank("and the us accuse russia")[0].entry == "a"
    assert matcher.rank("and russia accuse the us")[0].entry == "b"


def test_covered_is_the_share_of_content_that_the_entry_has(matcher: Matcher) -> None:
    """A message half of unknown words is covered by less than one of known words."""
    assert matcher.rank("treaty deadline")[0].covered == pytest.approx(1)
    assert matcher.rank("treaty deadline zebra xylophone")[0].covered < 0.7


def test_the_features_add_up_to_the_score(matcher: Matcher) -> None:
    """The explanation leaves nothing out but what every message starts with, the same for all."""
    start = []
    for text in ("when does the treaty end", "feb 1", "rocket name"):
        query = matcher.compare(text)
        start.append(query.scores["end"] - sum(weight for _, weight in query.contributions("end")))
    assert start == pytest.approx([start[0]] * 3, abs=1e-4)


def test_an_entry_that_there_is_not_is_an_error(matcher: Matcher) -> None:
    """Asking for an unknown entry names it."""
    with pytest.raises(KeyError, match="no-such"):
        matcher.compare("treaty").contributions("no-such")


@pytest.mark.parametrize("entries", [{}, {"a": []}, {"a": ["??"], "b": [""]}])
def test_entries_without_words_are_never_found(entries: dict[str, list[str]]) -> None:
    """A knowledge base without a single word answers nothing and does not fail."""
    assert Matcher(entries).rank("what is this") == []
