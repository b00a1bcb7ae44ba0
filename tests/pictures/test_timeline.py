"""The timeline's picture: complete, legible, reproducible and within Telegram's limits."""

import io
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor, ImageDraw, ImageFont

from bot.knowledge import Event, Knowledge, load_knowledge
from bot.pictures.canvas import wrap_balanced, wrap_text
from bot.pictures.timeline import WIDTH, draw
from bot.timeline import event_date
from bot.typeface import Style, font
from tests.paths import BRIDGE

FOLDERS = {"treaty": load_knowledge(None), "bridge": load_knowledge(BRIDGE)}
TREATY = FOLDERS["treaty"]
# A word wider than the card, words of all widths, characters beyond ASCII.
LABELS = ["W" * 90, "Ünïted “Nations” – talks: é ő Ж α " * 2, "a " * 45, "9M729", "x" * 400]


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    return Image.open(io.BytesIO(picture)).size


def with_labels(knowledge: Knowledge, labels: list[str]) -> list[Event]:
    """Copies of the first event with other labels."""
    return [replace(knowledge.events[0], label=label) for label in labels]


def is_accepted(picture: bytes) -> bool:
    """Whether Telegram accepts a photo: sum and ratio of its sides, size of the file."""
    width, height = size(picture)
    ratio = max(width, height) / min(width, height)
    return width + height <= 10_000 and ratio <= 20 and len(picture) < 10_000_000


@dataclass(frozen=True)
class Line:
    """A line as drawn: its box, the picture's height, its colour and the colour behind it."""

    text: str
    box: tuple[float, float, float, float]
    height: int
    ink: str
    background: tuple[int, int, int]


