"""Whatever people send: no exception, no answer without a passage, none to rubbish."""

from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answerer, Conversation
from bot.knowledge import load_knowledge

ANSWERER = Answerer(load_knowledge())
LONGEST = 4096  # characters of a message
ANY = st.text(max_size=LONGEST)
# No letter or digit that the article or the vocabulary could know.
FOREIGN = st.text(
    st.characters(
        categories=("Lo", "So", "Sm", "Sc", "Sk", "Cf", "Mn", "Po", "Zs"), min_codepoint=0x370
    ),
    max_size=LONGEST,
)
WORDS = [
    word for entry in ANSWERER.knowledge.answerable_entries() for word in entry.question.split()
]
AFTER = Conversation().after(ANSWERER.answer("When does the INF Treaty end?"))
# Most of what leans on an answer is a word or two.
SHORT = st.one_of(ANY, st.text(max_size=6), st.text("abeghiknortuwy ?", max_size=12))
MIXED = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=60)


@given(ANY)
def test_any_unicode_gets_a_reply(text: str) -> None:
    """Up to the longest message that Telegram takes; an answer has its passage."""
    reply = ANSWERER.answer(text)
    assert reply.status != "answered" or reply.citations


@given(SHORT)
def test_any_unicode_after_an_answer_gets_a_reply(text: str) -> None:
    """Nor does what came before make a message of one letter fail."""
    reply = ANSWERER.answer(text, AFTER)
    assert reply.status != "answered" or reply.citations


@given(FOREIGN)
def test_no_known_word_no_answer(text: str) -> None:
    """Other scripts, emoji, symbols and invisible characters are never answered by accident."""
    assert ANSWERER.answer(text).status == "unanswered"


@given(MIXED)
def test_known_words_in_any_order_are_survived(words: list[str]) -> None:
    """And the same words always get the same reply."""
    text = " ".join(words)[:LONGEST]
    assert ANSWERER.answer(text) == ANSWERER.answer(text)
