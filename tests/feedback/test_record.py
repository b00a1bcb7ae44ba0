"""What is stored of questions and votes, and what never is."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering import Answerer, Reply
from bot.answering.reply import Status
from bot.feedback.record import FeedbackRecorder
from bot.knowledge import Knowledge
from bot.store import Questions, Store, Votes, answer_key, forget_chat
from bot.store.database import QUESTION_RETENTION_DAYS, RETENTION
from bot.store.questions import MAX_CHARACTERS, DailyCount, SavedQuestion, Scrubbed
from bot.store.sqlite_file import DAY
from tests.clock import Clock
from tests.scrubbers import scrubber_for

ANSWER = answer_key(-1001234567890, 77)
ALICE, BOB = 7_123_456_789, 6_987_654_321


def counts(store: Store) -> dict[tuple[str, str], int]:
    """All counts by kind and entry, regardless of the day."""
    return {(c.kind, c.entry): c.count for c in Questions(store).counts()}


def texts(store: Store) -> dict[str, tuple[int, int]]:
    """The saved texts, with how often each was asked and voted wrong."""
    return {q.text: (q.count, q.voted_wrong) for q in Questions(store).most_asked(100)}


@pytest.mark.parametrize(
    ("status", "entry", "text", "saved"),
    [
        ("answered", "closing-date", "when does it close", False),
        ("unanswered", None, "is there a toll", True),
        ("suggested", None, "toll maybe", True),
        ("unanswered", "gap-toll", "is there a toll", False),
        ("unanswered", None, "and when?", False),
        ("unanswered", None, "…", False),
    ],
)
def test_text_is_saved_only_of_unanswered_questions(
    store: Store, status: Status, entry: str | None, text: str, *, saved: bool
) -> None:
    """Every question is counted; answered, known-gap and empty ones leave no text."""
    Questions(store).save(status, entry, Scrubbed(text))
    assert counts(store) == {(status, entry or ""): 1}
    assert list(texts(store)) == ([text] if saved else [])


def test_small_talk_is_not_counted(store: Store) -> None:
    """Small talk is ignored."""
    Questions(store).save("smalltalk", None, Scrubbed("hello"))
    assert counts(store) == {}


def test_the_same_words_are_counted_together(store: Store, clock: Clock) -> None:
    """Word forms, order and function words do not matter; the first and last day are reported."""
    questions = Questions(store)
    first = store.today()
    for text in ("is there a toll", "Tolls?", "is there a toll"):
        questions.save("unanswered", None, Scrubbed(text))
        clock.now += DAY
    assert questions.most_asked(10) == [SavedQuestion("is there a toll", 3, 0, first, first + 2)]
    assert questions.saved_count() == 3


def test_a_flood_is_counted_but_not_saved(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of texts saved in a day is limited, and so is the length of each."""
    monkeypatch.setattr("bot.store.questions.MAX_PER_DAY", 2)
    questions = Questions(store)
    for number in range(3):
        questions.save("unanswered", None, Scrubbed(f"toll{number} " + "x" * MAX_CHARACTERS))
    assert questions.saved_count() == 2
    assert counts(store) == {("unanswered", ""): 3}
    assert {len(text) for text in texts(store)} == {MAX_CHARACTERS}
    clock.now += DAY
    questions.save("unanswered", None, Scrubbed("toll"))
    assert questions.saved_count() == 3


def test_after_90_days_nothing_is_left(path: Path, store: Store, clock: Clock) -> None:
    """Questions are no longer shown, and are deleted when the store is next opened or swept."""
    questions = Questions(store)
    questions.save("unanswered", None, Scrubbed("is there a toll"))
    clock.now += (QUESTION_RETENTION_DAYS - 1) * DAY
    assert questions.saved_count() == 1
    assert counts(store)
    clock.now += DAY
    assert questions.saved_count() == 0
    assert questions.most_asked(10) == []
    assert counts(store) == {}
    Store(path, clock=clock).close()
    assert store.execute(
        "SELECT (SELECT count(*) FROM questions), count(*) FROM counts"
    ).fetchone() == (0, 0)


