import pytest

from tests.soak.counting import Comparison, compare


@pytest.mark.parametrize(
    ("expected", "sent", "unanswered", "astray", "copies"),
    [
        ("abc", "abc", 0, 0, []),
        ("abc", "ab", 1, 0, []),
        ("abc", "ac", 1, 0, []),
        ("abc", "aabc", 0, 0, [(0, 1)]),
        ("abc", "abac", 0, 0, [(0, 2)]),
        ("abc", "aaabc", 0, 0, [(0, 1), (1, 2)]),
        ("abc", "abxc", 0, 1, []),
        ("abc", "", 3, 0, []),
        ("abcdefgha", "abcdefghaa", 0, 0, [(8, 9)]),
    ],
)
def test_answers_are_matched_with_questions(
    expected: str, sent: str, unanswered: int, astray: int, copies: list[tuple[int, int]]
) -> None:
    """Missing and stray answers are counted, and copies are paired with their originals."""
    assert compare(expected, sent) == Comparison(unanswered, astray, copies)
