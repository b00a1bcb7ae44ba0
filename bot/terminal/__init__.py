"""The bot in a terminal: plain-text replies, a chat, and JSON for scripts."""
