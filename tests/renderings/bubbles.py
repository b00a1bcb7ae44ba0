"""Draws messages as chat bubbles, with quotes, photos and buttons, in light and dark.

All lengths are in pixels, about twice those of a phone's screen.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.pictures.canvas import draw_rounded
from bot.typeface import Style, font
from tests.fake_telegram import Json
from tests.renderings.buttons import BUTTON, BUTTON_GAP, draw_row, shorten
from tests.renderings.themes import Theme
from tests.renderings.words import Block, Line, blocks, width_of

WIDTH = 860
_MAX_BUBBLE = 700
_PAD, _GAP, _RADIUS, _SIZE, _LEADING = 24, 18, 28, 32, 42
_INSET, _QUOTE_PAD, _BAR = 44, 12, 6  # of a quote: lost width, padding, bar
_NAME, _REPLY = 44, 92  # heights of a name and of a replied-to message
_TITLE = 116  # height of the bar with the chat's name


@dataclass(frozen=True)
class Scene:
    """A chat as the user with the id `viewer` sees it, whose own messages are on the right.

    `files` has the photos' bytes by file_id.
    """

    title: str
    subtitle: str
    messages: Sequence[Json]
    viewer: int
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Bubble:
    """A laid-out message. `name` is shown in groups; `reply` is the replied-to name and text."""

    is_mine: bool
    name: str | None
    reply: tuple[str, str] | None
    photo: Image.Image | None
    body: list[Block]
    buttons: list[list[Json]]
    width: int

    @property
    def card_height(self) -> int:
        """The height without the buttons."""
        head = (_NAME if self.name else 0) + (_REPLY if self.reply else 0)
        photo = self.photo.height if self.photo else 0
        text = sum(_block_height(block) for block in self.body)
        return photo + (2 * _PAD if self.body or head else 0) + head + text

    @property
    def height(self) -> int:
        """The height with the buttons."""
        return self.card_height + len(self.buttons) * (BUTTON + BUTTON_GAP)


def draw_chat(scene: Scene, theme: Theme) -> Image.Image:
    """Draw all messages of a chat."""
    bubbles = [lay_out(message, scene.viewer, scene.files) for message in scene.messages]
    height = _TITLE + _GAP + sum(bubble.height + _GAP for bubble in bubbles)
    image = Image.new("RGB", (WIDTH, height), theme.chat)
    _draw_title(image, scene.title, scene.subtitle, theme)
    y = _TITLE + _GAP
    for bubble in bubbles:
        x = WIDTH - _GAP - bubble.width if bubble.is_mine else _GAP
        _draw_bubble(image, bubble, x, y, theme)
        y += bubble.height + _GAP
    return image


def lay_out(message: Json, viewer: int, files: Mapping[str, bytes]) -> Bubble:
    """A message as the user with the id `viewer` sees it."""
    is_mine = message["from"]["id"] == viewer
    in_group = message["chat"]["type"] != "private"
    name = message["from"]["first_name"] if in_group and not is_mine else None
    text = message.get("text") or message.get("caption", "")
    entities = message.get("entities") or message.get("caption_entities", [])
    body = blocks(text, entities, _MAX_BUBBLE - 2 * _PAD, _SIZE, _INSET)
    replied = message.get("reply_to_message")
    reply = (replied["from"]["first_name"], replied.get("text", "")) if replied else None
    photo = _photo(files[message["photo"][-1]["file_id"]]) if "photo" in message else None
    buttons = message.get("reply_markup", {}).get("inline_keyboard", [])
    widest = max((_block_width(block) for block in body), default=0)
    if name:
        widest = max(widest, round(font("Semibold", _SIZE).getlength(name)))
    width = _MAX_BUBBLE if photo or buttons or reply else min(_MAX_BUBBLE, widest + 2 * _PAD)
    return Bubble(is_mine, name, reply, photo, body, buttons, width)


def _photo(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as photo:
        height = photo.height * _MAX_BUBBLE // photo.width
        return photo.convert("RGB").resize((_MAX_BUBBLE, height), Image.Resampling.LANCZOS)


def _block_height(block: Block) -> int:
    return len(block.lines) * _LEADING + (4 * _QUOTE_PAD if block.is_quote else 0)


def _block_width(block: Block) -> int:
    inset = _INSET if block.is_quote else 0
    return round(max(width_of(line, _SIZE) for line in block.lines)) + inset


def _draw_title(image: Image.Image, title: str, subtitle: str, theme: Theme) -> None:
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 0, WIDTH, _TITLE), theme.bar)
    draw_rounded(image, (24, 20, 100, 96), 38, theme.accent)
    canvas.text((62, 72), title[0], theme.bar, font("Semibold", 40), anchor="ms")
    canvas.text((124, 54), title, theme.words, font("Semibold", 34), anchor="ls")
    canvas.text((124, 92), subtitle, theme.soft, font("Regular", 28), anchor="ls")


def _draw_bubble(image: Image.Image, bubble: Bubble, x: int, y: int, theme: Theme) -> None:
    right, bottom = x + bubble.width, y + bubble.card_height
    draw_rounded(
        image, (x, y, right, bottom), _RADIUS, theme.mine if bubble.is_mine else theme.theirs
    )
    top = y
    if bubble.photo:
        _paste(image, bubble.photo, x, y, is_alone=not bubble.body)
        top += bubble.photo.height
    top += _PAD
    canvas = ImageDraw.Draw(image)
    if bubble.name:
        ink = theme.accent
        canvas.text((x + _PAD, top + 30), bubble.name, ink, font("Semibold", _SIZE), anchor="ls")
        top += _NAME
    if bubble.reply:
        _draw_reply(image, bubble.reply, (x + _PAD, top, right - _PAD), theme)
        top += _REPLY
    for block in bubble.body:
        _draw_block(image, block, (x + _PAD, top, right - _PAD), theme)
        top += _block_height(block)
    top = bottom
    for row in bubble.buttons:
        top += BUTTON_GAP
        draw_row(image, row, (x, top, right), theme)
        top += BUTTON


def _paste(image: Image.Image, photo: Image.Image, x: int, y: int, *, is_alone: bool) -> None:
    """Paste a photo with rounded upper corners; the lower ones too if it is alone."""
    mask = Image.new("RGB", photo.size, "black")
    draw_rounded(mask, (0, 0, photo.width, photo.height), _RADIUS, "white")
    if not is_alone:
        lower = (0, photo.height - _RADIUS, photo.width, photo.height)
        ImageDraw.Draw(mask).rectangle(lower, "white")
    image.paste(photo, (x, y), mask.convert("L"))


def _draw_reply(
    image: Image.Image, reply: tuple[str, str], place: tuple[int, int, int], theme: Theme
) -> None:
    left, top, right = place
    _draw_quote_box(image, (left, top, right, top + _REPLY - 12), theme)
    canvas = ImageDraw.Draw(image)
    styles: list[tuple[str, Style, str]] = [
        (reply[0], "Semibold", theme.accent),
        (reply[1], "Regular", theme.words),
    ]
    for n, (text, style, ink) in enumerate(styles):
        face = font(style, 28)
        shown = shorten(text.partition("\n")[0], style, 28, right - left - 40)
        canvas.text((left + 22, top + 32 + 34 * n), shown, ink, face, anchor="ls")


def _draw_quote_box(image: Image.Image, box: tuple[int, int, int, int], theme: Theme) -> None:
    """Draw the tinted background of a quote and its bar."""
    left, top, _, bottom = box
    draw_rounded(image, box, 8, theme.quote)
    ImageDraw.Draw(image).rectangle((left, top, left + _BAR - 1, bottom - 1), theme.accent)


def _draw_block(
    image: Image.Image, block: Block, place: tuple[int, int, int], theme: Theme
) -> None:
    left, top, right = place
    if block.is_quote:
        box = (left, top + _QUOTE_PAD, right, top + _block_height(block) - _QUOTE_PAD)
        _draw_quote_box(image, box, theme)
        left, top = left + 22, top + 2 * _QUOTE_PAD
        if block.is_folded:
            _draw_chevron(image, (right - 26, box[3] - 22), theme)
    for line in block.lines:
        _draw_line(image, line, left, top + 31, theme)
        top += _LEADING


def _draw_line(image: Image.Image, line: Line, x: float, baseline: int, theme: Theme) -> None:
    canvas = ImageDraw.Draw(image)
    for run in line:
        ink = theme.accent if run.is_link else theme.words
        canvas.text((x, baseline), run.text, ink, run.face(_SIZE), anchor="ls")
        x += run.face(_SIZE).getlength(run.text)


def _draw_chevron(image: Image.Image, tip: tuple[int, int], theme: Theme) -> None:
    """Draw the sign that a quote can be expanded."""
    x, y = tip
    points = [(x - 11, y - 11), (x, y), (x + 11, y - 11)]
    ImageDraw.Draw(image).line(points, theme.accent, width=4, joint="curve")
