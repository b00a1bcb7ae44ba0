"""`suggest` names the entries whose phrasings are not found when they are left out."""

import re
import shutil
from pathlib import Path

import pytest

from bot.answering import Reply
from bot.cli import main
from bot.evaluation.mutate import LEFT_OUT
from bot.evaluation.questions import Question, Result
from bot.evaluation.suggest import shortages
from tests.paths import BRIDGE


def test_the_entry_with_the_most_to_gain_comes_first() -> None:
    """What counts is how many more would be found at the rate of all, not the rate alone."""

    def asked(entry: str, right: int, missed: int) -> list[Result]:
        question, reply = Question("when", (), LEFT_OUT, entry=entry), Reply("when", "unanswered")
        found, lost = Result(question, reply, "right"), Result(question, reply, "missed")
        return [*[found] * right, *[lost] * missed]

    found = shortages(
        [*asked("trade", 0, 1), *asked("crossing", 6, 6), *asked("works-length", 7, 0)]
    )
    assert [(one.entry, one.asked, len(one.missed)) for one in found] == [
        ("crossing", 12, 6),
        ("trade", 1, 1),
    ]
    assert found[0].gain == pytest.approx((6 - 12 * 7 / 20) / 20)


def test_an_entry_with_unlike_phrasings_is_suggested(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report shows a phrasing that is not found, and what it got."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    texts = folder / "phrasings" / "trade.txt"
    texts.parent.mkdir()
    texts.write_text("butchers\nbakers\ncandlesticks\n", encoding="utf-8")
    assert main(["suggest", "--knowledge", str(folder)]) == 0
    report = capsys.readouterr().out
    assert "| phrasing left out " in report
    assert "\ntrade: " in report
    assert re.search("“(butchers|bakers|candlesticks)”: (no answer|offered|got )", report)
    assert max(map(len, report.splitlines())) <= 80
