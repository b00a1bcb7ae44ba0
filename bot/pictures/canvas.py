"""What every picture needs: the typeface, lines that fit a width, round shapes, the file."""

import io
import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from bot.errors import InputError

Style = Literal["Regular", "Semibold", "It", "SemiboldIt"]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
# Pillow's shapes have hard edges: they are drawn so many times larger and then reduced.
_SMOOTHING = 4


@cache
def font(style: Style, size: int) -> ImageFont.FreeTypeFont:
    """Source Sans Pro in pixels; it has the letters of Latin, and upright Greek and Cyrillic."""
    path = files("font_source_sans_pro") / "files" / f"SourceSansPro-{style}.ttf"
    return ImageFont.truetype(io.BytesIO(path.read_bytes()), size)


def wrap_text(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a text into lines of at most `width` pixels; a longer word is broken too."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines += _pieces(word, face, width)
    return lines


def balanced(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a text into as few lines as fit, about equally long: none holds a last word alone."""
    fewest = len(wrap_text(text, face, width))
    widths = range(width // 2, width)
    enough = bisect_left(widths, True, key=lambda one: len(wrap_text(text, face, one)) <= fewest)  # noqa: FBT003
    return wrap_text(text, face, width // 2 + enough)


def _pieces(word: str, face: ImageFont.FreeTypeFont, width: float) -> Iterator[str]:
    while word:
        count = len(word)
        while count > 1 and face.getlength(word[:count]) > width:
            count -= 1
        yield word[:count]
        word = word[count:]


def draw_rounded(image: Image.Image, box: Box, radius: int, fill: str) -> None:
    """Draw a rectangle with round corners; a circle if the radius is half its side."""
    left, top, right, bottom = box
    size = ((right - left) * _SMOOTHING, (bottom - top) * _SMOOTHING)
    mask = Image.new("L", size)
    corner = (0, 0, size[0] - 1, size[1] - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corner, radius * _SMOOTHING, fill=255)
    image.paste(fill, box, mask.reduce(_SMOOTHING))


def to_png(image: Image.Image) -> bytes:
    """The picture as a file, the same bytes for the same pixels."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def save(picture: bytes, file: Path) -> None:
    """Write a picture as a whole or not at all; raise `InputError` where that cannot be."""
    target = Path(os.path.realpath(file))  # a link stays what it is
    beside = target.parent / f".{os.getpid()}.part"
    try:
        if target.exists() and not target.is_file():
            raise InputError(f"{file} is no ordinary file. Name the file to write, as x.png.")
        beside.write_bytes(picture)
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise InputError(
            f"{file} cannot be written ({error.strerror}). Name a file in a folder of your own."
        ) from None
