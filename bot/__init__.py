"""A Telegram bot that answers questions about one news article, citing it word for word."""
