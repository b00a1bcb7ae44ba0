"""Calls to Telegram: the HTTP client, limits and retries."""
