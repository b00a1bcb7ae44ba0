"""The arrays behind the matcher against plain Python, and what it learns."""

from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.reader import Reader
from bot.matching import Matcher, train
from bot.matching.features import FeatureSpace, Weights, features
from tests.matching.examples import ENTRIES

cells = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 4)), st.floats(-1, 1, width=32), max_size=20
)
vectors = st.dictionaries(st.integers(0, 6), st.floats(0, 1, width=32))


@given(cells, vectors)
def test_weights_multiply_like_a_matrix(
    matrix: dict[tuple[int, int], float], text: dict[int, float]
) -> None:
    """Each score is the bias of its entry plus what each feature contributes."""
    keys = sorted(matrix)
    weights = Weights.of(
        np.array([row for row, _ in keys], np.int64),
        np.array([entry for _, entry in keys], np.int64),
        np.array([matrix[key] for key in keys], np.float32),
        np.array([0, 1, 2, 3, -4], np.float32),
        7,
    )
    vector = (np.array([*text], np.int64), np.array([*text.values()], np.float32))
    bias = [0, 1, 2, 3, -4]
    sums = [
        bias[entry] + sum(value * matrix.get((row, entry), 0) for row, value in text.items())
        for entry in range(5)
    ]
    assert weights.scores(vector) == pytest.approx(sums, abs=1e-5)
    for entry in range(5):
        shares = [share for _, share in weights.contributions(vector, entry)]
        assert bias[entry] + sum(shares) == pytest.approx(sums[entry], abs=1e-5)


@given(st.lists(st.dictionaries(st.sampled_from("abcde"), st.floats(0.1, 5)), min_size=1))
def test_vectors_have_length_1_and_rare_features_weigh_more(texts: list[dict[str, float]]) -> None:
    """A text of no known feature is the exception: it is empty."""
    space, _ = FeatureSpace.learn(texts)
    for text in texts:
        _, values = space.vector(text)
        assert float(values @ values) == pytest.approx(1 if text else 0)
    assert len(space.vector({"unknown": 1.0})[0]) == 0


# Everything about one treaty: only "ratify" and "meet" tell the first two apart.
ALIKE = {
    "ratified": ["who did ratify the treaty", "was it the senate that did ratify the treaty"],
    "met": ["who did meet over the treaty", "was it the senate that did meet over the treaty"],
    "other": ["what is the price of a missile", "missile price"],
}


@pytest.mark.parametrize(
    ("text", "own", "rival"),
    [
        ("so did they ratify it", "ratified", "met"),
        ("so did they meet over it", "met", "ratified"),
        ("did the senate ratify that treaty in the end", "ratified", "met"),
    ],
)
def test_the_word_that_tells_entries_apart_decides(text: str, own: str, rival: str) -> None:
    """The one word that its rival lacks speaks for an entry, and not for the rival."""
    matcher = Matcher(ALIKE)
    word = "sratifi" if own == "ratified" else "smeet"
    assert matcher.rank(text)[0].entry == own
    query = matcher.compare(text)
    assert dict(query.contributions(own))[word] > 0
    assert dict(query.contributions(rival)).get(word, 0) <= 0


def test_few_phrasings_hold_their_own_against_many() -> None:
    """An entry with two phrasings scores about 1 for them, though twenty are nearly the same."""
    things = ["chair", "table", "bench", "lamp", "shelf", "desk", "stool", "bed", "sofa", "rug"]
    few = ["what does a seat cost", "price of a seat"]
    many = [
        form.format(thing) for thing in things for form in ("what does a {} cost", "price of a {}")
    ]
    matcher = Matcher({"few": few, "many": many})
    for phrasing in few:
        assert matcher.rank(phrasing)[0].entry == "few"
        assert matcher.rank(phrasing)[0].score > 0.8


def test_very_many_phrasings_are_averaged_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the size at which training takes minutes, each phrasing still finds its entry."""
    monkeypatch.setattr(train, "_MAX_CELLS", 0)
    matcher = Matcher(ENTRIES)
    for name, phrasings in ENTRIES.items():
        for phrasing in phrasings:
            assert matcher.rank(phrasing)[0].entry == name


@pytest.mark.parametrize("count", [1, 8, 15, 16, 100])
def test_many_phrasings_may_be_nearly_the_same(count: int) -> None:
    """Those that are trained on together don't push their entry further than one alone would."""
    many = [f"when does the long bridge close on gate {number}" for number in range(count)]
    matcher = Matcher({"bridge": many, "mayor": ["who is the mayor", "which mayor is it"]})
    ranked = matcher.rank(many[0])
    assert ranked[0].entry == "bridge"
    assert 0.7 < ranked[0].score < 3


def test_unknown_words_make_a_text_less_like_any() -> None:
    """Three different ones do so at least as much as one that is written three times."""
    matcher = Matcher(ENTRIES)
    name, phrasings = next(iter(ENTRIES.items()))
    texts = (phrasings[0], f"{phrasings[0]} zorb zorb zorb", f"{phrasings[0]} zorb blik quux")
    plain, repeated, different = (matcher.compare(text).scores[name] for text in texts)
    assert plain > repeated >= different


def test_half_of_the_entries_may_be_trained_elsewhere() -> None:
    """Each entry is trained against all phrasings, whatever is trained beside it."""
    reader, words = Reader.learn([text for own in ENTRIES.values() for text in own], (), {})
    space, vectors = FeatureSpace.learn(map(features, map(reader.read_words, words)))
    owners = np.repeat(np.arange(len(ENTRIES)), [len(own) for own in ENTRIES.values()])
    examples = train.Examples(vectors, owners, np.arange(len(owners)).astype(np.uint64))
    calls = []

    def submit(*arguments: Any) -> Future[Weights]:  # noqa: ANN401
        calls.append(arguments)
        done = Future[Weights]()
        done.set_result(train.train_entries(*arguments))
        return done

    alone = train.train(examples, len(ENTRIES), len(space))
    shared = train.train(examples, len(ENTRIES), len(space), submit)
    assert len(calls) == 1
    for number in range(len(owners)):
        scores = alone.scores(vectors[number])
        assert scores == pytest.approx(shared.scores(vectors[number]), abs=1e-5)
        assert scores.argmax() == owners[number]
