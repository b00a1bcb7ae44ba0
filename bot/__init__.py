"""A Telegram bot that answers questions about one news article and quotes the passage."""

import os

# The matrices are small. More threads would gain nothing, and take the cores from other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
