"""The timeline's picture: within Telegram's bounds, the same bytes, everything on the card."""

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
from bot.pictures.canvas import Style, balanced, font, wrap_text
from bot.pictures.timeline import WIDTH, draw
from bot.timeline import event_date
from tests.paths import BRIDGE

FOLDERS = {"treaty": load_knowledge(None), "bridge": load_knowledge(BRIDGE)}
TREATY = FOLDERS["treaty"]
# A word wider than the card, words of all widths, a script and signs beyond ASCII.
LABELS = ["W" * 90, "Ünïted “Nations” – talks: é ő Ж α " * 2, "a " * 45, "9M729", "x" * 400]


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    return Image.open(io.BytesIO(picture)).size


def with_labels(knowledge: Knowledge, labels: list[str]) -> list[Event]:
    """The first event again and again with other labels."""
    return [replace(knowledge.events[0], label=label) for label in labels]


def is_accepted(picture: bytes) -> bool:
    """Telegram's bounds of a photo: sum of the sides, their ratio, the file."""
    width, height = size(picture)
    ratio = max(width, height) / min(width, height)
    return width + height <= 10_000 and ratio <= 20 and len(picture) < 10_000_000


@dataclass(frozen=True)
class Line:
    """A line as it is written: where, in a picture of what size, in which colour on which."""

    text: str
    box: tuple[float, float, float, float]
    height: int
    ink: str
    ground: tuple[int, int, int]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """Collect each line that is written."""
    lines: list[Line] = []
    write = ImageDraw.ImageDraw.text

    def collect(  # noqa: PLR0913, PLR0917 - the parameters of Pillow
        canvas: ImageDraw.ImageDraw,
        xy: tuple[float, float],
        text: str,
        ink: str,
        face: ImageFont.FreeTypeFont,
        anchor: str,
    ) -> None:
        box = canvas.textbbox(xy, text, face, anchor=anchor)
        ground = canvas.im.getpixel((int(box[0]) - 1, int(box[1])))
        lines.append(Line(text, box, canvas.im.size[1], ink, ground))
        write(canvas, xy, text, ink, face, anchor=anchor)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", collect)
    return lines


@pytest.mark.parametrize("name", FOLDERS)
def test_every_event_is_written_with_date_and_passage(name: str, written: list[Line]) -> None:
    """Each label, date, passage and note stands in the picture, and so does the source."""
    knowledge = FOLDERS[name]
    assert is_accepted(draw(knowledge, knowledge.events))
    said = " ".join(line.text for line in written)
    for event in knowledge.events:
        assert event_date(event) in said
        assert event.label in said
        assert event.citation.passage in said
        assert not event.note or event.note in said
    assert knowledge.source.title in said
    assert f"As reported by {knowledge.source.publisher} on " in said
    assert said.count("expected") == 1


@pytest.mark.parametrize("label", LABELS)
def test_no_line_leaves_the_card(label: str, written: list[Line]) -> None:
    """However long the words, each line stays between the margins and within the height."""
    draw(TREATY, with_labels(TREATY, [label, "short", label]))
    for line in written:
        left, top, right, bottom = line.box
        assert 60 <= left <= right <= WIDTH - 60, line
        assert 0 <= top <= bottom <= line.height, line


def test_no_letter_is_smaller_than_a_phone_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """All text is at least 30 pixels of 1080."""
    sizes: set[int] = set()

    def watched(style: Style, pixels: int) -> ImageFont.FreeTypeFont:
        sizes.add(pixels)
        return font(style, pixels)

    monkeypatch.setattr("bot.pictures.timeline.font", watched)
    draw(TREATY, TREATY.events)
    assert min(sizes) >= 30


@pytest.mark.parametrize("name", FOLDERS)
def test_the_same_events_give_the_same_bytes(name: str) -> None:
    """Nothing in the picture is random or of today."""
    knowledge = FOLDERS[name]
    assert draw(knowledge, knowledge.events) == draw(knowledge, knowledge.events)


def test_the_picture_grows_with_its_events() -> None:
    """Fewer events, a lower picture; always as wide."""
    sizes = [size(draw(TREATY, TREATY.events[:count])) for count in range(1, 7)]
    assert {width for width, _ in sizes} == {WIDTH}
    heights = [height for _, height in sizes]
    assert heights == sorted(set(heights))


def test_too_many_events_are_counted_and_not_squeezed(
    written: list[Line],
) -> None:
    """Of 500 events as many are drawn as can be read; the rest is said to be left out."""
    picture = draw(TREATY, with_labels(TREATY, [f"event number {n}" for n in range(500)]))
    assert is_accepted(picture)
    lines = [line.text for line in written]
    drawn = sum(text.startswith("event number") for text in lines)
    assert drawn > 10
    assert any(f"… and {500 - drawn} more" in text for text in lines)


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance, as the Web Content Accessibility Guidelines 2.2 define it."""
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", FOLDERS)
def test_all_words_stand_out_from_what_is_behind_them(name: str, written: list[Line]) -> None:
    """Each line has the contrast that level AA asks of small text: 4.5 to 1."""
    draw(FOLDERS[name], FOLDERS[name].events)
    for line in written:
        ink = luminance(ImageColor.getrgb(line.ink))
        dark, light = sorted((ink, luminance(line.ground)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, line


@given(st.text("ab WxÄ–", max_size=80), st.integers(100, 900))
def test_lines_hold_all_letters_within_the_width(text: str, width: int) -> None:
    """Nothing is lost by breaking; balancing adds no line."""
    face = font("Regular", 40)
    lines = wrap_text(text, face, width)
    even = balanced(text, face, width)
    assert len(even) == len(lines)
    for broken in (lines, even):
        assert "".join(broken).replace(" ", "") == "".join(text.split())
        assert all(face.getlength(line) <= width for line in broken)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `treaty-bot timeline` on the tiny knowledge folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "timeline", "--knowledge", str(BRIDGE), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_writes_the_picture(tmp_path: Path) -> None:
    """Words narrow it; nothing but the picture is left in the folder."""
    file = tmp_path / "timeline.png"
    assert command("--png", str(file)).returncode == 0
    whole = size(file.read_bytes())
    done = command("april", "2021", "--png", str(file))
    assert (done.returncode, done.stdout) == (0, f"wrote {file}: 1 event\n")
    assert size(file.read_bytes())[1] < whole[1]
    assert list(tmp_path.iterdir()) == [file]


REFUSALS = [
    (["--png", "{}"], "no ordinary file"),
    (["--png", "{}/no/such.png"], "cannot be written (No such file or directory)"),
    (["--png", "{}/file/a.png"], "cannot be written (Not a directory)"),
    (["--png", "{}/" + 300 * "n"], "cannot be written (File name too long)"),
    (["1066", "--png", "{}/a.png"], "No event of the article matches “1066”"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSALS)
def test_what_cannot_be_written_is_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    """One message, status 2, no traceback, and no file."""
    (tmp_path / "file").touch()
    done = command(*(argument.format(tmp_path) for argument in arguments))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_words_narrow_the_text_too() -> None:
    """Without a file the same words choose the events that are printed."""
    printed = command("april").stdout
    assert "12 April 2021" in printed
    assert "3 March 2021 (" not in printed
    assert printed.endswith("As reported by Lindholm Gazette on 3 March 2021\n")
