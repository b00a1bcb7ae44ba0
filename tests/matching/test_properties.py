from hypothesis import given
from hypothesis import strategies as st

from bot.matching import Match, Matcher
from tests.matching.examples import ABBREVIATIONS, ENTRIES, SYNONYMS

MATCHER = Matcher(ENTRIES, synonyms=SYNONYMS, abbreviations=ABBREVIATIONS)
WORDS = sorted({word for phrasings in ENTRIES.values() for p in phrasings for word in p.split()})
messages = st.lists(st.sampled_from([*WORDS, "zebra", "tretay", "rocket"]), max_size=12).map(
    " ".join
)
phrasings = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), max_size=4
)
knowledge = st.dictionaries(st.sampled_from("abcdefgh"), phrasings, max_size=8)


def told(matches: list[Match]) -> list[tuple[str, float, str]]:
    """What must not depend on the order in which things were written down."""
    return [(match.entry, match.score, match.phrasing) for match in matches]


@given(st.text(max_size=4096))
def test_any_text_is_taken(text: str) -> None:
    """No text raises, and every number stays within its bounds."""
    for match in MATCHER.rank(text):
        assert 0 < match.confidence <= 1
        assert 0 <= match.likeness <= 1
        assert 0 <= match.covered <= 1
        assert match.phrasing in ENTRIES[match.entry]


@given(st.text(alphabet=st.characters(exclude_categories=("L", "N"))))
def test_text_without_letters_or_digits_gives_nothing(text: str) -> None:
    """Punctuation, spaces, marks and emoji match nothing."""
    assert MATCHER.rank(text) == []


@given(messages)
def test_the_best_come_first_and_ties_by_name(text: str) -> None:
    """Scores fall, and equal ones are in the order of their entries' names."""
    order = [(-match.score, match.entry) for match in MATCHER.rank(text, limit=8)]
    assert order == sorted(order)


@given(messages, st.integers(1, len(ENTRIES)))
def test_a_limit_cuts_the_end_only(text: str, limit: int) -> None:
    """Fewer matches are the first of more matches, of all of them."""
    most = told(MATCHER.rank(text, limit=len(ENTRIES)))
    assert told(MATCHER.rank(text, limit=limit)) == most[:limit]


@given(st.sampled_from([(e, p) for e, ps in ENTRIES.items() for p in ps]), st.sampled_from("?!. "))
def test_a_phrasing_finds_its_own_entry(pair: tuple[str, str], end: str) -> None:
    """A phrasing typed as it stands is exact for its entry, whatever case and end mark."""
    best = MATCHER.rank(pair[1].upper() + end)[0]
    assert (best.entry, best.is_exact, best.confidence, best.covered) == (pair[0], True, 1, 1)


@given(knowledge, messages)
def test_the_order_of_the_knowledge_changes_nothing(
    entries: dict[str, list[str]], text: str
) -> None:
    """Entries and phrasings in any order give the same scores."""
    shuffled = {name: list(reversed(entries[name])) for name in reversed(entries)}
    one = Matcher(entries, synonyms=SYNONYMS).rank(text)
    other = Matcher(shuffled, synonyms=SYNONYMS).rank(text)
    assert told(one) == told(other)


@given(messages)
def test_the_same_words_get_the_same_scores(text: str) -> None:
    """Asking again, or in another session, changes nothing."""
    again = Matcher(ENTRIES, synonyms=SYNONYMS, abbreviations=ABBREVIATIONS)
    assert MATCHER.rank(text) == again.rank(text) == MATCHER.rank(text)


@given(messages)
def test_one_entry_scores_as_it_ranks(text: str) -> None:
    """An entry looked at alone is matched as in the ranking."""
    for match in MATCHER.rank(text):
        assert MATCHER.compare(text).match(match.entry) == match
