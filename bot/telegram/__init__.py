"""The Telegram bot: receiving updates, handling them and sending replies."""

import os
import sys
from importlib import import_module
from types import ModuleType

# The library reads this whenever it returns a duration, and warns if that is a number of seconds.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class _LoadedOnUse(ModuleType):
    """Stands for httpx, the library's default HTTP client, which the bot does not use.

    Otherwise every start would take a sixth of a second more, and the bot 10 MiB.
    """

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:  # while the library is imported: a type hint
            return object
        return getattr(import_module(self.__name__), name)


if "httpx" not in sys.modules:
    sys.modules["httpx"] = _LoadedOnUse("httpx")
    import_module("telegram")
    del sys.modules["httpx"]