@pytest.fixture
def drawn_lines(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """Collect each line of text that is drawn."""
    lines: list[Line] = []
    draw_text = ImageDraw.ImageDraw.text

    def collect(  # noqa: PLR0913, PLR0917 - Pillow's parameters
        canvas: ImageDraw.ImageDraw,
        xy: tuple[float, float],
        text: str,
        ink: str,
        face: ImageFont.FreeTypeFont,
        anchor: str,
    ) -> None:
        box = canvas.textbbox(xy, text, face, anchor=anchor)
        background = canvas.im.getpixel((int(box[0]) - 1, int(box[1])))
        lines.append(Line(text, box, canvas.im.size[1], ink, background))
        draw_text(canvas, xy, text, ink, face, anchor=anchor)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", collect)
    return lines


@pytest.mark.parametrize("name", FOLDERS)
def test_every_event_is_drawn_with_date_and_passage(name: str, drawn_lines: list[Line]) -> None:
    """The picture shows each label, date, passage and note, and the source."""
    knowledge = FOLDERS[name]
    assert is_accepted(draw(knowledge, knowledge.events))
    text = " ".join(line.text for line in drawn_lines)
    for event in knowledge.events:
        assert event_date(event) in text
        assert event.label in text
        assert event.citation.passage in text
        assert not event.note or event.note in text
    assert knowledge.source.title in text
    assert f"As reported by {knowledge.source.publisher} on " in text
    assert text.count("expected") == 1


@pytest.mark.parametrize("label", LABELS)
def test_no_line_leaves_the_card(label: str, drawn_lines: list[Line]) -> None:
    """However long the words, each line stays within the margins and the height."""
    draw(TREATY, with_labels(TREATY, [label, "short", label]))
    for line in drawn_lines:
        left, top, right, bottom = line.box
        assert 60 <= left <= right <= WIDTH - 60, line
        assert 0 <= top <= bottom <= line.height, line


def test_text_is_large_enough_for_a_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    """All text is at least 30 pixels high in a picture 1080 wide."""
    sizes: set[int] = set()

    def recording_font(style: Style, pixels: int) -> ImageFont.FreeTypeFont:
        sizes.add(pixels)
        return font(style, pixels)

    monkeypatch.setattr("bot.pictures.timeline.font", recording_font)
    draw(TREATY, TREATY.events)
    assert min(sizes) >= 30


@pytest.mark.parametrize("name", FOLDERS)
def test_the_same_events_give_the_same_bytes(name: str) -> None:
    """Nothing in the picture is random or depends on today's date."""
    knowledge = FOLDERS[name]
    assert draw(knowledge, knowledge.events) == draw(knowledge, knowledge.events)


def test_the_picture_grows_with_its_events() -> None:
    """More events make the picture taller but not wider."""
    sizes = [size(draw(TREATY, TREATY.events[:count])) for count in range(1, 7)]
    assert {width for width, _ in sizes} == {WIDTH}
    heights = [height for _, height in sizes]
    assert heights == sorted(set(heights))


def test_too_many_events_are_counted_instead_of_squeezed_in(drawn_lines: list[Line]) -> None:
    """Of 500 events, only as many are drawn as stay legible; the rest are counted."""
    picture = draw(TREATY, with_labels(TREATY, [f"event number {n}" for n in range(500)]))
    assert is_accepted(picture)
    lines = [line.text for line in drawn_lines]
    drawn = sum(text.startswith("event number") for text in lines)
    assert drawn > 10
    assert any(f"… and {500 - drawn} more" in text for text in lines)


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance as defined by the Web Content Accessibility Guidelines 2.2."""
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", FOLDERS)
def test_all_text_has_enough_contrast(name: str, drawn_lines: list[Line]) -> None:
    """Each line has the contrast that WCAG level AA requires of small text: 4.5 to 1."""
    draw(FOLDERS[name], FOLDERS[name].events)
    for line in drawn_lines:
        ink = luminance(ImageColor.getrgb(line.ink))
        dark, light = sorted((ink, luminance(line.background)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, line


@given(st.text("ab WxÄ–", max_size=80), st.integers(100, 900))
def test_wrapping_loses_nothing_and_fits_the_width(text: str, width: int) -> None:
    """Wrapping loses no letter, and balancing adds no line."""
    face = font("Regular", 40)
    lines = wrap_text(text, face, width)
    even = wrap_balanced(text, face, width)
    assert len(even) == len(lines)
    for broken in (lines, even):
        assert "".join(broken).replace(" ", "") == "".join(text.split())
        assert all(face.getlength(line) <= width for line in broken)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `treaty-bot timeline` on the small knowledge folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "timeline", "--knowledge", str(BRIDGE), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_writes_the_picture(tmp_path: Path) -> None:
    """Words narrow the events, and no other file is left in the folder."""
    file = tmp_path / "timeline.png"
    assert command("--png", str(file)).returncode == 0
    whole = size(file.read_bytes())
    done = command("april", "2021", "--png", str(file))
    assert (done.returncode, done.stdout) == (0, f"wrote {file}: 1 event\n")
    assert size(file.read_bytes())[1] < whole[1]
    assert list(tmp_path.iterdir()) == [file]


ERRORS = [
    (["--png", "{}"], "not a regular file"),
    (["--png", "{}/no/such.png"], "cannot be written (No such file or directory)"),
    (["--png", "{}/file/a.png"], "cannot be written (Not a directory)"),
    (["--png", "{}/" + 300 * "n"], "cannot be written (File name too long)"),
    (["1066", "--png", "{}/a.png"], "No event in the article matches “1066”"),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_errors_of_the_command(arguments: list[str], message: str, tmp_path: Path) -> None:
    """An error is one message with status 2 and no traceback, and leaves no file."""
    (tmp_path / "file").touch()
    done = command(*(argument.format(tmp_path) for argument in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_words_narrow_the_text_too() -> None:
    """Without --png, the words choose the events that are printed."""
    printed = command("april").stdout
    assert "12 April 2021" in printed
    assert "3 March 2021 (" not in printed
    assert printed.endswith("As reported by Lindholm Gazette on 3 March 2021\n")
