"""The typeface of all pictures: Source Sans Pro, in four styles."""

import io
from functools import cache
from importlib.resources import files
from typing import Literal

from PIL import ImageFont

Style = Literal["Regular", "Semibold", "It", "SemiboldIt"]
_NO_CHARACTER = "\uffff"  # drawn as every letter that a typeface lacks


@cache
def font(style: Style, size: int) -> ImageFont.FreeTypeFont:
    """A style, sized in pixels; covers Latin and, in upright styles, Greek and Cyrillic."""
    path = files("font_source_sans_pro") / "files" / f"SourceSansPro-{style}.ttf"
    return ImageFont.truetype(io.BytesIO(path.read_bytes()), size)


def missing_letters(text: str) -> list[str]:
    """The letters of a text that the upright styles lack, each once."""
    face = font("Regular", 20)
    lacking = bytes(face.getmask(_NO_CHARACTER))
    return [letter for letter in dict.fromkeys(text) if bytes(face.getmask(letter)) == lacking]
