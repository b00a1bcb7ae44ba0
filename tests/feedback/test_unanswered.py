"""The commands that read what was kept: groups, drafts with their effect, statistics."""

import datetime as dt
import io
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from PIL import Image

from bot.answering import Answerer
from bot.cli import main
from bot.feedback import stats
from bot.feedback.drafts import drafts, effect
from bot.feedback.record import FeedbackRecorder, make_scrubber
from bot.feedback.unanswered import as_text, collect, grouped, unanswered_text
from bot.knowledge import Knowledge, load_knowledge
from bot.pictures.stats import draw
from bot.store import Questions, Store
from bot.store.questions import Count, KeptQuestion, Scrubbed
from bot.text_layout import table
from tests.feedback.conftest import DAY, Clock
from tests.paths import BRIDGE

VOCABULARY = load_knowledge(BRIDGE).vocabulary
SHOP = (
    "is there a souvenir shop nearby",
    "is there a big souvenir shop nearby",
    "are there souvenir shops nearby open",
)
FERRY = ("when does the ferry sail", "the ferry sailing, when")


def asked(store: Store, *texts: str) -> None:
    """Keep some questions."""
    for text in texts:
        Questions(store).keep("unanswered", None, Scrubbed(text))


def wordings(*texts: str) -> list[KeptQuestion]:
    """Questions, each asked once more than the next."""
    return [KeptQuestion(text, len(texts) - n, 0, 1, 2) for n, text in enumerate(texts)]


def test_questions_that_ask_alike_come_together() -> None:
    """By words, their forms, typing errors and synonyms; the most asked leads its group."""
    groups = grouped(
        wordings(*SHOP, *FERRY, "is the gift kiosk shut", "is the gift kiosk blocked"), VOCABULARY
    )
    by_text = {group.text: {w.text for w in group.wordings} for group in groups}
    assert set(SHOP) <= by_text[SHOP[0]]
    assert set(FERRY) <= by_text[FERRY[0]]
    assert not {*SHOP} & by_text[FERRY[0]]
    assert any(
        {"is the gift kiosk shut", "is the gift kiosk blocked"} <= texts
        for texts in by_text.values()
    )


def test_every_wording_is_in_one_group() -> None:
    """None is lost, none counted twice, whatever they are; the order of asking decides nothing."""
    entries = load_knowledge(BRIDGE).entries.values()
    texts = [*(p for entry in entries for p in entry.wordings), "???", "…", "条约", "the of"]
    given = wordings(*texts)
    groups = grouped(given, VOCABULARY)
    assert Counter(w for group in groups for w in group.wordings) == Counter(given)
    assert [group.number for group in groups] == sorted((g.number for g in groups), reverse=True)
    assert grouped(given[::-1], VOCABULARY) == groups


