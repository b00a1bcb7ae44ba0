"""The commands that report on saved questions: groups, drafts with their effect, statistics."""

import datetime as dt
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.answering import Answerer
from bot.cli import main
from bot.feedback import stats
from bot.feedback.drafts import make_drafts
from bot.feedback.effect import Draft, measure_effect, nearby
from bot.feedback.record import FeedbackRecorder
from bot.feedback.unanswered import (
    QuestionGroup,
    UnansweredQuestions,
    as_text,
    collect,
    group_questions,
    nearest_entry,
    read_saved,
    unanswered_text,
)
from bot.knowledge import Knowledge, load_knowledge
from bot.store import Questions, Store
from bot.store.questions import DailyCount, SavedQuestion, Scrubbed
from bot.store.sqlite_file import DAY
from bot.text_layout import table
from tests.clock import Clock
from tests.paths import BRIDGE

VOCABULARY = load_knowledge(BRIDGE).vocabulary
SHOP = (
    "where can i find a souvenir shop selling magnets",
    "where can i find a big souvenir shop selling magnets",
    "where can i find an open souvenir shop selling magnets",
)
FERRY = ("when does the ferry sail", "the ferry sailing, when")


def save_questions(store: Store, *texts: str) -> None:
    """Save some unanswered questions."""
    for text in texts:
        Questions(store).save("unanswered", None, Scrubbed(text))


def collected(store: Store, answerer: Answerer) -> UnansweredQuestions:
    """The saved questions in groups."""
    return collect(*read_saved(Questions(store)), answerer)


def saved(*texts: str) -> list[SavedQuestion]:
    """Saved questions, each asked one time more often than the next."""
    return [SavedQuestion(text, len(texts) - n, 0, 1, 2) for n, text in enumerate(texts)]


def test_similar_questions_are_grouped() -> None:
    """Word forms, typing errors and synonyms do not matter; the most asked one names the group."""
    groups = group_questions(
        saved(*SHOP, *FERRY, "is the gift kiosk shut", "is the gift kiosk blocked"), VOCABULARY
    )
    by_text = {group.text: {q.text for q in group.questions} for group in groups}
    assert set(SHOP) <= by_text[SHOP[0]]
    assert set(FERRY) <= by_text[FERRY[0]]
    assert not {*SHOP} & by_text[FERRY[0]]
    assert any(
        {"is the gift kiosk shut", "is the gift kiosk blocked"} <= texts
        for texts in by_text.values()
    )


def test_every_question_is_in_exactly_one_group() -> None:
    """None is lost or counted twice, and the order in which they were asked does not matter."""
    entries = load_knowledge(BRIDGE).entries.values()
    texts = [*(p for entry in entries for p in entry.all_phrasings), "???", "…", "条约", "the of"]
    given = saved(*texts)
    groups = group_questions(given, VOCABULARY)
    assert Counter(q for group in groups for q in group.questions) == Counter(given)
    assert [group.count for group in groups] == sorted((g.count for g in groups), reverse=True)
    assert group_questions(given[::-1], VOCABULARY) == groups


