"""Telegram: addressing, rendering, handlers, and the delivery that loses nothing."""

import os

# Before the library is imported: spans of time come as `timedelta`, not as deprecated numbers.
os.environ.setdefault("PTB_TIMEDELTA", "1")
