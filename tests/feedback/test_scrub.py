import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feedback.scrub import REMOVED, Scrubber
from bot.knowledge import load_knowledge
from tests.scrubbers import scrubber_for

KNOWN = Scrubber(
    ["When does the INF Treaty end? Russia and NATO's chief Stoltenberg deny it. What of Brussels?"]
)
SHIPPED = scrubber_for(load_knowledge())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names
        ("Katya, does Russia deny it?", f"{REMOVED}, does Russia deny it?"),
        ("My name is Ivan Petrov, when does it end?", f"My name is {REMOVED}, when does it end?"),
        ("my name is ivan petrov", f"my name is {REMOVED}"),
        ("i'm alice and i want to know", f"i'm {REMOVED} and i want to know"),
        ("hi katya, when does it end", f"hi {REMOVED}, when does it end"),
        ("Dear Mr Smith-O'Neill, what of Brussels?", f"{REMOVED}, what of Brussels?"),
        ("WHEN DOES IVAN END THE TREATY", f"WHEN DOES {REMOVED} END THE TREATY"),
        ("Когда закончится договор, Иван?", f"{REMOVED} закончится договор, {REMOVED}?"),
        ("thanks! yours, maria", f"thanks! yours, {REMOVED}"),
        # looks like a name, but stays
        ("Stoltenberg's treaty", "Stoltenberg's treaty"),
        ("When does CFE end?", "When does CFE end?"),
        ("i am not in Brussels", "i am not in Brussels"),
        # mentions and links
        ("what about @ivan_p?", f"what about {REMOVED}"),
        ("ask (@ivan_p) or /ask@a_bot", f"ask {REMOVED} or {REMOVED}"),
        ("write to ivan.petrov+x@mail.example.ru now", f"write to {REMOVED} now"),
        ("＠ivan wide", f"{REMOVED} wide"),
        ("see https://x.example/a?b=ivan#c now", f"see {REMOVED} now"),
        (
            "t.me/ivan and www.ivan.example and tg://user?id=5",
            f"{REMOVED} and {REMOVED} and {REMOVED}",
        ),
        ("at ivan.example/me or ivan-petrov.com", f"at {REMOVED} or {REMOVED}"),
        ("server 192.168.0.17:8080 down", f"server {REMOVED} down"),
        ("from 2001:db8::17 and fe80:0:0:1:2:3:4:5", f"from {REMOVED} and {REMOVED}"),
        ("at 12:30:45, mind :: that", "at 12:30:45, mind :: that"),
        ("does the treaty end.When", "does the treaty end.When"),
        # numbers
        ("call +7 (495) 123-45-67 now", f"call {REMOVED} now"),
        ("call 8 800 555 35 35", f"call {REMOVED}"),
        ("4111 1111 1111 1111 or 4111-1111-1111-1111", f"{REMOVED} or {REMOVED}"),
        ("5500,0000,0000,0004", REMOVED),
        ("555:123:4567 or 4111=1111=1111=1111", f"{REMOVED} or {REMOVED}"),
        ("mine is 07946 095812", f"mine is {REMOVED}"),
        ("１２３４５６７", REMOVED),
        ("٠١٢٣٤٥٦٧٨", REMOVED),
        ("1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", REMOVED),
        ("12\u200b34\u200d56\u00ad78", REMOVED),
        ("de89370400440532013000", REMOVED),
        ("my code is 493021", f"my code is {REMOVED}"),
        # numbers that stay
        ("in 1987, 2014-2019 or 2019-08-02?", "in 1987, 2014-2019 or 2019-08-02?"),
        ("on 02.08.2019 or 5/7/19", "on 02.08.2019 or 5/7/19"),
        ("on 5 2019, 14 of it", "on 5 2019, 14 of it"),
        ("9M729, 500 km to 5,500 km, 1,000,000", "9M729, 500 km to 5,500 km, 1,000,000"),
        # the rest
        ("", ""),
        ("  when \n does\tit  end ", "when does it end"),
        ("条约什么时候结束", "条约什么时候结束"),
    ],
)
def test_personal_data_is_removed_and_the_rest_stays(text: str, expected: str) -> None:
    """Each kind of personal data is removed; text that only looks like it stays."""
    assert KNOWN.scrub(text, ()) == expected


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("tell alice cooper now", ["Alice Cooper"], f"tell {REMOVED} now"),
        ("alice's view, ALICE", ["Alice"], f"{REMOVED}'s view, {REMOVED}"),
        ("malice and al and also", ["Al"], f"malice and {REMOVED} and also"),
        ("what does the boss say", ["The Boss"], f"what does {REMOVED} say"),
        ("what does the end", ["The Boss"], "what does the end"),
        ("will it end", ["Will"], f"{REMOVED} it end"),
        ("björn 🦄 asks", ["Bjo\u0308rn 🦄"], f"{REMOVED} asks"),
        ("bjorn, oneil and o'neil", ["Björn", "O’Neil"], f"{REMOVED} and {REMOVED}"),
        ("jean luc or jeanluc", ["Jean-Luc"], f"{REMOVED} or {REMOVED}"),
        ("a.* b", ["a.*", "", " "], f"{REMOVED} b"),
    ],
)
def test_given_names_are_removed_everywhere(text: str, names: list[str], expected: str) -> None:
    """The names of people in the chat are removed, in lower case too."""
    assert KNOWN.scrub(text, names) == expected