def test_rare_questions_are_counted_but_not_grouped(
    store: Store, answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of compared questions is limited, and the report says how many were left out."""
    monkeypatch.setattr("bot.feedback.unanswered.MAX_COMPARED", 2)
    save_questions(store, *SHOP[:1] * 3, *FERRY[:1] * 2, "who paints the benches")
    found = collected(store, answerer)
    assert (found.total, found.ungrouped) == (6, 1)
    assert [group.count for group in found.groups] == [3, 2]


@pytest.fixture
def filled(store: Store, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the commands at a store with some questions, and at the bridge knowledge folder."""
    save_questions(store, *SHOP, SHOP[0])
    clock.now += DAY
    save_questions(store, *FERRY, "closing the bridge pls when")
    for entry in ("closing-date", "closing-date", "trade"):
        Questions(store).save("answered", entry, Scrubbed("x"))
    monkeypatch.setenv("DATABASE_PATH", str(path))
    monkeypatch.setenv("KNOWLEDGE_DIR", str(BRIDGE))
    # The commands read the real clock.
    monkeypatch.setattr("time.time", clock)
    defaults = {"clock": clock, "recover": False}
    monkeypatch.setattr("bot.store.database.Store.__init__.__kwdefaults__", defaults)
    return path


def test_the_list_shows_count_days_nearest_entry_and_confidence(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The group asked most comes first, with its other phrasings."""
    assert filled.exists()
    assert main(["unanswered"]) == 0
    first, *_ = capsys.readouterr().out.split("\n\n")
    assert re.match(rf"4× {re.escape(SHOP[0])}\n +also: ", first)
    assert re.search(r"nearest: [a-z-]+ \(0\.\d\d\) .+\?", first)
    assert "2027-01-15" in first


def test_the_json_has_each_group(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is one object with the groups and totals."""
    assert filled.exists()
    assert main(["unanswered", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["asked"] == 7
    assert found["not_grouped"] == found["more_groups"] == 0
    first = found["groups"][0]
    assert (first["asked"], first["oldest"], first["newest"]) == (4, "2027-01-15", "2027-01-15")
    assert first["wordings"][0] == first["text"] == SHOP[0]
    assert 0 <= first["confidence"] <= 1
    assert sum(group["asked"] for group in found["groups"]) == 7


def test_the_stub_is_yaml_with_its_effect_above(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has an item for answers.yaml and phrasings, with counts, and outcomes before and after."""
    assert filled.exists()
    assert main(["unanswered", "--stub"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"# \| right +\| +\d+ \| +\d+ \|", out)
    assert re.search(r"# \d+ of these would get a different reply", out)
    stub = yaml.safe_load(out)
    (new,) = stub["entry where-can-i-find-a-souvenir-shop-selling"]
    assert new["question"] == "Where can i find a souvenir shop selling magnets?"
    phrasings = stub["phrasings/where-can-i-find-a-souvenir-shop-selling.txt"].splitlines()
    assert set(phrasings) == set(SHOP[1:])  # the first is the question itself
    assert new["answer"].startswith("TODO")
    assert "# asked 4×, 2027-01-15; nearest: " in out
    assert out.index("# The effect") < out.index("\nentry where-can")


def test_from_an_unanswered_question_to_an_answer_with_its_passage(
    tmp_path: Path, filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The question is listed, drafted, filled in, checked and then answered."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    question = "who sweeps the snow off the railings"
    store = Store(filled)
    answerer = Answerer(load_knowledge(folder))
    reply = answerer.answer(question)
    assert reply.status == "unanswered"
    for _ in range(9):
        FeedbackRecorder(store).record_question(reply, Scrubbed(question))
    store.close()
    passage = "The works will take nine weeks and cost 2.4 million crowns."
    assert main(["unanswered", "--stub", "--knowledge", str(folder)]) == 0
    stub = yaml.safe_load(capsys.readouterr().out)
    name = "who-sweeps-the-snow-off-the-railings"
    (item,) = stub[f"entry {name}"]
    assert item["question"].casefold() == f"{question}?"
    phrasings = folder / "phrasings" / f"{name}.txt"
    phrasings.parent.mkdir()
    phrasings.write_text(stub[f"phrasings/{phrasings.name}"], encoding="utf-8")
    answers = yaml.safe_load((folder / "answers.yaml").read_text("utf-8"))
    answers["entries"].append(item)
    (folder / "answers.yaml").write_text(yaml.safe_dump(answers, sort_keys=False), "utf-8")
    assert main(["check", "--knowledge", str(folder)]) == 2
    printed = capsys.readouterr().err
    assert "answers.yaml:" in printed
    assert f"phrasings/{name}.txt:1: this has not been filled in" in printed
    phrasings.write_text("cleaning of the railings in winter\n", encoding="utf-8")
    item |= {
        "answer": "The works cost 2.4 million crowns.",
        "passages": [passage],
    }
    (folder / "answers.yaml").write_text(yaml.safe_dump(answers, sort_keys=False), "utf-8")
    assert main(["check", "--knowledge", str(folder)]) == 0
    assert main(["ask", question, "--knowledge", str(folder)]) == 0
    assert "take nine weeks and cost 2.4 million crowns" in capsys.readouterr().out
    assert main(["unanswered", "--knowledge", str(folder)]) == 0
    assert "now answered" in capsys.readouterr().out.split("\n\n")[0]


def test_the_effect_lists_the_replies_that_would_change(answerer: Answerer) -> None:
    """A harmful draft is visible: with another's phrasings, it takes the other's questions."""
    entries = answerer.knowledge.entries
    group = QuestionGroup.of(saved(SHOP[0]))
    nearest = nearest_entry(answerer, SHOP[0])
    stolen = (*entries["closing-date"].phrasings, SHOP[0])
    harmful = Draft(group, nearest, entries["trade"], stolen, is_new=False)
    harmless = replace(harmful, phrasings=("who sells shoes",))
    found = measure_effect(answerer, [harmful], [SHOP[0]])
    assert found.before.total() == found.after.total()
    assert "trade" in {change.after.entry for change in found.changes}
    assert [change.after.entry for change in found.saved_changes] == ["trade"]
    assert not measure_effect(answerer, [harmless], []).changes


def test_the_effect_is_measured_among_the_entries_nearest_to_the_drafts(
    store: Store, answerer: Answerer
) -> None:
    """Entries that a draft has nothing to do with are left out, and not referred to either."""
    save_questions(store, "why is it closed to cars", "why is it closed for cars and lorries")
    drafts = make_drafts(collected(store, answerer).groups, answerer)
    rest = nearby(answerer, drafts).entries
    assert drafts
    assert set(rest) < set(answerer.knowledge.entries)
    assert {"closing-reason"} <= set(rest)
    assert all(set(entry.related) <= set(rest) for entry in rest.values())


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("wen is the brigde shut",), []),  # now answered
        (("when does the bridge close?",), []),
        (("hello",), []),
        (("name of the building firm",), []),  # now a known gap
        (("pelicans pelicans", "Pelicans, pelicans!"), [("pelicans pelicans",)]),
        (("who is … the ferryman", "…"), [("who is the ferryman",)]),
        (("when?",), []),
    ],
)
def test_drafts_are_made_of_open_questions(
    store: Store, answerer: Answerer, texts: tuple[str, ...], expected: list[tuple[str, ...]]
) -> None:
    """Resolved questions, small talk and empty ones are skipped, and no phrasing is duplicated."""
    save_questions(store, *texts)
    groups = collected(store, answerer).groups
    assert [draft.phrasings for draft in make_drafts(groups, answerer)] == expected


def test_the_list_shows_what_is_resolved_and_fits_a_terminal(
    store: Store, answerer: Answerer
) -> None:
    """Questions now answered or now known gaps are marked, in lines of up to 80 characters."""
    save_questions(
        store, "name of the building firm", "wen is the brigde shut", *SHOP, "toll " * 60
    )
    text = as_text(collected(store, answerer), answerer)
    assert text.count("; now a known gap") == 1
    assert text.count("; now answered") == 1
    assert max(map(len, text.splitlines())) <= 80


def test_the_text_for_a_chat_fits_into_a_message(store: Store, answerer: Answerer) -> None:
    """It has at most 4,096 characters as Telegram counts them, even with long questions."""
    save_questions(store, *("🚢" * 200 + f" toll{number}" for number in range(40)))
    text = unanswered_text(collected(store, answerer), answerer)
    assert len(text.encode("utf-16-le")) / 2 <= 4096
    assert text.count("×") == 10
    assert "30 more groups" in text


def test_an_empty_store_is_not_an_error(
    path: Path,
    store: Store,
    answerer: Answerer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The commands say that nothing was saved or counted, with status 0."""
    monkeypatch.setenv("DATABASE_PATH", str(path))
    for command in ("unanswered", "unanswered --stub", "stats"):
        assert main([*command.split(), "--knowledge", str(BRIDGE)]) == 0
        assert "Nothing was" in capsys.readouterr().out
    assert "Nothing" in unanswered_text(collected(store, answerer), answerer)
    assert "Nothing" in stats.stats_text([], store.today(), answerer.knowledge)


@pytest.mark.parametrize("command", ["unanswered", "stats"])
def test_a_missing_store_is_an_input_error(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The status is 2, the message names the setting, and no empty store is created."""
    path = tmp_path / "none.sqlite3"
    monkeypatch.setenv("DATABASE_PATH", str(path))
    assert main([command, "--knowledge", str(BRIDGE)]) == 2
    assert "DATABASE_PATH" in capsys.readouterr().err
    assert not path.exists()


MONDAY = (dt.date(2027, 3, 1) - dt.date(1970, 1, 1)).days


def test_statistics_are_by_day_or_by_week() -> None:
    """Up to two weeks are shown by day, longer by week from Monday, without gaps."""
    counts = [DailyCount(MONDAY + 3, "answered", "a", 2), DailyCount(MONDAY + 5, "good", "a", 1)]
    daily = stats.summarise(counts, MONDAY + 16)
    assert len(daily.periods) == 14
    assert daily.entries == {"a": [2, *[0] * 13]}
    weekly = stats.summarise(counts, MONDAY + 17)
    assert [*map(str, weekly.periods)] == [
        "2027-03-01",
        "2027-03-08",
        "2027-03-15",
    ]
    assert weekly.periods[dt.date(2027, 3, 1)] == {"answered": 2, "good": 1}


def test_known_gaps_are_counted_apart_from_unanswered_questions() -> None:
    """A known gap is not counted as unanswered, but is listed among the entries."""
    counts = [DailyCount(5, "unanswered", "gap-toll", 2), DailyCount(5, "unanswered", "", 3)]
    found = stats.summarise(counts, 5)
    assert found.total("known gaps") == 2
    assert found.total("unanswered") == 3
    assert {name: sum(series) for name, series in found.entries.items()} == {"gap-toll": 2}


def test_stats_as_table_and_json(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both show the same figures."""
    assert filled.exists()
    assert main(["stats"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"\| all +\| +3 \| +0 \| +7 \|", out)
    assert re.search(r"\| closing-date \| +2 \|", out)
    assert main(["stats", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sum(period["answered"] for period in found["periods"]) == 3
    assert found["entries"][0] == {"entry": "closing-date", "asked": 2, "series": [0, 2]}


def test_stats_for_a_chat(store: Store, bridge: Knowledge) -> None:
    """It shows recent totals, and entries by their question instead of their id."""
    Questions(store).save("answered", "closing-date", Scrubbed("x"))
    Questions(store).count("answered", "", store.today() + 5)  # before the clock was set back
    text = stats.stats_text(Questions(store).counts(), store.today(), bridge)
    assert "Last 7 days: 1 answered" in text
    assert "Last 90 days: 1 answered" in text
    assert "1× When does the bridge close?" in text


@pytest.mark.parametrize(
    ("series", "bars"), [([0, 1, 8], " ▁█"), ([0, 0], "  "), ([], ""), ([100, 1], "█▁")]
)
def test_bars_show_every_number_above_zero(series: list[int], bars: str) -> None:
    """The greatest number is a full bar; a 1 next to a 100 is still visible."""
    assert stats.sparkline(series) == bars
    assert table(("x",), [(bars,)])
