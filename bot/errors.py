"""The one error that means: the input is wrong, here is how to mend it."""

from __future__ import annotations


class InputError(Exception):
    """Wrong input from the owner or editor; shown as it is, exit status 2, no traceback."""
