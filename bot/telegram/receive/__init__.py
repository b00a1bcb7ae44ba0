"""Updates from Telegram, by long polling or by webhook, handed to the worker."""
