"""The bot's profile in Telegram: its command menus and descriptions."""

import logging
from functools import partial

from telegram.constants import BotDescriptionLimit
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.knowledge import Knowledge
from bot.telegram.messages import texts
from bot.telegram.send.client import Client
from bot.telegram.send.retries import until_it_works

log = logging.getLogger(__name__)


async def set_profile(client: Client, knowledge: Knowledge) -> None:
    """Update the command menus and descriptions that differ; errors are only logged."""
    try:
        update = partial(_update, client, knowledge)
        await until_it_works(update, "setMyCommands", BadRequest, RetryAfter)
    except TelegramError as error:
        what = "the command menus and descriptions were not updated"
        log.warning("%s (%s); the next start will retry", what, error)


async def _update(client: Client, knowledge: Knowledge) -> None:
    fill = knowledge.source.fill
    for kind, names in texts.MENUS.items():
        scope = {"type": kind}
        menu = [{"command": name, "description": fill(texts.COMMANDS[name])} for name in names]
        if await client.call("getMyCommands", scope=scope) != menu:
            await client.call("setMyCommands", scope=scope, commands=menu)
    for method, field, limit in (
        ("MyDescription", "description", BotDescriptionLimit.MAX_DESCRIPTION_LENGTH),
        (
            "MyShortDescription",
            "short_description",
            BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH,
        ),
    ):
        text = texts.about(field, knowledge)[:limit]
        if (await client.call(f"get{method}")).get(field) != text:
            await client.call(f"set{method}", **{field: text})