def test_a_person_has_one_vote_and_may_change_it(store: Store, clock: Clock) -> None:
    """The last vote counts; the text is saved only as long as that vote says wrong."""
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


def test_votes_on_different_answers_are_independent(store: Store, clock: Clock) -> None:
    """A person has one vote on each answer."""
    votes = Votes(store)
    for key in ("1/1", "1/2", "11/2"):
        assert votes.vote(key, ALICE, good=True, entry="a", answered_at=clock.now) == "counted"
    assert counts(store) == {("good", "a"): 3}


def test_a_vote_after_a_day_is_too_late(path: Path, store: Store, clock: Clock) -> None:
    """As long as votes are accepted, the ballot is stored, so no one votes twice."""
    votes = Votes(store)
    answered = clock.now
    assert votes.vote(ANSWER, ALICE, good=True, entry="a", answered_at=answered) == "counted"
    clock.now = answered + RETENTION - 1
    Store(path, clock=clock).close()  # sweeps
    assert votes.vote(ANSWER, ALICE, good=True, entry="a", answered_at=answered) == "same"
    clock.now = answered + RETENTION
    assert votes.vote(ANSWER, ALICE, good=False, entry="a", answered_at=answered) == "late"
    clock.now += DAY
    Store(path, clock=clock).close()
    assert store.execute(
        "SELECT (SELECT count(*) FROM ballots), count(*) FROM secrets"
    ).fetchone() == (0, 0)
    assert counts(store) == {("good", "a"): 1}


def test_ballots_cannot_be_linked(store: Store, clock: Clock) -> None:
    """A person's ballots on two answers have nothing in common."""
    votes = Votes(store)
    for key in ("1/1", "1/2"):
        votes.vote(key, ALICE, good=True, entry="a", answered_at=clock.now)
    ballots = store.execute("SELECT answer, voter FROM ballots").fetchall()
    assert len({value for row in ballots for value in row}) == 4


def test_switching_off_deletes_everything(store: Store) -> None:
    """Nothing more is recorded, what was recorded is deleted, and votes are refused."""
    reply = Reply("is there a toll", "unanswered")
    FeedbackRecorder(store).record_question(reply, Scrubbed(reply.text))
    assert texts(store)
    off = FeedbackRecorder(store, on=False)
    off.record_question(reply, Scrubbed(reply.text))
    off.allow_votes(ANSWER, Scrubbed("x"))
    assert off.vote(ANSWER, ALICE, good=True, entry="a", answered_at=store.now()) == "off"
    assert texts(store) == {}
    assert counts(store) == {}


def test_an_answered_question_is_written_only_when_voted_wrong(
    path: Path, store: Store, answerer: Answerer
) -> None:
    """Until then its text is only in memory; a good vote leaves it there."""
    recorder = FeedbackRecorder(store)
    reply = answerer.answer("when does the bridge close?")
    assert reply.status == "answered"
    text = scrubber_for(answerer.knowledge).scrub(reply.text, ())
    recorder.record_question(reply, text)
    recorder.allow_votes(ANSWER, text)
    now = store.now()
    recorder.vote(ANSWER, ALICE, good=True, entry=reply.entry, answered_at=now)
    assert b"bridge close" not in on_disk(path)
    recorder.vote(ANSWER, BOB, good=False, entry=reply.entry, answered_at=now)
    assert texts(store) == {"when does the bridge close?": (1, 1)}


def test_forgetting_a_chat_drops_its_questions_from_memory(store: Store) -> None:
    """After /forget a vote on an old answer saves no text; other chats are not affected."""
    recorder = FeedbackRecorder(store)
    here, there = answer_key(-77, 5), answer_key(-771, 5)
    recorder.allow_votes(here, Scrubbed("is it closed to cars"))
    recorder.allow_votes(there, Scrubbed("how long do the works take"))
    recorder.forget_chat(-77)
    for answer in (here, there):
        recorder.vote(answer, BOB, good=False, entry="a", answered_at=store.now())
    assert texts(store) == {"how long do the works take": (1, 1)}


