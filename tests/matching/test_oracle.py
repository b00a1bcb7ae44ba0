import pytest
from hypothesis import given

from bot.matching import Matcher
from tests.matching.examples import ENTRIES, SYNONYMS
from tests.matching.oracle import scores
from tests.matching.test_properties import knowledge, messages

MATCHER = Matcher(ENTRIES, synonyms=SYNONYMS)
TOLERANCE = 1e-5  # stored vectors are of single precision


@given(messages)
def test_ranks_as_the_definition_says(text: str) -> None:
    """All entries score in numpy what the slow definition gives."""
    ranked = {match.entry: match.score for match in MATCHER.rank(text, limit=len(ENTRIES))}
    assert ranked == pytest.approx(scores(ENTRIES, SYNONYMS, text), abs=TOLERANCE)


@given(knowledge, messages)
def test_any_knowledge_scores_as_the_definition_says(
    entries: dict[str, list[str]], text: str
) -> None:
    """Odd knowledge bases too: empty entries, one entry, the same phrasing twice."""
    distinct = {name: sorted(set(phrasings)) for name, phrasings in entries.items()}
    matcher = Matcher(distinct, synonyms=SYNONYMS)
    ranked = {match.entry: match.score for match in matcher.rank(text, limit=8)}
    assert ranked == pytest.approx(scores(distinct, SYNONYMS, text), abs=TOLERANCE)
