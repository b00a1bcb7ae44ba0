"""A plain python-telegram-bot echo bot: what the fake is tried with, and a peer for measurements.

Polls with the library's own loop, or serves a webhook where WEBHOOK_PORT is set.
"""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    if update.effective_message:
        await update.effective_message.reply_text(
            update.effective_message.text or "", do_quote=True
        )


def main() -> None:
    """Run until a signal."""
    base = os.environ["TELEGRAM_API_URL"]
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    app = builder.base_url(f"{base}/bot").concurrent_updates(256).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.run_polling(allowed_updates=["message"])


if __name__ == "__main__":
    main()
