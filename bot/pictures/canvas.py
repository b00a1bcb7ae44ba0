"""Helpers shared by all pictures: line breaking, rounded shapes and saving."""

import io
import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.errors import InputError

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
# Pillow does not anti-alias shapes, so they are drawn this many times larger and scaled down.
_SUPERSAMPLING = 4


def wrap_text(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break text into lines of at most `width` pixels; words wider than that are broken too."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines += _break_word(word, face, width)
    return lines


def wrap_balanced(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break text into as few lines as possible, about equally long, so that no word is alone."""
    fewest = len(wrap_text(text, face, width))
    widths = range(width // 2, width)
    narrowest = bisect_left(widths, True, key=lambda w: len(wrap_text(text, face, w)) <= fewest)  # noqa: FBT003
    return wrap_text(text, face, width // 2 + narrowest)


def _break_word(word: str, face: ImageFont.FreeTypeFont, width: float) -> Iterator[str]:
    while word:
        count = len(word)
        while count > 1 and face.getlength(word[:count]) > width:
            count -= 1
        yield word[:count]
        word = word[count:]


def draw_rounded(image: Image.Image, box: Box, radius: int, fill: str) -> None:
    """Draw a rectangle with rounded corners, or a circle if `radius` is half a square's side."""
    left, top, right, bottom = box
    size = ((right - left) * _SUPERSAMPLING, (bottom - top) * _SUPERSAMPLING)
    mask = Image.new("L", size)
    corner = (0, 0, size[0] - 1, size[1] - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corner, radius * _SUPERSAMPLING, fill=255)
    image.paste(fill, box, mask.reduce(_SUPERSAMPLING))


def to_png(image: Image.Image) -> bytes:
    """Encode as PNG; the same pixels always give the same bytes."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def save(picture: bytes, file: Path) -> None:
    """Write a picture atomically; raises `InputError` if that fails."""
    target = Path(os.path.realpath(file))  # so that a symlink is not replaced
    temporary = target.parent / f".{os.getpid()}.part"
    try:
        if target.exists() and not target.is_file():
            raise InputError(f"{file} is not a regular file. Name a file to write, such as x.png.")
        temporary.write_bytes(picture)
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        reason = f"cannot be written ({error.strerror}). Choose a folder you can write to."
        raise InputError(f"{file} {reason}") from None
