"""Tells the owners in Telegram, and the metrics, what came of an edit of the knowledge."""

import logging
from collections.abc import Sequence
from functools import partial

from telegram.constants import MessageLimit
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import metrics
from bot.config import Settings
from bot.errors import Problem
from bot.loading.reload import ActiveKnowledge
from bot.telegram.messages import texts
from bot.telegram.send.client import Client
from bot.telegram.send.retries import short_reason, until_it_works

log = logging.getLogger(__name__)


class EditReports:
    """Reports each problem once, until the knowledge is valid again."""

    def __init__(self, settings: Settings, client: Client, active: ActiveKnowledge) -> None:
        self._owners = sorted(settings.owner_ids)
        self._client = client
        self._active = active
        self._told: set[tuple[str, str]] = set()

    async def report(self, problems: Sequence[Problem]) -> None:
        """Report what is wrong with an edit; nothing if it is in use now."""
        version = self._active.answerer.knowledge.version
        metrics.knowledge_loaded(version, is_refused=bool(problems))
        new = [p for p in problems if (p.file, p.message) not in self._told]
        if not problems:
            self._told.clear()
        if not new:
            return
        head = texts.text("refused_edit", version=version)
        text = "\n\n".join([head, *map(str, new)])[: MessageLimit.MAX_TEXT_LENGTH]
        for owner in self._owners:
            try:
                send = partial(self._client.call, "sendMessage", chat_id=owner, text=text)
                await until_it_works(send, "sendMessage", BadRequest, Forbidden)
            except TelegramError as error:
                log.warning("an owner could not be told of an edit (%s)", short_reason(error))
        self._told.update((p.file, p.message) for p in new)
