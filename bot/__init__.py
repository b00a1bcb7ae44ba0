"""A Telegram bot that answers questions about one news article and quotes the passage."""
