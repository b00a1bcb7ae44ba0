"""Hypothesis strategies for updates, valid and malformed, from the Bot API's table of types."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from bot.telegram.receive.parsing import ALLOWED_UPDATES
from tests.fake_telegram.schema import TYPES, UNIONS

Json = dict[str, Any]

_DEPTH = 3  # levels of objects with optional fields
_MAX_ID = 2**52  # Telegram's ids have at most 52 bits
# Fields that refer to something in the chat, which a generated value would not.
_REFERENCES = frozenset({"message_thread_id", "is_topic_message"})
_TEXTS = st.one_of(
    st.sampled_from(
        [
            "When does the bridge close?", "/start", "/ask", "/ask@TreatyBot why?", "/timeline x",
            "/nonsense", "@TreatyBot", "@TreatyBot how long?", "e:closing-date", "t:works", "e:",
            "e:no-such-entry", "<b>bold", "&lt;", "%s %d {0}", "../../etc/passwd", "\u202e\u200b",
        ]
    ),
    st.text(max_size=40),
    st.text(alphabet="a", min_size=4000, max_size=4096),
)  # fmt: skip
_GARBAGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.just([]), st.just({}), st.just([[[{}]]]), st.just({"id": {"id": []}}),
)  # fmt: skip


def updates(chats: list[Json], users: list[Json]) -> st.SearchStrategy[Json]:
    """Valid updates of every kind we request, from these chats and users."""
    fixed = {"Chat": st.sampled_from(chats), "User": st.sampled_from(users)}
    return st.sampled_from(ALLOWED_UPDATES).flatmap(
        lambda kind: st.fixed_dictionaries(
            {kind: _value(TYPES["Update"][kind][1][0], fixed, _DEPTH)}
        )
    )


@st.composite
def broken(draw: st.DrawFn, valid: st.SearchStrategy[Json]) -> Json:
    """An update with one field missing or replaced by garbage."""
    update = draw(valid)
    holder: Any = update
    for _ in range(draw(st.integers(0, 3))):
        inner = [value for value in holder.values() if isinstance(value, dict) and value]
        if not inner:
            break
        index = draw(st.integers(0, len(inner) - 1))
        (key,) = [key for key, value in holder.items() if value is inner[index]][:1]
        holder[key] = holder = dict(inner[index])
    key = draw(st.sampled_from(sorted(holder)))
    if draw(st.booleans()):
        holder[key] = draw(_GARBAGE)
    else:
        del holder[key]
    return update


def _value(
    kind: str, fixed: Mapping[str, st.SearchStrategy[Any]], depth: int
) -> st.SearchStrategy[Any]:
    if kind.startswith("Array of "):
        inner = _value(kind.removeprefix("Array of "), fixed, depth - 1)
        return st.lists(inner, max_size=2 if depth > 0 else 0)
    if kind in fixed:
        return fixed[kind]
    if kind in UNIONS:
        return st.sampled_from(UNIONS[kind]).flatmap(lambda one: _value(one, fixed, depth))
    if kind in TYPES:
        return st.deferred(lambda: _object(kind, fixed, depth))
    return {
        "String": _TEXTS,
        "Boolean": st.booleans(),
        "Integer": st.integers(-_MAX_ID, _MAX_ID),
        "Float": st.floats(-1e6, 1e6),
    }[kind]


def _object(
    kind: str, fixed: Mapping[str, st.SearchStrategy[Any]], depth: int
) -> st.SearchStrategy[Json]:
    required, optional = {}, {}
    for name, (is_required, types) in TYPES[kind].items():
        if name in _REFERENCES:
            continue
        if name in {"date", "edit_date"}:
            required[name] = st.integers(1_500_000_000, 1_900_000_000)
        elif is_required:
            required[name] = _value(types[0], fixed, depth - 1)
        elif depth > 0:
            optional[name] = _value(types[0], fixed, depth - 1)
    if not optional:
        return st.fixed_dictionaries(required)
    # Few optional fields at a time, as in real updates, so that each one matters.
    some = st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True)
    return some.flatmap(
        lambda names: st.fixed_dictionaries(required | {name: optional[name] for name in names})
    )
