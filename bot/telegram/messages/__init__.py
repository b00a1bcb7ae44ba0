"""What the bot says in Telegram, as HTML with buttons. Pure."""
