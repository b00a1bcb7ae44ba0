"""`python -m bot` is the same as `treaty-bot`."""

import sys

from bot.cli import main

sys.exit(main())
