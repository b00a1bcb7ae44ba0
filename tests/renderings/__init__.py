"""Pictures of the bot's real replies, drawn as a chat shows them."""