letters = st.text(string.ascii_lowercase, min_size=5, max_size=12).map(lambda name: f"zq{name}")
around = st.text(max_size=40).map(lambda text: f" {text} ")
secrets = st.one_of(
    letters.map(lambda name: (name, f"@{name}")),
    letters.map(lambda name: (name, f"{name}@{name}.example")),
    st.builds(lambda a, b: (b, f"https://{a}.example/{b}?{b}=1#{b}"), letters, letters),
    letters.map(lambda name: (name, f"www.{name}.example")),
    letters.map(lambda name: (name, f"t.me/{name}")),
    letters.map(lambda name: (name, name.title())),
)


@given(around, secrets, around)
def test_nothing_of_a_mention_link_or_name_survives(
    before: str, secret: tuple[str, str], after: str
) -> None:
    """It is removed in any context and next to any punctuation."""
    hidden, written = secret
    assert hidden not in SHIPPED.scrub(f"{before}{written}{after}", ()).casefold()


separators = st.sampled_from(["", " ", "-", ".", " - ", ") ", "/", "\u00a0", "\u2011", "–", "."])


@given(
    around,
    st.lists(st.integers(3_000_000, 9_999_999), min_size=1, max_size=2),
    st.lists(separators, min_size=20, max_size=20),
    around,
)
def test_nothing_of_a_long_number_survives(
    before: str, numbers: list[int], between: list[str], after: str
) -> None:
    """Seven or more digits, such as a phone or card number, with any separators."""
    digits = "".join(map(str, numbers))
    written = "".join(digit + gap for digit, gap in zip(digits, between, strict=False))
    scrubbed = SHIPPED.scrub(f"{before}x {written} x{after}", ())
    left = re.sub(r"\D", "", scrubbed)
    assert digits not in left


@given(st.text(max_size=300), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_is_scrubbed_to_one_line(text: str, names: list[str]) -> None:
    """Scrubbing never fails, and leaves no mention, line break or invisible character."""
    scrubbed = SHIPPED.scrub(text, names)
    assert "@" not in scrubbed
    assert scrubbed.split() == scrubbed.split(" ") or not scrubbed
    assert "\u200b" not in scrubbed


def test_questions_about_the_article_are_unchanged() -> None:
    """The phrasings in the knowledge folder lose nothing, so editors can read such questions."""
    knowledge = load_knowledge()
    texts = [phrasing for entry in knowledge.entries.values() for phrasing in entry.all_phrasings]
    changed = [text for text in texts if SHIPPED.scrub(text, ()) != " ".join(text.split())]
    assert changed == []
