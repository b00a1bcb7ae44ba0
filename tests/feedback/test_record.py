"""What is kept of questions and votes, and what never is."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering import Answerer, Reply
from bot.answering.reply import Status
from bot.feedback.record import FeedbackRecorder, make_scrubber
from bot.knowledge import Knowledge
from bot.store import Questions, Store, Updates, Votes, answer_key, forget_chat
from bot.store.database import KEPT, KEPT_DAYS
from bot.store.questions import LONGEST, Count, KeptQuestion, QuestionStatus, Scrubbed
from tests.feedback.conftest import DAY, Clock

ANSWER = answer_key(-1001234567890, 77)
ALICE, BOB = 7_123_456_789, 6_987_654_321


def counts(store: Store) -> dict[tuple[str, str], int]:
    """What was counted, whatever the day."""
    return {(c.what, c.entry): c.number for c in Questions(store).counts()}


def texts(store: Store) -> dict[str, tuple[int, int]]:
    """The words kept, each with how often, and how often voted wrong."""
    found = Questions(store).wordings(100)
    return {wording.text: (wording.number, wording.voted_wrong) for wording in found}


@pytest.mark.parametrize(
    ("status", "entry", "text", "kept"),
    [
        ("answered", "closing-date", "when does it close", False),
        ("unanswered", None, "is there a toll", True),
        ("suggested", None, "toll maybe", True),
        ("unanswered", "gap-toll", "is there a toll", False),
        ("unanswered", None, "and when?", False),
        ("unanswered", None, "…", False),
    ],
)
def test_words_are_kept_only_of_what_was_not_answered(
    store: Store, status: QuestionStatus, entry: str | None, text: str, *, kept: bool
) -> None:
    """Every question is counted; answered ones, gaps and empty words leave no words."""
    Questions(store).keep(status, entry, Scrubbed(text))
    assert counts(store) == {(status, entry or ""): 1}
    assert list(texts(store)) == ([text] if kept else [])


def test_pleasantries_are_not_even_counted(store: Store) -> None:
    """Small talk tells nobody anything."""
    Questions(store).keep("smalltalk", None, Scrubbed("hello"))
    assert counts(store) == {}


def test_the_same_words_are_counted_together(store: Store, clock: Clock) -> None:
    """Inflection, order and little words make no difference; the oldest and newest day stay."""
    questions = Questions(store)
    first = store.today()
    for text in ("is there a toll", "Tolls?", "is there a toll"):
        questions.keep("unanswered", None, Scrubbed(text))
        clock.now += DAY
    assert questions.wordings(10) == [KeptQuestion("is there a toll", 3, 0, first, first + 2)]
    assert questions.kept() == 3


def test_a_flood_is_counted_but_not_kept(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more words are kept in a day than there is room for, and of each only so many."""
    monkeypatch.setattr("bot.store.questions.MOST_A_DAY", 2)
    questions = Questions(store)
    for number in range(3):
        questions.keep("unanswered", None, Scrubbed(f"toll{number} " + "x" * LONGEST))
    assert questions.kept() == 2
    assert counts(store) == {("unanswered", ""): 3}
    assert {len(text) for text in texts(store)} == {LONGEST}
    clock.now += DAY
    questions.keep("unanswered", None, Scrubbed("toll"))
    assert questions.kept() == 3


def test_after_90_days_nothing_is_left(path: Path, store: Store, clock: Clock) -> None:
    """Not shown from that day on, and deleted when the store is next opened or swept."""
    questions = Questions(store)
    questions.keep("unanswered", None, Scrubbed("is there a toll"))
    clock.now += (KEPT_DAYS - 1) * DAY
    assert questions.kept() == 1
    assert counts(store)
    clock.now += DAY
    assert questions.kept() == 0
    assert questions.wordings(10) == []
    assert counts(store) == {}
    Store(path, clock=clock).close()
    assert store.row("SELECT (SELECT count(*) FROM questions), count(*) FROM counts", ()) == (0, 0)


