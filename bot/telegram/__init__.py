"""The Telegram bot: receiving updates, handling them and sending replies."""

import os

# Set before the library is imported, so that it uses `timedelta` and not deprecated numbers.
os.environ.setdefault("PTB_TIMEDELTA", "1")
