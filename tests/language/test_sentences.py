import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.question_text import question_text
from bot.language.dates import asks_about_now
from bot.language.normalise import has_content, tokenize
from bot.language.sentences import asks_openly, questions_among, sentence_bounds, split_parts

SPLIT = [
    ("when does it end?", []),
    ("when does it end and who said so?", ["when does it end", "who said so?"]),
    ("Hello. When does it end?", ["Hello.", "When does it end?"]),
    ("when did x leave, and when did y start?", ["when did x leave", "when did y start?"]),
    (
        "how, when and why will it end?",
        ["how will it end?", "when will it end?", "why will it end?"],
    ),
    ("how does it end and why?", ["how does it end", "why does it end"]),
    ("arms control and disarmament", []),
    ("one two; three; four", ["one two", "three", "four"]),
    (
        "my uncle says it is all on the news, long day, anyway what i want to know is when it ends",
        ["my uncle says it is all on the news, long day", "when it ends"],
    ),
    (
        "we argued about it at dinner for an hour and in the end nobody could say when they left",
        [
            "we argued about it at dinner for an hour and in the end nobody could say",
            "when they left",
        ],
    ),
    ("i just want to know when it ends", []),
]


@pytest.mark.parametrize(("text", "parts"), SPLIT)
def test_a_message_is_split_into_questions(text: str, parts: list[str]) -> None:
    """Sentences and joined questions are parts; a single question has none."""
    assert list(split_parts(text)) == parts


CLEANED = [
    ("/ask@TreatyBot when does it end", "when does it end"),
    ("@TreatyBot when?", "when?"),
    ("see https://example.org/x when?", "see when?"),
    ("Forwarded from World Wire:\nwhat now?", "what now?"),
    ("mail me@example.org", "mail me@example.org"),
    ("a " + " " * 50 + "b \n \n\n c", "a b\nc"),
    ("```\nfor i in x:\n```\nwhy?", "why?"),
    ("did they not leave?", "did they not leave?"),
    ("what did the U.S. do with U.S. missiles", "what did the US do with USA missiles"),
    ("tell us of US plans, all of us", "tell us of USA plans, all of us"),
    ("it is over, not only for us", "it is over, not only for us"),
    ("<b>when</b> does it &quot;end&quot;", 'when does it "end"'),
    ("so um when, erm, does it end", "so when, does it end"),
    ("True or false: it has ended", "it has ended"),
    ("they say it has ended. is he right?", "they say it has ended"),
    ("and my dad says that it has ended. is he right?", "it has ended"),
    ("our man says hello", "our man says hello"),
    ("is that true?", "is that true?"),
    ('He put it as "we are done". Is that correct?', 'He put it as "we are done"'),
    ("When was it built, does it say that at least?", "When was it built"),
    ("does it say that?", "does it say that?"),
    ("Next bet, mate: it ended in May. Nope?", "it ended in May"),
    ("I ask: they were there, yes no?", "they were there"),
    ("this treaty: when was it signed?", "this treaty: when was it signed?"),
    ("Which of them made the claim: the mayor or Berg?",) * 2,
    ("When does the ER close?", "When does the ER close?"),
    ("UM, WHEN DOES IT END?", "WHEN DOES IT END?"),
    ("May I ask one question: when does it end?", "when does it end?"),
    ("I didn't ask where they met. Who spoke there?", "Who spoke there?"),
    ("You skipped half of my question: who was it?", "who was it?"),
    ("I know what it says. Is it proven?", "Is it proven?"),
    ("You told me that the mayor left. When?", "You told me that the mayor left. When?"),
    ("what does i n f mean, r u a bot", "what does inf mean, r u a bot"),
]


@pytest.mark.parametrize(("message", "question"), CLEANED)
def test_addresses_links_and_code_are_no_question(message: str, question: str) -> None:
    """What cannot be part of a question is left out."""
    assert question_text(message) == question


@given(st.text(max_size=4096))
def test_any_text_splits_without_loss_of_order(text: str) -> None:
    """Every part stands in the text, and splitting never raises."""
    parts = split_parts(question_text(text))
    assert all(parts)
    assert set(questions_among([*parts])) <= set(parts)


