"""Webhook delivery, in the order and with the retries of the real server.

After tdlib/telegram-bot-api, WebhookActor.cpp: each chat has a queue, which sends its next update
only after a 2xx for the last one; up to max_connections queues send at the same time. A failed
update is retried at once, then after 2, 4, 8 ... 60 s, or after `Retry-After` if that is longer.
"""

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import httpx

from .errors import Json, RefusedError
from .updates import UpdateQueue

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MAX_RETRY_DELAY, MAX_RETRY_AFTER, RESPONSE_TIMEOUT = 60.0, 3600.0, 60.0


def queue_key(update: Json) -> str:
    """Return the key of an update's queue: its chat, or its sender for queries."""
    kind, content = next((k, v) for k, v in update.items() if k != "update_id")
    if not isinstance(content, dict):
        return "other"
    if kind in {"inline_query", "callback_query", "chosen_inline_result"}:
        return f"{kind} {content.get('from', {}).get('id')}"
    return f"chat {content.get('chat', {}).get('id')}"


class Webhook:
    """The webhook's settings and deliveries. Runs in the server's event loop."""

    def __init__(
        self, updates: UpdateQueue, lock: AbstractContextManager[object], retry_scale: float
    ) -> None:
        self.url = ""
        self.deliveries: list[tuple[int, int]] = []  # update id, HTTP status (0: no response)
        self.methods: dict[str, Callable[[Json], object]] = {
            "setWebhook": self._set,
            "deleteWebhook": self._delete,
            "getWebhookInfo": self._info,
        }
        self._updates, self._lock, self._scale = updates, lock, retry_scale
        self._secret = ""
        self._max_connections = 40
        self._slots = asyncio.Semaphore(40)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._posts: set[asyncio.Task[tuple[int, float]]] = set()
        self._client: httpx.AsyncClient | None = None
        self._last_error: Json = {}

    def _set(self, params: Json) -> bool:
        url = params["url"]
        if not url:
            return self._delete(params)
        if urlsplit(url).scheme not in {"http", "https"}:  # http: as a local Bot API server allows
            raise RefusedError("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.get("secret_token", "")
        if secret and not _SECRET.fullmatch(secret):
            raise RefusedError("secret token contains unallowed characters")
        self._max_connections = params.get("max_connections", 40)
        if not 1 <= self._max_connections <= 100:
            raise RefusedError("max_connections must be between 1 and 100")
        self._updates.subscribe(params.get("allowed_updates"))
        self._updates.terminate_poll("setWebhook request")
        self._drop(params)
        self.url, self._secret = url, secret
        self._slots = asyncio.Semaphore(self._max_connections)
        self.pump()
        return True

    def _delete(self, params: Json) -> bool:
        self.url = ""
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()
        self._drop(params)
        return True

    def _drop(self, params: Json) -> None:
        if params.get("drop_pending_updates"):
            self._updates.pending.clear()

    def _info(self, _: Json) -> Json:
        info: Json = {"url": self.url, "has_custom_certificate": False}
        info["pending_update_count"] = len(self._updates.pending)
        if self.url:
            info |= {"max_connections": self._max_connections, **self._last_error}
            info["allowed_updates"] = sorted(self._updates.subscription)
        return info

    def pump(self) -> None:
        """Start a worker for every queue that has pending updates and no worker."""
        if not self.url:
            return
        with self._lock:
            waiting = {queue_key(update) for update in self._updates.pending.values()}
        for key in waiting - self._workers.keys():
            self._workers[key] = asyncio.get_running_loop().create_task(self._deliver_all(key))

    async def stop(self) -> None:
        """Cancel all deliveries."""
        workers = list(self._workers.values())
        self._delete({})
        await asyncio.gather(*workers, return_exceptions=True)
        if self._posts:
            await asyncio.wait(list(self._posts), timeout=5)
        if self._client:
            await self._client.aclose()

    def _next(self, key: str) -> Json | None:
        with self._lock:
            pending = self._updates.pending.values()
            update = next((update for update in pending if queue_key(update) == key), None)
            if update is None:
                del self._workers[key]
            return update

    async def _deliver_all(self, key: str) -> None:
        while update := self._next(key):
            await self._deliver(update)

    async def _deliver(self, update: Json) -> None:
        failures = 0
        while True:
            async with self._slots:
                # A post that is cancelled in the middle would leave its connection open.
                post = asyncio.create_task(self._post(update))
                self._posts.add(post)
                post.add_done_callback(self._posts.discard)
                status, retry_after = await asyncio.shield(post)
            self.deliveries.append((update["update_id"], status))
            if 200 <= status < 300:
                self._updates.forget(update["update_id"])
                return
            text = f"Wrong response from the webhook: {status}" if status else "Connection refused"
            self._last_error = {"last_error_date": int(time.time()), "last_error_message": text}
            self._updates.changed()
            delay = min(2.0**failures, MAX_RETRY_DELAY) if failures else 0.0
            failures += 1
            await asyncio.sleep(max(delay, retry_after) * self._scale)

    async def _post(self, update: Json) -> tuple[int, float]:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=RESPONSE_TIMEOUT, limits=httpx.Limits())
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            response = await self._client.post(self.url, json=update, headers=headers)
        except httpx.HTTPError:
            return 0, 0.0
        wait = response.headers.get("retry-after", "")
        return response.status_code, min(float(wait) if wait.isdigit() else 0.0, MAX_RETRY_AFTER)