def test_rare_wordings_are_counted_but_not_grouped(
    store: Store, answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time and memory are bounded, and the report says what it left out."""
    monkeypatch.setattr("bot.feedback.unanswered.MOST_COMPARED", 2)
    asked(store, *SHOP[:1] * 3, *FERRY[:1] * 2, "who paints the benches")
    found = collect(Questions(store), answerer, quiet=True)
    assert (found.number, found.left_out) == (6, 1)
    assert [group.number for group in found.groups] == [3, 2]


@pytest.fixture
def filled(store: Store, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the commands at a store, which holds some questions, and at the tiny knowledge."""
    asked(store, *SHOP, SHOP[0])
    clock.now += DAY
    asked(store, *FERRY, "closing the bridge pls when")
    for entry in ("closing-date", "closing-date", "trade"):
        Questions(store).keep("answered", entry, Scrubbed("x"))
    monkeypatch.setenv("DATABASE_PATH", str(path))
    monkeypatch.setenv("KNOWLEDGE_DIR", str(BRIDGE))
    # The commands read the real clock.
    monkeypatch.setattr("time.time", clock)
    monkeypatch.setattr("bot.store.database.Store.__init__.__kwdefaults__", {"clock": clock})
    return path


def test_the_list_shows_count_days_nearest_entry_and_confidence(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The group asked most comes first, with its other wordings."""
    assert filled.exists()
    assert main(["unanswered"]) == 0
    first, *_ = capsys.readouterr().out.split("\n\n")
    assert re.match(rf" +4×  {re.escape(SHOP[0])}\n +also: ", first)
    assert re.search(r"nearest: [a-z-]+ \(0\.\d\d\) .+\?", first)
    assert "2027-01-15" in first


def test_the_json_has_each_group(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with all of it."""
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
    """Items for answers.yaml, each with how often it was asked; figures before and after."""
    assert filled.exists()
    assert main(["unanswered", "--stub"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"# \| right +\| +\d+ \| +\d+ \|", out)
    assert re.search(r"# \d+ of them would get another reply", out)
    items = {item["id"]: item for item in yaml.safe_load(out)["entries"]}
    new = items["is-there-a-souvenir-shop-nearby"]
    assert new["question"] == "Is there a souvenir shop nearby?"
    assert set(new["phrasings"]) == set(SHOP[1:])  # the first is the question itself
    assert new["answer"].startswith("TODO")
    assert "# asked 4 times, 2027-01-15; nearest: " in out
    assert out.index("# The effect") < out.index("\nentries:")


def test_from_a_question_in_vain_to_an_answer_with_its_passage(
    tmp_path: Path, filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked in vain, listed, drafted, filled in, checked, and answered: the whole loop."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    question = "who pays for the painting of the railings"
    store = Store(filled)
    answerer = Answerer(load_knowledge(folder))
    reply = answerer.answer(question)
    assert reply.status == "unanswered"
    for _ in range(9):
        FeedbackRecorder(store).asked(reply, make_scrubber(answerer.knowledge))
    store.close()
    passage = "The works will take nine weeks and cost 2.4 million crowns."
    assert main(["unanswered", "--stub", "--knowledge", str(folder)]) == 0
    (item,) = (
        item
        for item in yaml.safe_load(capsys.readouterr().out)["entries"]
        if item.get("question", "").casefold() == f"{question}?"
    )
    assert main(["check", "--knowledge", str(folder)]) == 0
    answers = yaml.safe_load((folder / "answers.yaml").read_text("utf-8"))
    answers["entries"].append(item)
    (folder / "answers.yaml").write_text(yaml.safe_dump(answers, sort_keys=False), "utf-8")
    assert main(["check", "--knowledge", str(folder)]) == 2
    assert "still to be filled in" in capsys.readouterr().err
    item |= {
        "phrasings": ["cost of painting the railings"],
        "answer": "The works cost 2.4 million crowns.",
        "passages": [passage],
    }
    (folder / "answers.yaml").write_text(yaml.safe_dump(answers, sort_keys=False), "utf-8")
    assert main(["check", "--knowledge", str(folder)]) == 0
    assert main(["ask", question, "--knowledge", str(folder)]) == 0
    assert "take nine weeks and cost 2.4 million crowns" in capsys.readouterr().out
    assert main(["unanswered", "--knowledge", str(folder)]) == 0
    assert "answered by now" in capsys.readouterr().out.split("\n\n")[0]


def test_the_effect_names_the_replies_that_would_change(bridge: Knowledge) -> None:
    """A harmful edit shows: an entry that takes over another's words turns right into wrong."""
    kept = [SHOP[0]]
    assert effect(bridge, lambda knowledge: knowledge, kept).changes == ()

    def harm(knowledge: Knowledge) -> Knowledge:
        entries = dict(knowledge.entries)
        victim, thief = entries["closing-date"], entries["trade"]
        entries["trade"] = replace(
            thief, phrasings=(*thief.phrasings, *bridge.entries["closing-date"].phrasings, *kept)
        )
        entries["closing-date"] = replace(victim, phrasings=())
        return replace(knowledge, entries=entries)

    found = effect(bridge, harm, kept)
    assert found.before.total() == found.after.total()
    assert found.after["right"] < found.before["right"] or found.changes
    assert [change.after.entry for change in found.kept] == ["trade"]


def test_the_effect_of_a_large_folder_is_that_on_a_sample(
    bridge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many phrasings there are, only so many are asked, from all over the folder."""
    whole = effect(bridge, lambda knowledge: knowledge, [])
    monkeypatch.setattr("bot.feedback.drafts.MOST_ASKED", 3)
    sample = effect(bridge, lambda knowledge: knowledge, [])
    assert 0 < sample.before.total() <= 3 < whole.before.total()
    assert sample.before == sample.after
    assert sample.changes == ()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("wen is the brigde shut",), []),  # answered by now
        (("when does the bridge close?",), []),
        (("hello",), []),
        (("name of the building firm",), []),  # a known gap by now
        (("toll toll", "Toll, toll!"), [("toll toll",)]),
        (("who is … the ferryman", "…"), [("who is the ferryman",)]),
        (("when?",), []),
    ],
)
def test_drafts_are_made_of_what_is_still_open(
    store: Store, answerer: Answerer, texts: tuple[str, ...], expected: list[tuple[str, ...]]
) -> None:
    """What is settled by now, small talk and empty words give none; no phrasing stands twice."""
    asked(store, *texts)
    groups = collect(Questions(store), answerer, quiet=True).groups
    assert [draft.phrasings for draft in drafts(groups, answerer)] == expected


def test_the_list_tells_what_is_settled_and_fits_a_terminal(
    store: Store, answerer: Answerer
) -> None:
    """What an edit answered, or made a known gap of; lines of 80 characters."""
    asked(store, "name of the building firm", "wen is the brigde shut", *SHOP, "toll " * 60)
    text = as_text(collect(Questions(store), answerer, quiet=True), answerer)
    assert text.count("; a known gap by now") == 1
    assert text.count("; answered by now") == 1
    assert max(map(len, text.splitlines())) <= 80


def test_the_text_for_a_chat_fits_into_a_message(store: Store, answerer: Answerer) -> None:
    """At most 4,096 characters as Telegram counts them, however long the questions."""
    asked(store, *(f"🚢{number} " * 100 + f"toll{number}" for number in range(40)))
    text = unanswered_text(store, answerer)
    assert len(text.encode("utf-16-le")) / 2 <= 4096
    assert text.count("×") == 10
    assert "30 more groups" in text


def test_nothing_kept_is_said_plainly(
    path: Path,
    store: Store,
    answerer: Answerer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An empty store is no fault."""
    monkeypatch.setenv("DATABASE_PATH", str(path))
    for command in ("unanswered", "unanswered --stub", "stats"):
        assert main([*command.split(), "--knowledge", str(BRIDGE)]) == 0
        assert "Nothing was" in capsys.readouterr().out
    assert "Nothing" in unanswered_text(store, answerer)
    assert "Nothing" in stats.stats_text(store, answerer.knowledge)


@pytest.mark.parametrize("command", ["unanswered", "stats"])
def test_a_store_that_is_not_there_is_wrong_input(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 2 and the mend; and no empty store is left behind."""
    path = tmp_path / "none.sqlite3"
    monkeypatch.setenv("DATABASE_PATH", str(path))
    assert main([command, "--knowledge", str(BRIDGE)]) == 2
    assert "DATABASE_PATH" in capsys.readouterr().err
    assert not path.exists()


MONDAY = (dt.date(2027, 3, 1) - dt.date(1970, 1, 1)).days


def test_statistics_by_day_if_few_else_by_week() -> None:
    """Two weeks are shown day by day, more by the week from Monday, without a hole."""
    counts = [Count(MONDAY + 3, "answered", "a", 2), Count(MONDAY + 5, "good", "a", 1)]
    daily = stats.summed(counts, MONDAY + 16)
    assert len(daily.periods) == 14
    assert daily.entries[0].series == (2, *[0] * 13)
    weekly = stats.summed(counts, MONDAY + 17)
    assert [period.start.isoformat() for period in weekly.periods] == [
        "2027-03-01",
        "2027-03-08",
        "2027-03-15",
    ]
    assert weekly.periods[0].counts == {"answered": 2, "good": 1}


def test_known_gaps_are_told_from_what_nobody_foresaw() -> None:
    """A gap that was answered as one is no question in vain, and counts among the entries."""
    counts = [Count(5, "unanswered", "gap-toll", 2), Count(5, "unanswered", "", 3)]
    found = stats.summed(counts, 5)
    assert found.total("known gaps") == 2
    assert found.total("unanswered") == 3
    assert [(one.entry, one.number) for one in found.entries] == [("gap-toll", 2)]


def test_stats_as_table_json_and_picture(
    tmp_path: Path, filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same figures in each; the picture is 1080 wide."""
    assert filled.exists()
    picture = tmp_path / "stats.png"
    assert main(["stats"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"\| all +\| +3 \| +0 \| +7 \|", out)
    assert re.search(r"\| closing-date \| +2 \|", out)
    assert main(["stats", "--json", "--png", str(picture)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sum(period["answered"] for period in found["periods"]) == 3
    assert found["entries"][0] == {"entry": "closing-date", "asked": 2, "series": [0, 2]}
    with Image.open(picture) as image:
        assert image.width == 1080
        colours = image.convert("RGB").getcolors(1 << 20) or []
        assert (15, 84, 153) in {colour for _, colour in colours}


@pytest.mark.parametrize("number", [9999, 345_678, 2_345_678])
def test_the_legend_of_the_picture_fits(bridge: Knowledge, number: int) -> None:
    """Numbers as wide as they get leave the margin of 72 pixels free."""
    kinds = (("answered", "a"), ("suggested", ""), ("unanswered", ""), ("unanswered", "a"))
    counts = [Count(5, what, entry, number) for what, entry in kinds]  # type: ignore[arg-type]
    with Image.open(io.BytesIO(draw(stats.summed(counts, 5), bridge))) as image:
        margin = image.convert("RGB").crop((1080 - 72, 180, 1080, 224))
        assert len(margin.getcolors() or []) == 1


def test_stats_for_a_chat(store: Store, bridge: Knowledge) -> None:
    """The last days, and the questions of the entries, not their ids."""
    Questions(store).keep("answered", "closing-date", Scrubbed("x"))
    text = stats.stats_text(store, bridge)
    assert "Last 7 days: 1 answered" in text
    assert "1× When does the bridge close?" in text


@pytest.mark.parametrize(
    ("series", "bars"), [([0, 1, 8], " ▁█"), ([0, 0], "  "), ([], ""), ([100, 1], "█▁")]
)
def test_bars_show_whatever_is_not_nothing(series: list[int], bars: str) -> None:
    """The highest is full; a one beside a hundred can still be seen."""
    assert stats.sparkline(series) == bars
    assert table(("x",), [(bars,)])