def test_one_vote_a_person_that_may_be_changed(store: Store, clock: Clock) -> None:
    """The last vote counts; the words are kept while, and only while, it says wrong."""
    votes = Votes(store)

    def vote(person: int, *, good: bool) -> str:
        return votes.vote(
            ANSWER, person, good=good, entry="a", answered_at=clock.now, text=Scrubbed("toll fee")
        )

    assert vote(ALICE, good=False) == "counted"
    assert vote(ALICE, good=False) == "same"
    assert vote(BOB, good=False) == "counted"
    assert counts(store) == {("bad", "a"): 2}
    assert texts(store) == {"toll fee": (2, 2)}
    clock.now += 20 * 3600  # past midnight
    answered = clock.now - 20 * 3600
    assert votes.vote(ANSWER, ALICE, good=True, entry="a", answered_at=answered) == "changed"
    assert {key: n for key, n in counts(store).items() if n} == {("bad", "a"): 1, ("good", "a"): 1}
    assert texts(store) == {"toll fee": (1, 1)}
    assert votes.vote(ANSWER, BOB, good=True, entry="a", answered_at=answered) == "changed"
    assert texts(store) == {}


def test_votes_on_other_answers_are_other_votes(store: Store, clock: Clock) -> None:
    """A person has one vote on each answer."""
    votes = Votes(store)
    for key in ("1/1", "1/2", "11/2"):
        assert votes.vote(key, ALICE, good=True, entry="a", answered_at=clock.now) == "counted"
    assert counts(store) == {("good", "a"): 3}


def test_a_vote_after_a_day_is_too_late(path: Path, store: Store, clock: Clock) -> None:
    """While a vote is taken its ballot is there, so nobody votes twice; then both are gone."""
    votes = Votes(store)
    answered = clock.now
    assert votes.vote(ANSWER, ALICE, good=True, entry="a", answered_at=answered) == "counted"
    clock.now = answered + KEPT - 1
    Store(path, clock=clock).close()  # sweeps
    assert votes.vote(ANSWER, ALICE, good=True, entry="a", answered_at=answered) == "same"
    clock.now = answered + KEPT
    assert votes.vote(ANSWER, ALICE, good=False, entry="a", answered_at=answered) == "late"
    clock.now += DAY
    Store(path, clock=clock).close()
    assert store.row("SELECT (SELECT count(*) FROM ballots), count(*) FROM secrets", ()) == (0, 0)
    assert counts(store) == {("good", "a"): 1}


def test_ballots_cannot_be_put_together(store: Store, clock: Clock) -> None:
    """A person's ballots on two answers, and in two stores, have nothing in common."""
    votes = Votes(store)
    for key in ("1/1", "1/2"):
        votes.vote(key, ALICE, good=True, entry="a", answered_at=clock.now)
    ballots = store.rows("SELECT answer, voter FROM ballots", ())
    assert len({value for row in ballots for value in row}) == 4


def test_switched_off_nothing_is_kept_and_what_was_goes(store: Store, bridge: Knowledge) -> None:
    """One setting; votes are refused."""
    reply = Reply("is there a toll", "unanswered")
    FeedbackRecorder(store).asked(reply, make_scrubber(bridge))
    assert texts(store)
    off = FeedbackRecorder(store, on=False)
    off.asked(reply, make_scrubber(bridge))
    off.may_be_voted(ANSWER, Scrubbed("x"))
    assert off.vote(ANSWER, ALICE, good=True, entry="a", answered_at=store.now()) == "off"
    assert texts(store) == {}
    assert counts(store) == {}


def test_the_words_of_an_answered_question_are_written_only_when_voted_wrong(
    path: Path, store: Store, answerer: Answerer
) -> None:
    """Until then they are in memory; a good vote leaves them there."""
    learning = FeedbackRecorder(store)
    reply = answerer.answer("when does the bridge close?")
    assert reply.status == "answered"
    learning.may_be_voted(ANSWER, learning.asked(reply, make_scrubber(answerer.knowledge)))
    now = store.now()
    learning.vote(ANSWER, ALICE, good=True, entry=reply.entry, answered_at=now)
    assert b"bridge close" not in on_disk(path)
    learning.vote(ANSWER, BOB, good=False, entry=reply.entry, answered_at=now)
    assert texts(store) == {"when does the bridge close?": (1, 1)}


