"""`treaty-bot run`: starts the bot and serves until it is told to stop."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from telegram.error import EndPointNotFound, InvalidToken

from bot import metrics
from bot.config import Settings
from bot.errors import InputError, ServingError
from bot.loading.reload import KnowledgeReloader
from bot.logs import log_failure, set_up_logging
from bot.store import DiskThread, Inbox, Store, inbox_path
from bot.telegram.dispatcher import Dispatcher, give_up
from bot.telegram.owners import EditReports
from bot.telegram.profile import set_profile
from bot.telegram.receive.polling import Poller
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import Client, make_client
from bot.telegram.send.limits import SendLimits
from bot.telegram.send.retries import until_it_works
from bot.telegram.services import Services
from bot.watchdog import cancel_on_signals, exit_on_signals, sd_notify, watch_event_loop

log = logging.getLogger(__name__)

_GARBAGE = 20_000  # objects between two looks for garbage; an update takes a few hundred
DRAIN_TIMEOUT = 25.0  # seconds to finish updates in progress after SIGTERM
_REJECTED = (
    "TELEGRAM_BOT_TOKEN: Telegram rejects this token. Copy it again from @BotFather (/mybots, API"
    " Token); it looks like 123456:ABC-DEF."
)
_NO_SUCH_BOT = (
    "TELEGRAM_API_URL, TELEGRAM_BOT_TOKEN: the server knows no such bot (404 Not Found). The"
    " address is usually https://api.telegram.org; the token looks like 123456:ABC-DEF."
)


def run(settings: Settings, knowledge: Path | None) -> int:
    """Serve until SIGTERM or SIGINT; the exit status is 0, or 1 if serving became impossible."""
    exit_on_signals()
    client = make_client(settings, SendLimits() if settings.send_limits else None)
    set_up_logging(settings)
    reloader = KnowledgeReloader(knowledge)
    # What was loaded stays: looking through it for garbage takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    try:
        with _opened(settings) as (inbox, records), metrics.serve_metrics(settings):
            services = Services(settings, reloader.active, records, client)
            asyncio.run(_serve(services, reloader, inbox))
    except ServingError as error:
        log.critical("%s", error)
        return 1
    return 0


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[DiskThread[Inbox], DiskThread[Store]]]:
    """Open the files; the inbox first, since another process that serves the bot has it locked."""
    path = settings.database_path
    inbox = Inbox(inbox_path(path))
    store = Store(path, recover=True)
    inbox.adopt(store)
    with (
        closing(DiskThread(inbox, "inbox")) as inbox_thread,
        closing(DiskThread(store, "database")) as records,
    ):
        yield inbox_thread, records


async def _serve(services: Services, reloader: KnowledgeReloader, inbox: DiskThread[Inbox]) -> None:
    cancel_on_signals()
    settings, client, records = services.settings, services.client, services.records
    reports = EditReports(settings, client, services.active)
    # Until serving has begun and after it has ended, SIGHUP may come, which would end the process.
    with suppress(asyncio.CancelledError):
        async with (
            _running("reloading edited knowledge", reloader.watch(reports.report)),
            _running("watching the event loop", watch_event_loop()),
            aclosing(client.http),
        ):
            await _connect(client, polling=not settings.webhook_url)
            inbox.file.bot_id = client.me.id
            record = partial(records.collect, services.store.record)
            worker = Worker(Dispatcher(services).handle, partial(give_up, client), inbox, record)
            version = services.knowledge.version
            metrics.knowledge_loaded(version)
            log.info("serving @%s, knowledge %s", client.username, version)
            async with _running("updating the profile", set_profile(client, services.knowledge)):
                await worker.start()
                await _receive(settings, client, worker)
    log.info("stopped")


@asynccontextmanager
async def _running(name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let `work` go on until the block ends; if it fails before, the log says so."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _receive(settings: Settings, client: Client, worker: Worker) -> None:
    """Receive updates until cancelled; raises `ServingError` if that becomes impossible."""
    if settings.webhook_url:
        from bot.telegram.receive.webhook import serve_webhook  # noqa: PLC0415 - unused when polling

        receiving = asyncio.create_task(serve_webhook(settings, client, worker))
    else:
        poller = Poller(client, worker, conflict_patience=settings.conflict_patience)
        receiving = asyncio.create_task(poller.run())
        sd_notify("READY=1")
    ends: list[asyncio.Future[None]] = [receiving, worker.failed]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sd_notify("STOPPING=1")
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
        await worker.stop(DRAIN_TIMEOUT)
        for end in ends:
            if end.done() and not end.cancelled():
                end.result()


async def _connect(client: Client, *, polling: bool) -> None:
    """Connect to Telegram, retrying for as long as it takes."""
    try:
        await until_it_works(client.get_me, "getMe", InvalidToken, EndPointNotFound)
    except InvalidToken:
        raise InputError(_REJECTED) from None
    except EndPointNotFound:
        raise InputError(_NO_SUCH_BOT) from None
    if polling:  # Telegram refuses getUpdates while a webhook is set
        await until_it_works(partial(client.call, "deleteWebhook"), "deleteWebhook")
