"""Learns from a knowledge folder ahead of time: `python -m bot.loading.prebuild [FOLDER]`.

The result is stored in the folder, so that an image or a wheel made of it starts at once.
"""

import sys
from pathlib import Path

from bot.errors import InputError
from bot.knowledge import default_folder
from bot.loading.cache import ship

if __name__ == "__main__":
    try:
        ship(Path(sys.argv[1]) if sys.argv[1:] else default_folder())
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
