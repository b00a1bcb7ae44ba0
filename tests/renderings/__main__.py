"""Draws typical replies of the real bot: `python -m tests.renderings OUT_DIR`."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from bot.pictures.canvas import save, to_png
from tests.fake_telegram import BotProcess, Chat, FakeTelegram, User
from tests.renderings.bubbles import Scene, draw_chat
from tests.renderings.themes import DARK, LIGHT

_EXACT, _SPREAD = 64, 64  # colours; enough for smooth letters at a fifth of the file size

Situation = Callable[[FakeTelegram, User], Chat]


def asking(*texts: str) -> Situation:
    """A person asking the bot these texts in a private chat."""

    def ask(telegram: FakeTelegram, person: User) -> Chat:
        for text in texts:
            telegram.reply_to(telegram.say(text, user=person))
        return telegram.private(person)

    return ask


def in_a_group(question: str, chatter: str = "") -> Situation:
    """A group chat: perhaps a message that the bot ignores, then a question to the bot."""

    def ask(telegram: FakeTelegram, person: User) -> Chat:
        group = telegram.group("Arms control reading group")
        if chatter:
            telegram.say(chatter, chat=group, user=telegram.user("Boris"))
        telegram.reply_to(telegram.say(f"@TreatyBot {question}", chat=group, user=person))
        return group

    return ask


SITUATIONS: dict[str, Situation] = {
    "end-date": asking("when does the INF treaty end?"),
    "claim": asking("what does Moscow say about the accusations?"),
    "denial": asking("did Russia send the US an ultimatum?"),
    "gap": asking("who signed the INF treaty?"),
    "silence": asking("wer hat den vertrag unterschrieben", "who won the chess match"),
    "unsure": asking("usa leav"),
    "group": in_a_group(
        "when did the US first accuse Russia?", chatter="So the treaty is dead already?"
    ),
    "group-longest": in_a_group("how did the dispute unfold?"),
    "group-gap": in_a_group("what does the INF treaty ban?"),
    "timeline": asking("/timeline"),
}


def main() -> int:
    """Draw each situation in light and dark."""
    parser = argparse.ArgumentParser(prog="python -m tests.renderings", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as temporary,
        FakeTelegram() as telegram,
        BotProcess(telegram, Path(temporary)) as bot,
    ):
        bot.start()
        for name, situation in SITUATIONS.items():
            person = telegram.user("Ann")
            chat = situation(telegram, person)
            telegram.wait_idle()
            scene = Scene(
                chat.title or telegram.world.bot.first_name,
                "3 members" if chat.title else "bot",
                list(chat.messages.values()),
                person.id,
                telegram.world.files,
            )
            for theme, colours in (("light", LIGHT), ("dark", DARK)):
                file = folder / f"{name}-{theme}.png"
                save(to_png(_reduce_colours(draw_chat(scene, colours))), file)
                sys.stdout.write(f"{file}: {file.stat().st_size / 1000:.0f} kB\n")
    return 0


def _reduce_colours(image: Image.Image) -> Image.Image:
    """Keep the most frequent colours, and replace each of the others with the nearest left."""
    packed = np.asarray(image).reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1])
    unique, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([unique >> 16, unique >> 8 & 255, unique & 255], axis=1)
    frequent = colours[np.argsort(-counts, kind="stable")[:_EXACT]].tolist()
    spread = image.quantize(_SPREAD, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = np.array([part for colour in frequent for part in colour] + spread).reshape(-1, 3)
    distances = np.abs(colours[:, None] - palette[None]).sum(axis=2)
    indices = distances.argmin(axis=1).astype(np.uint8)[inverse.ravel()]
    reduced = Image.frombytes("P", image.size, indices.tobytes())
    reduced.putpalette(palette.ravel().tolist())
    return reduced


if __name__ == "__main__":
    sys.exit(main())
