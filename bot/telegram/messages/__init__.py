"""The bot's Telegram messages, as HTML with buttons."""