def test_a_forgotten_chat_takes_its_questions_out_of_memory(
    store: Store,
) -> None:
    """After /forget a vote on an old answer keeps no words; those of other chats stay."""
    learning = FeedbackRecorder(store)
    here, there = answer_key(-77, 5), answer_key(-771, 5)
    learning.may_be_voted(here, Scrubbed("is it closed to cars"))
    learning.may_be_voted(there, Scrubbed("how long do the works take"))
    learning.forget_chat(-77)
    for answer in (here, there):
        learning.vote(answer, BOB, good=False, entry="a", answered_at=store.now())
    assert texts(store) == {"how long do the works take": (1, 1)}


def test_a_disk_that_fails_costs_a_count(store: Store, bridge: Knowledge) -> None:
    """The bot answers on; of a vote, the one who cast it is to be told."""
    learning = FeedbackRecorder(store)
    store.close()
    learning.asked(Reply("is there a toll", "unanswered"), make_scrubber(bridge))
    with pytest.raises(sqlite3.Error):
        learning.vote(ANSWER, ALICE, good=True, entry="a", answered_at=store.now())


def on_disk(path: Path) -> bytes:
    """Everything that the store has written, side files included."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def written(number: int) -> Iterator[bytes]:
    """The ways in which a number may stand in a file."""
    yield str(number).encode()
    yield number.to_bytes(6, "big", signed=True)
    yield from (
        number.to_bytes(size, order, signed=True) for size in (6, 8) for order in ("big", "little")
    )


STATUSES: tuple[Status, ...] = ("answered", "suggested", "unanswered", "smalltalk")


def test_nothing_of_a_person_is_in_the_file(path: Path, store: Store, bridge: Knowledge) -> None:
    """Searched byte for byte, in the side files too: name, id, mention, link, number."""
    text = (
        "hi i am ferdinand, @ferdi_1987 sent https://ferdi.example/private to"
        " ferdinand@mail.example and rang +49 170 5556677 from 4111 1111 1111 1111;"
        " is there a toll, Xaver?"
    )
    learning = FeedbackRecorder(store)
    for status in STATUSES:
        reply = Reply(text, status, "closing-date" if status == "answered" else None)
        kept = learning.asked(
            reply, make_scrubber(bridge), names=["Ferdinand Xaverius", "ferdi_1987"]
        )
        learning.may_be_voted(ANSWER, kept)
        for person in (ALICE, BOB):
            for good in (False, True, False):
                learning.vote(
                    ANSWER, person, good=good, entry="closing-date", answered_at=store.now()
                )
    assert "toll" in " ".join(texts(store))
    for moment in ("open", "closed"):
        found = on_disk(path).lower()
        assert b"toll" in found
        for secret in (b"ferdi", b"xaver", b"private", b"mail.example", b"5556677", b"1111"):
            assert secret not in found, (moment, secret)
        for number in (ALICE, BOB, -1001234567890):
            assert not [form for form in written(number) if form in found], (moment, number)
        store.close()


def test_forget_leaves_nothing_of_a_chat_in_the_file(path: Path, store: Store) -> None:
    """Every table that knows chats, the ballots on its answers, and the bytes of the number."""
    chat, other = -1001234567890, -1009876543210
    updates, votes = Updates(store, 7), Votes(store)
    for number in (chat, other):
        updates.finish(1, [(number, 70), (number, 77)])
        store.write("INSERT INTO groups VALUES (?, 1, 1)", (number,))
        store.write(
            "INSERT INTO answers VALUES (?, 60, 61, 'a', ?, ?)", (number, ALICE, store.now())
        )
        for message in (61, 77):
            key = answer_key(number, message)
            votes.vote(key, ALICE, good=True, entry="a", answered_at=store.now())
    forget_chat(store, chat)
    found = on_disk(path)
    assert not [form for form in written(chat) if form in found]
    assert any(form in found for form in written(other))
    assert store.row("SELECT count(*) FROM ballots", ()) == (2,)
    for (table,) in store.rows(
        "SELECT t.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' AND c.name = 'chat_id'",
        (),
    ):
        kept = {row[0] for row in store.rows(f"SELECT chat_id FROM {table}", ())}
        assert kept == {other}, table


def test_counts_tell_the_day(store: Store, clock: Clock) -> None:
    """The oldest first."""
    questions = Questions(store)
    first = store.today()
    for _ in range(2):
        questions.keep("answered", "a", Scrubbed("x"))
        clock.now += DAY
    assert questions.counts() == [
        Count(first, "answered", "a", 1),
        Count(first + 1, "answered", "a", 1),
    ]
