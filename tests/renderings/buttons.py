"""Draws rows of inline buttons."""

import re

from PIL import Image, ImageDraw

from bot.pictures.canvas import draw_rounded
from bot.typeface import Style, font
from tests.fake_telegram import Json
from tests.renderings.themes import Theme

BUTTON, BUTTON_GAP = 72, 8  # height and spacing in pixels
_SIZE = 29
_THUMBS = re.compile("([\N{THUMBS UP SIGN}\N{THUMBS DOWN SIGN}])")
_THUMB = 36  # width and height of a thumb, which the font lacks
_SUPERSAMPLING = 4


def draw_row(
    image: Image.Image, row: list[Json], place: tuple[int, int, int], theme: Theme
) -> None:
    """Draw buttons side by side. `place` is left, top, right."""
    left, top, right = place
    width = (right - left - BUTTON_GAP * (len(row) - 1)) // len(row)
    for n, button in enumerate(row):
        x = left + n * (width + BUTTON_GAP)
        draw_rounded(image, (x, top, x + width, top + BUTTON), 18, theme.button)
        label = shorten(button["text"], "Semibold", _SIZE, width - 48)
        _draw_label(image, label, x + width // 2, top + 46, theme.button_words)
        if "url" in button:
            _draw_arrow(ImageDraw.Draw(image), x + width - 16, top + 16, theme.button_words)


def _draw_label(image: Image.Image, label: str, middle: int, baseline: int, ink: str) -> None:
    face = font("Semibold", _SIZE)
    parts = [part for part in _THUMBS.split(label) if part]
    widths = [_THUMB if _THUMBS.match(part) else face.getlength(part) for part in parts]
    x = middle - sum(widths) / 2
    for part, width in zip(parts, widths, strict=True):
        if _THUMBS.match(part):
            thumb = _thumb(is_down=part == "\N{THUMBS DOWN SIGN}")
            image.paste(ink, (round(x), baseline - _THUMB + 7), thumb)
        else:
            ImageDraw.Draw(image).text((x, baseline), part, ink, face, anchor="ls")
        x += width


def _thumb(*, is_down: bool) -> Image.Image:
    """A mask of a hand with its thumb up or down."""
    side = _THUMB * _SUPERSAMPLING
    mask = Image.new("L", (side, side))
    canvas = ImageDraw.Draw(mask)

    def at(*percent: int) -> list[float]:
        return [part * side / 100 for part in percent]

    canvas.rounded_rectangle(at(6, 44, 24, 94), side // 20, fill=255)  # the cuff
    canvas.rounded_rectangle(at(30, 40, 94, 94), side // 8, fill=255)  # the hand
    canvas.polygon(at(30, 52, 48, 8, 60, 6, 66, 16, 60, 46, 30, 60), fill=255)  # the thumb
    return (mask.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if is_down else mask).reduce(
        _SUPERSAMPLING
    )


def _draw_arrow(canvas: ImageDraw.ImageDraw, x: int, y: int, ink: str) -> None:
    """Draw the arrow in the corner of a link button."""
    canvas.line([(x - 13, y + 13), (x, y)], ink, width=3)
    canvas.line([(x - 11, y), (x, y), (x, y + 11)], ink, width=3)


def shorten(text: str, style: Style, size: int, width: int) -> str:
    """Cut text to `width` pixels, with an ellipsis if anything is cut."""
    face = font(style, size)
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
