"""The bot in a terminal: replies as text, a conversation, JSON for scripts."""
