"""`python -m bot` is the same as `treaty-bot`."""

# ruff: noqa: PTH100, PTH109, PTH120 - pathlib itself might be imported from the working directory
import os
import sys

# `-m` lets files in the working directory take the place of libraries. Unless the bot itself lies
# there, nothing must be imported from it.
if sys.path[0] == os.getcwd() != os.path.dirname(os.path.dirname(os.path.abspath(__file__))):
    del sys.path[0]

from bot.cli import main

sys.exit(main())
