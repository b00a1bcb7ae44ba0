"""Reads "why?", "and Russia?", "more" and the like in the light of the last answer."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answering.conversation import Conversation, without_opening
from bot.answering.guard import Guard
from bot.knowledge import Knowledge
from bot.matching.text import tokens

_SAME = frozenset(
    {"source", "who", "says", "really"}
)  # without a link, these show the answer again


class FollowUps:
    """Turns a leaning message into an entry, or into a question that stands by itself."""

    def __init__(self, knowledge: Knowledge, guard: Guard) -> None:
        self._entries = knowledge.entries
        self._guard = guard
        self._cues = {
            tuple(tokens(phrasing)): key
            for key, phrasings in knowledge.vocabulary.follow_ups.items()
            for phrasing in phrasings
        }

    def linked(self, text: str, conversation: Conversation) -> str | None:
        """The entry that a bare cue ("why?", "source?") leads to from the last answer."""
        last = self._entries.get(conversation.entry or "")
        key = self._cues.get(tuple(tokens(text))) or self._cues.get(
            tuple(tokens(without_opening(text)))
        )
        if last is None or key is None:
            return None
        target = last.follow_ups.get(key)
        if key == "more" and (target is None or target in conversation.shown):
            unseen = (e for e in last.related if e not in conversation.shown)
            return next(unseen, None)
        return target or (last.id if key in _SAME else None)

    def standalone(self, text: str, conversation: Conversation) -> Iterator[str]:
        """The questions that a leaning message may stand for, the likeliest first."""
        rest = without_opening(text)
        swapped = self._swapped(rest, conversation.text)
        if swapped:
            yield swapped
        yield f"{conversation.text} {rest}"

    def _swapped(self, text: str, previous: str) -> str | None:
        """The previous question about the name in this one: "and ABM?" after "... INF ...?"."""
        asked, before = self._guard.read(text), self._guard.read(previous)
        if len(asked.mentions) != 1:
            return None
        name = asked.mentions[0]
        if len(asked.tokens) > name.end - name.start + 1:
            return None
        same = [m for m in before.mentions if m.kind == name.kind]
        if not same:
            return None
        words = before.tokens
        return " ".join([*words[: same[0].start], asked.named(name), *words[same[0].end :]])