def test_a_part_comes_with_its_sentence() -> None:
    """The sentence of a part goes from one full stop to the next."""
    sentences = split_parts("Hello. When did x leave, and who said so? Bye now.")
    assert sentences["who said so?"] == "When did x leave, and who said so?"
    assert sentences["Hello."] == "Hello."


def test_asking_whether_the_text_says_it_is_no_question_of_its_own() -> None:
    """In a long message, "does it say" only leads to what is asked."""
    ramble = "I used to live near that bridge and so I would really like to know more about it."
    assert [*split_parts(f"{ramble} Does the article say who built it?")][-1] == "who built it?"


def test_a_question_behind_a_colon_is_one_of_its_own() -> None:
    """What stands before the colon only leads to it."""
    text = "My boss needs it soon: when is it over?"
    assert [*split_parts(text)] == ["My boss needs it soon", "when is it over?"]
    assert not split_parts("the treaty: its end")


def test_in_a_ramble_the_question_mark_decides() -> None:
    """Requests and chatter give way to the one part with a question mark."""
    parts = ["We know a lot.", "I ask you.", "Fair enough.", "what caused it?", "Kind regards"]
    assert questions_among(parts) == ["what caused it?"]
    assert questions_among(["Hello.", "tell me the date"]) == ["tell me the date"]


def test_empty_words_ask_nothing() -> None:
    """Function words alone carry no content; a name does."""
    assert not has_content(tokenize("what is it and who did that to them"))
    assert has_content(tokenize("9m729"))


def test_questions_about_now() -> None:
    """Words of the present are noticed as words."""
    assert asks_about_now("is it still in force")
    assert not asks_about_now("was it known then")
    assert asks_about_now("what holds now")
    assert not asks_about_now("now the other side please")


SENTENCES = [
    "Dr. Ida Berg spoke. | She left.",
    "He lives in St. Mary Street. | It is quiet.",
    "Ms. Okoro and Mr. Dahl agreed.",
    "Rule No. 5 applies. | See Art. 12 and p. 3.",
    "No. | The council refused.",
    "The U.S. Senate met. | It was in the U.S. | The vote failed.",
    "J. R. Smith paid 7.4 million. | Nobody knows why.",
    "It opens at 9 a.m. | The gate is shut until then.",
    "Acme Ltd. Paris is small. | Acme Inc. | It closed.",
    'She said: "We lost." | The mayor left.',
    '"Why not?" Mayor Ida Berg asked. | Nobody answered.',
    '"Why not?" | Nobody knew.',
    "“It is over!” she said. | “Go home.” | They did.",
    '"You can buy a tuba. You can\'t buy a cornet," she said. | All was well.',
    "She said: “It rained. It snowed.” | The mayor left.",
    "It cost 5. | 12 people came. | Émile was there.",
    "LINDHOLM, March 3. | /Wire/. | The council met.",
    "They waited ... and waited. | Then it came…",
    "It closed on Jan. 5 for good (see below). | It never reopened.",
    "1. Who may run. | You must be 18. | 2.1. Paying. | The fee is 5.",
    "He came home (at last). | [He had been away.] | All was well.",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str) -> None:
    """Not after titles, initials, numbers or abbreviations; the bars show where it does."""
    whole = text.replace(" |", "")
    found = [whole[start:end] for start, end in sentence_bounds(whole)]
    assert found == text.split(" | ")


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("who closed it", True),
        ("ok so which bridge is it", True),
        ("tell me about the bridge", True),
        ("Nice. Compare both offers", True),
        ("is it closed", False),
        ("so it is closed?", False),
        ("what they built is gone, right?", False),
        ("tell me whether it is closed", False),
        ("why? is it broken?", False),
    ],
)
def test_a_yes_is_no_answer_to_who_or_how(text: str, open_: bool) -> None:  # noqa: FBT001
    """Only a question that can be answered so is answered with yes or no."""
    assert asks_openly(text) == open_
