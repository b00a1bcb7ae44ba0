"""Telegram: addressing, rendering, handlers, and the delivery that loses nothing."""
