"""Whole group chats through the real process: each addressed message gets one reply."""

from functools import partial
from pathlib import Path

import pytest
import yaml

from tests.fake_telegram import FakeTelegram
from tests.paths import QUESTIONS, ROOT

FILES = [
    *sorted(QUESTIONS.glob("*/groupchat.yaml")),
    *ROOT.joinpath("..", "shared", "questions").glob("groupchat.yaml"),
]


@pytest.mark.parametrize("overhears", [False, True])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_only_addressed_messages_get_a_reply(
    treaty: FakeTelegram, path: Path, *, overhears: bool
) -> None:
    """In groups that allow it, clear questions may be answered too, but never chatter."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    treaty.world.privacy_mode = False
    said = []
    try:
        for row in rows:
            # Each message gets its own group, so no answer is skipped as repeated.
            group, admin = treaty.group("Group"), treaty.user("Eva")
            if overhears:
                treaty.set_status(group, admin, "administrator")
                shown = treaty.reply_to(treaty.say("/settings", chat=group, user=admin))
                query = treaty.press("s:clear", shown, user=admin)
                treaty.wait_for(partial(treaty.answer_to, query), what="saved")
            said.append((row, treaty.say(row["q"], chat=group), group))
        treaty.wait_idle(timeout=60)
    finally:
        treaty.world.privacy_mode = True
    for row, message, group in said:
        count = len(treaty.sent(group.id)) - overhears
        if row["addressed"]:
            assert len(treaty.replies_to(message)) == count == 1, row["q"]
        elif not overhears or row["kind"] != "overheard-question":
            assert count == 0, row["q"]
        else:
            assert count <= 1, row["q"]
