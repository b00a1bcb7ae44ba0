"""What a message that leans on the answer before it is taken for."""

import pytest

from bot.answering import Answerer, Conversation, Reply, Section
from bot.answering.reply import Suggestion
from bot.loading.cache import load_answerer


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The bot with the shipped knowledge."""
    return load_answerer()


def last_reply(answerer: Answerer, *texts: str) -> Reply:
    """The reply to the last message of a conversation."""
    conversation = Conversation()
    for text in texts[:-1]:
        conversation = conversation.after(answerer.answer(text, conversation))
    return answerer.answer(texts[-1], conversation)


def asked_on(answerer: Answerer, *texts: str) -> tuple[str, str | None]:
    """Status and entry of the reply to the last of some messages."""
    reply = last_reply(answerer, *texts)
    return reply.status, reply.entry


END = "when does the INF treaty end?"
CUES = [
    ("why?", "us-announcement"),
    ("and why, exactly?", "us-announcement"),
    ("lol why", "us-announcement"),
    ("what then", "gap-after-august"),
    ("source pls", "inf-end-date"),
    ("suorce", "inf-end-date"),
    ("who said so?", "inf-end-date"),
    ("when is it over", "inf-end-date"),
    ("how long does it take?", "termination-period"),
    ("and the month?", "inf-end-date"),
    ("the year too?", "inf-end-date"),
    ("yes or no?", "inf-end-date"),
    ("was it?", "inf-end-date"),
    ("who pays it", "gap-cost"),  # is no misspelt "who says it"
]


@pytest.mark.parametrize(("text", "entry"), CUES)
def test_a_cue_is_read_in_the_light_of_the_answer(
    answerer: Answerer, text: str, entry: str | None
) -> None:
    """Cues lead on, in other words and with a slip too; what is none stands by itself."""
    assert asked_on(answerer, END, text)[1] == entry


@pytest.mark.parametrize(
    "text",
    [
        "not bad, good bot",
        "not really, no",
        "I mean it",
        "👍",
        "?",
        "lol nonsense",
        "hmm banana",
        "that is sad",
        "x" * 4096,
        "asdf it",
    ],
)
def test_talk_repeats_no_answer(answerer: Answerer, text: str) -> None:
    """Words that ask nothing do not get the answer before once more."""
    status, entry = asked_on(answerer, END, text)
    assert status != "answered"
    assert entry is None


@pytest.mark.parametrize("text", ["how old is he?", "what's its range?", "and New START?"])
def test_what_the_article_lacks_stays_lacking(answerer: Answerer, text: str) -> None:
    """A pronoun does not make an answer of what the article does not say."""
    assert asked_on(answerer, "who is Jens Stoltenberg?", text)[0] == "unanswered"


def test_the_name_asked_about_may_be_another(answerer: Answerer) -> None:
    """Such as “and ABM?”: the question before, about ABM."""
    assert asked_on(answerer, "what does INF stand for?", "and ABM?") == ("answered", "abm-meaning")


def cited(answerer: Answerer, *texts: str) -> str:
    """All quotes in the reply to the last of some messages."""
    return " ".join(c.quote for c in last_reply(answerer, *texts).citations)


BLAME = "who is blamed for all this?"
DOUBTS = ["are you sure?", "really?", "wait what", "srsly?", "source?", "thx, and who said that?"]
DOUBTS += [
    "are you sure? i thought it was the us",
    "no i think obama did it",
    "that can't be right",
]
DOUBTS += ["i'm pretty sure it was the us", "i was told it was america"]
DOUBTS += ["hm, wasn't it in 2018?", "show me where it says that"]


@pytest.mark.parametrize("text", DOUBTS)
def test_a_doubt_gets_the_passage_again(answerer: Answerer, text: str) -> None:
    """Whoever doubts or asks for the source is shown the passage of the last answer again."""
    assert "put all the blame" in cited(answerer, BLAME, text)


AGAIN = [
    (("could Russia comply quickly?", "who said that?"), "That comes from NATO Secretary General"),
    ((END, "says who?"), "That comes from TASS's own report:"),
    ((BLAME, "really?"), "That is what the article says:"),
    ((END, "why?"), ""),
]


@pytest.mark.parametrize(("texts", "lead"), AGAIN)
def test_an_answer_given_again_says_why(
    answerer: Answerer, texts: tuple[str, ...], lead: str
) -> None:
    """Whoever asks who says so reads that first, and whoever doubts, that it is so told."""
    found = last_reply(answerer, *texts).lead or ""
    assert found.startswith(lead)
    assert bool(found) == bool(lead)


FULL = "can start now to comply with the treaty in a few weeks."
WHOLE = "Moscow categorically denies Washington’s conclusions of violating the treaty and lays"


@pytest.mark.parametrize("text", ["the whole sentence please", "continue the quote", "verbatim?"])
def test_whoever_asks_for_the_words_gets_whole_sentences(answerer: Answerer, text: str) -> None:
    """A passage may be a clause; now the sentence around it is quoted, word for word."""
    reply = last_reply(answerer, "could Russia comply quickly?", text)
    quotes = [citation.quote for citation in reply.citations]
    assert any(FULL in quote for quote in quotes)
    assert any(quote.startswith(WHOLE) and quote.endswith(".") for quote in quotes)
    assert all(quote in answerer.knowledge.article.text for quote in quotes)


def test_the_same_answer_is_given_once(answerer: Answerer) -> None:
    """A question and its opposite in one message do not get a yes and a no."""
    sections = answerer.answer("can it still be saved or is it too late").sections
    assert [section.entry for section in sections] == ["can-it-be-saved"]


UNASKED = [
    (("when did the nato-russia council meet", "more"), "The sides"),  # not "No, the sides"
    (("what would save the treaty", "when?"), "The article doesn't say that Russia"),
    (("what did the us demand in december 2018", "did they agree?"), "Russia rejected"),
    (("was time running out", "are you sure?"), "Yes, time"),
    (("is the inf treaty in danger", "and russia?"), "According to"),
]


@pytest.mark.parametrize(("texts", "opening"), UNASKED)
def test_no_yes_or_no_that_was_not_asked_for(
    answerer: Answerer, texts: tuple[str, ...], opening: str
) -> None:
    """After "more", "No, there were none" would take back the answer before."""
    assert last_reply(answerer, *texts).sections[0].text.startswith(opening)


def test_a_doubted_answer_stays_the_subject(answerer: Answerer) -> None:
    """After a doubt, "who said that?" is still about the answer that was doubted."""
    assert asked_on(answerer, BLAME, "are you sure?", "and who said that?")[1] == "who-is-blamed"


CORRECTIONS = [
    (("when did the us pull out of the inf", "no i meant the abm"), "abm-withdrawal-year"),
    (("when did the us first accuse russia", "sorry, i mean the ultimatum"), "ultimatum-date"),
    (("who sent the ulti", "*ultimatum"), "who-sent-ultimatum"),
    (("who left the abn", "abm*"), "abm-withdrawal-year"),
    ((END, "no i mean how long does the termination take"), "termination-period"),
    (("where did they meet", "no, the russian side"), "gap-russia-at-meeting"),
    (("how fast could russia comply", "not the us, I mean its compliance"), "comply-in-weeks"),
    (("what does russia say", "not russia, the us"), "us-position"),
    (
        ("who is to blame", "that is nato. i asked about the us position, not about nato"),
        "us-position",
    ),
    (("where did they meet", "no dear i meant who spoke to the press"), "who-reported-no-progress"),
    ((BLAME, "You already told me that. I am asking who sent the ultimatum"), "who-sent-ultimatum"),
    (
        ("what did the us demand", "I didn't ask about that, I meant nato"),
        "gap-nato-backs-ultimatum",
    ),
]


@pytest.mark.parametrize(("texts", "entry"), CORRECTIONS)
def test_a_correction_changes_the_last_question(
    answerer: Answerer, texts: tuple[str, ...], entry: str
) -> None:
    """The word put right replaces the one like it, or is added, in any last question."""
    assert asked_on(answerer, *texts)[1] == entry


def test_a_bare_name_changes_the_corrected_question(answerer: Answerer) -> None:
    """What "and the INF?" asks about is the last question as it was corrected."""
    texts = ("when did the us quit the treaty", "no i meant the abm", "and the inf?")
    assert asked_on(answerer, *texts)[1] == "us-announcement"


def test_the_first_question_can_be_taken_up_again(answerer: Answerer) -> None:
    """A cue after "the first thing I asked" is about the first answer, not the last."""
    text = "and the first thing i asked, who said that"
    assert asked_on(answerer, END, BLAME, text)[1] == "inf-end-date"


def test_a_likely_entry_next_to_the_last_answer_is_meant(answerer: Answerer) -> None:
    """A few words are enough to ask for an entry that the last answer leads to."""
    assert asked_on(answerer, "can the treaty be saved?", "how fast?")[1] == "comply-in-weeks"


PRONOUNS = [
    ("what is the inf treaty?", "which weapons does it forbid", "gap-inf-bans"),
    ("who is stoltenberg?", "where is he from", "gap-stoltenberg-biography"),
    ("what is the 9m729?", "does it break the treaty", "missile-legality"),
    ("what is the ABM?", "when did they quit it", "abm-withdrawal-year"),
    ("what does Stoltenberg say?", 'who is "they" in "if they will"', "who-they-are"),
    ("the ABM, what about it", "did russia leave it?", "gap-russia-left-abm"),
    ("what does ABM stand for?", "did the US quit that one", "abm-withdrawal-year"),
    ("what is the 9m729?", "and russia agrees?", "russia-response"),
    ("so who did quit first", "and what was their excuse", "why-us-withdraws"),
]


@pytest.mark.parametrize(("before", "text", "entry"), PRONOUNS)
def test_a_pronoun_stands_for_the_name_before(
    answerer: Answerer, before: str, text: str, entry: str
) -> None:
    """“It” is the thing named in the last question, “he” the one who acts."""
    assert asked_on(answerer, before, text)[1] == entry


ULTIMATUM = "what did the US demand?"
IN_CONTEXT = [
    ((ULTIMATUM, "Good for them. When?"), "ultimatum-date"),
    (("when did the US withdraw from the INF treaty?", "and from ABM?"), "abm-withdrawal-year"),
    ((ULTIMATUM, "what happened after that"), "russia-response"),
    (("what did Stoltenberg blame Russia for?", "why", "who said that"), "blame-reason"),
    (("who is Jens Stoltenberg?", "russia's answer"), "russia-response"),
    (("how serious was the situation?", "who is he"), "stoltenberg-who"),
    (("will there be a war?", "the second one"), "situation-alarming"),
    (("hello", "thank you. and has the treaty ended since?"), "gap-after-august"),
    (("did the US pull out?", "on which day did it announce that?"), "us-announcement"),
    (("who sent the ultimatum?", "and what did they want"), "ultimatum-demand"),
    (("who sent the ultimatum?", "when make it"), "ultimatum-date"),
    (("can the treaty be saved?", "what would they have to do?"), "only-way-to-save"),
    (("why were new cruise missiles developed?", "claim or fact?"), "cruise-missile-cause"),
    (("what is a cruise missile?", "how long until it was over?"), "time-left"),
    ((ULTIMATUM, "by when?"), "deadline-for-russia"),
    (("could Russia comply quickly?", "who said that one"), "comply-in-weeks"),
    ((ULTIMATUM, "and they say yes or no?"), "russia-response"),
    (("in what way does the 9M729 break the treaty?", "says who?"), "gap-what-violation-how"),
    ((ULTIMATUM, "And when would that be? My boy leaves on Monday."), "ultimatum-date"),
    (("can the treaty be saved?", "and if it is not saved?"), "outlook"),
    (("what does Moscow accuse the US of?", "does it say in what respect?"), "gap-us-systems"),
    (("could Russia comply quickly?", "which sentence supports that?"), "comply-in-weeks"),
    (
        ("who is Stoltenberg?", 'I have him down as saying "time has run out". Is that correct?'),
        "time-running-out",
    ),
    ((BLAME, "i heard that the treaty is ending, is it true"), "inf-end-date"),
    (("can the treaty be saved?", "until which date?"), "deadline-for-russia"),
    (("what did Russia warn about?", "was it before or after they left"), "arms-race-warning-when"),
    (
        ("how did Russia respond to the demand?", "was that before or after the US left?"),
        "gap-refusal-date",
    ),
    (
        ("is the 9M729 nuclear? what is its range?", "where are they based"),
        "gap-missile-deployment",
    ),
    (("was the 9M729 presented?", "and what did they do with it"), "information-ignored"),
    (
        ("how serious was the situation?", "will there be a war", "what does he say we should do"),
        "prepare-world-without",
    ),
    (("who is right?", "does it say that anywhere?"), "gap-who-is-right"),
    (("can the treaty be saved?", "damn. and if nobody does?"), "outlook"),
    (("what is the US position?", "who is right"), "gap-who-is-right"),
    (("what does NATO think?", "ok so it's finished?"), "inf-end-date"),
    (("who ignored information?", "that's bad. what did nato say to that"), "missile-presentation"),
    (
        ("did they agree on anything?", "did Stoltenberg say this before or after the meeting"),
        "who-reported-no-progress",
    ),
]


@pytest.mark.parametrize(("texts", "entry"), IN_CONTEXT)
def test_people_talk_on_as_they_do_to_people(
    answerer: Answerer, texts: tuple[str, ...], entry: str
) -> None:
    """A remark before a cue, a gap between, a message that needs no context, a plain yes."""
    assert asked_on(answerer, *texts)[1] == entry


def test_an_offered_question_is_accepted_in_words(answerer: Answerer) -> None:
    """“The second one” takes up the second of the questions offered, “yes” the first."""
    offered = ("ultimatum-date", "inf-end-date", "nrc-meeting-place")
    conversation = Conversation(asked="when and where", offered=offered)
    said = ("yes", "the second one", "3", "the first of your suggestions, please")
    picks = [answerer.answer(text, conversation).entry for text in said]
    assert picks == [*offered, offered[0]]
    assert answerer.answer("yes", Conversation()).status == "smalltalk"


def test_a_number_that_no_list_has_is_told_so(answerer: Answerer) -> None:
    """“3” is no question about the article if the last reply offered two."""
    conversation = Conversation(asked="when and where", offered=("ultimatum-date", "inf-end-date"))
    replies = [answerer.answer(text, conversation) for text in ("2", "3")]
    assert [reply.entry for reply in replies] == ["inf-end-date", None]
    assert "which question you mean by that number" in replies[1].answer


def test_a_question_may_refer_to_one_that_was_not_answered(answerer: Answerer) -> None:
    """Read together, two halves of a question may be enough."""
    unanswered = Conversation(asked="something about the US and the ABM treaty")
    assert answerer.answer("and when did they leave it", unanswered).entry == "abm-withdrawal-year"


def test_a_question_as_it_is_listed_gets_its_entry_whatever_was_asked_before(
    answerer: Answerer,
) -> None:
    """People copy questions from the lists; none is taken for a follow-up."""
    entries = answerer.knowledge.answerable_entries()
    for before in entries[::8]:
        conversation = Conversation().after(answerer.answer(before.question))
        for entry in entries:
            assert answerer.answer(entry.question, conversation).entry == entry.id


def test_nothing_new_is_no_reason_to_repeat(answerer: Answerer) -> None:
    """A follow-up without a content word does not get the last answer just because of its words."""
    assert asked_on(answerer, "did the west look at moscow's proof", "why not?")[0] != "answered"


def test_the_numbers_shown_are_those_that_pick() -> None:
    """A denial shows one of its suggestions in full: numbers count only the others."""
    suggested = [Suggestion(entry, f"{entry}?", 0.5, ()) for entry in ("shown", "first")]
    denial = Reply(
        "q",
        "unanswered",
        lead="No:",
        sections=(Section("shown", "So it is."),),
        suggestions=tuple(suggested),
        related=("second",),
    )
    assert [offer.entry for offer in denial.offers] == ["first"]
    assert Conversation().after(denial).offered == ("first", "second")
