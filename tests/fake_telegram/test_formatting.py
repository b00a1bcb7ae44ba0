import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_telegram import RefusedError
from tests.fake_telegram.formatting import parse_html, strip_ends
from tests.fake_telegram.text import find_entities, utf16_length

GOOD = [
    ("plain", "plain", []),
    ("&lt;&gt;&amp;&quot;&#65;&#x42;", '<>&"AB', []),
    ("&nbsp;&laquo;&;", "&nbsp;&laquo;&;", []),
    ("a > b", "a > b", []),
    ("<b>x</b>", "x", [("bold", 0, 1)]),
    ("<B>x</b>", "x", [("bold", 0, 1)]),
    ("😀<i>😀</i>", "😀😀", [("italic", 2, 2)]),
    ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
    ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
    ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
    ("<tg-spoiler>s</tg-spoiler>", "s", [("spoiler", 0, 1)]),
    ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
    ('<a href="https://t.me/x?start=a&amp;b=1">l</a>', "l", [("text_link", 0, 1)]),
    ("<a href='tg://user?id=5'>u</a>", "u", [("text_mention", 0, 1)]),
    ('<a href="no link">l</a>', "l", []),
    ('<pre><code class="language-c">x</code></pre>', "x", [("pre", 0, 1)]),
    ("<b></b>x", "x", []),
    ("<b>x</>", "x", [("bold", 0, 1)]),
]
BAD = [
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("é<script>x</script>", 'Unsupported start tag "script" at byte offset 2'),
    ("a <br> b", 'Unsupported start tag "br" at byte offset 2'),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("<3", "Unclosed start tag at byte offset 0"),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<i>a</i   ", "Unclosed end tag at byte offset 4"),
    ('<a href="x>l</a>', "Unclosed start tag at byte offset 0"),
    ("<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 0'),
    ("<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 14"),
    ("<span>s</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


@pytest.mark.parametrize(("source", "text", "expected"), GOOD)
def test_html_that_telegram_accepts(
    source: str, text: str, expected: list[tuple[str, int, int]]
) -> None:
    """Supported tags become entities in UTF-16 units; only four named references are replaced."""
    plain, entities = parse_html(source)
    assert plain == text
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == expected


@pytest.mark.parametrize(("source", "error"), BAD)
def test_html_that_telegram_refuses(source: str, error: str) -> None:
    """Broken HTML is refused with Telegram's own error text and byte offset."""
    with pytest.raises(RefusedError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {error}"


@given(st.text())
def test_escaped_text_round_trips(text: str) -> None:
    """Parsing the output of html.escape returns the original text."""
    assert parse_html(f"<b>{html.escape(text, quote=False)}</b>")[0] == text


@given(st.text(), st.text(alphabet=" \n\t", max_size=5))
def test_stripping_keeps_entities_in_bounds(text: str, space: str) -> None:
    """After stripping, no entity extends beyond the text."""
    body, entities = strip_ends(*parse_html(f"{space}<b>{html.escape(text)}{space}</b>{space}"))
    assert all(e["offset"] + e["length"] <= utf16_length(body) for e in entities)


DETECTED = [
    ("/ask@TreatyBot when", [("bot_command", 0, 14)]),
    ("😀 @TreatyBot?", [("mention", 3, 10)]),
    ("mail a@example.org", []),
    ("see https://example.org/a, #inf", [("url", 4, 21), ("hashtag", 27, 4)]),
    ("and/or 1/2 //x", []),
]


@pytest.mark.parametrize(("text", "expected"), DETECTED)
def test_entities_detected_in_plain_text(text: str, expected: list[tuple[str, int, int]]) -> None:
    """Commands, mentions, links and hashtags are detected as on the server."""
    assert [(e["type"], e["offset"], e["length"]) for e in find_entities(text)] == expected