def test_a_vote_raises_if_the_disk_fails(store: Store) -> None:
    """So that the voter can be told."""
    recorder = FeedbackRecorder(store)
    store.close()
    with pytest.raises(sqlite3.Error):
        recorder.vote(ANSWER, ALICE, good=True, entry="a", answered_at=store.now())


def on_disk(path: Path) -> bytes:
    """All bytes that the store has written, including SQLite's WAL."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def encodings(number: int) -> Iterator[bytes]:
    """The ways in which a number may be stored in a file."""
    yield str(number).encode()
    yield number.to_bytes(6, "big", signed=True)
    yield from (
        number.to_bytes(size, order, signed=True) for size in (6, 8) for order in ("big", "little")
    )


STATUSES: tuple[Status, ...] = ("answered", "suggested", "unanswered", "smalltalk")


def test_no_personal_data_is_in_the_file(path: Path, store: Store, bridge: Knowledge) -> None:
    """No name, id, mention, link or number is found byte for byte, not even in the WAL."""
    text = (
        "hi i am ferdinand, @ferdi_1987 sent https://ferdi.example/private to"
        " ferdinand@mail.example and rang +49 170 5556677 from 4111 1111 1111 1111;"
        " is there a toll, Xaver?"
    )
    recorder = FeedbackRecorder(store)
    scrubbed = scrubber_for(bridge).scrub(text, ["Ferdinand Xaverius", "ferdi_1987"])
    for status in STATUSES:
        reply = Reply(text, status, "closing-date" if status == "answered" else None)
        recorder.record_question(reply, scrubbed)
        recorder.allow_votes(ANSWER, scrubbed)
        for person in (ALICE, BOB):
            for good in (False, True, False):
                recorder.vote(
                    ANSWER, person, good=good, entry="closing-date", answered_at=store.now()
                )
    assert "toll" in " ".join(texts(store))
    for moment in ("open", "closed"):
        found = on_disk(path).lower()
        assert b"toll" in found
        for secret in (b"ferdi", b"xaver", b"private", b"mail.example", b"5556677", b"1111"):
            assert secret not in found, (moment, secret)
        for number in (ALICE, BOB, -1001234567890):
            assert not [form for form in encodings(number) if form in found], (moment, number)
        store.close()


def test_forget_leaves_nothing_of_a_chat_in_the_file(path: Path, store: Store) -> None:
    """Every table with chat ids, the ballots on its answers, and every byte of the id."""
    chat, other = -1001234567890, -1009876543210
    votes = Votes(store)
    for number in (chat, other):
        store.execute("INSERT INTO groups VALUES (?, 1, 1)", (number,))
        for question, answer in ((60, 61), (-77, 77)):
            row = (number, question, answer, ALICE, store.now())
            store.execute("INSERT INTO answers VALUES (?, ?, ?, 'a', ?, ?)", row)
        for message in (61, 77):
            key = answer_key(number, message)
            votes.vote(key, ALICE, good=True, entry="a", answered_at=store.now())
    forget_chat(store, chat)
    found = on_disk(path)
    assert not [form for form in encodings(chat) if form in found]
    assert any(form in found for form in encodings(other))
    assert store.execute("SELECT count(*) FROM ballots").fetchone() == (2,)
    for (table,) in store.execute(
        "SELECT t.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' AND c.name = 'chat_id'"
    ).fetchall():
        left = {row[0] for row in store.execute(f"SELECT chat_id FROM {table}")}
        assert left == {other}, table


def test_counts_are_by_day(store: Store, clock: Clock) -> None:
    """The oldest day comes first."""
    questions = Questions(store)
    first = store.today()
    for _ in range(2):
        questions.save("answered", "a", Scrubbed("x"))
        clock.now += DAY
    assert questions.counts() == [
        DailyCount(first, "answered", "a", 1),
        DailyCount(first + 1, "answered", "a", 1),
    ]
