import pytest

from bot.language.modality import Modality, find_modality

QUESTIONS: list[tuple[str, Modality | None]] = [
    ("Should Russia destroy its missiles?", "advice"),
    ("what ought to be done", "advice"),
    ("why shouldn’t they leave", "advice"),
    ("how should I spell the missile's name", None),
    ("I should like to know when it ends", None),
    ("I should be most grateful for the date", None),
    ("when should it end", None),
    ("how long would it take to put things right", None),
    ("what happens should the treaty be lost", None),
    ("what does he foresee, should it end?", None),
    ("What does Stoltenberg say we should prepare for?", None),
    ("which missiles should go, according to Washington", None),
    ("do you think it can be saved", "opinion"),
    ("what's your take", "opinion"),
    ("Whose side are you on?", "opinion"),
    ("is it fair to blame only Russia", "opinion"),
    ("was it wrong to leave", "opinion"),
    ("what is wrong with the missile", None),
    ("was the meeting right after the vote", None),
    ("is there a good reason for it", None),
    ("do you think they should stay?", "opinion"),
    ("What if Russia refuses?", "hypothesis"),
    ("what would happen without it", "hypothesis"),
    ("if the US had stayed, would it last?", "hypothesis"),
    ("when does the treaty end", None),
    ("would not comply, who said that", None),
    ("", None),
]


@pytest.mark.parametrize(("question", "modality"), QUESTIONS)
def test_what_a_question_asks_for_beyond_facts(question: str, modality: Modality | None) -> None:
    """Advice, an opinion and a hypothesis are told from facts, and from what somebody said."""
    assert find_modality(question) == modality
