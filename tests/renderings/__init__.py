"""Draws pictures of the bot's real replies as they look in a chat."""
