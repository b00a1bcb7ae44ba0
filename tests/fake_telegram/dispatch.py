"""From an HTTP request to Telegram's answer: token, faults, parameters, method, record."""

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import replace
from email.utils import formatdate

from . import http
from .errors import Json, RefusedError
from .faults import BAD_GATEWAY, BEFORE, Fault, Faults, refusal
from .log import Call, Log
from .methods import METHODS
from .schema import METHODS as KNOWN
from .schema import decode
from .updates import UpdateQueue
from .webhook import Webhook
from .world import World

_BY_LOWER_NAME = {name.lower(): name for name in KNOWN}
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Dispatcher:
    """Answers every request in the server's event loop and records it in the log."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of the server
        self,
        token: str,
        world: World,
        updates: UpdateQueue,
        webhook: Webhook,
        faults: Faults,
        log: Log,
    ) -> None:
        self._token, self._world, self._updates = token, world, updates
        self._webhook, self._faults, self._log = webhook, faults, log
        self._late: set[asyncio.Task[None]] = set()
        self.crashes: list[Exception] = []  # bugs of the fake itself
        self.sent: defaultdict[int, list[Json]] = defaultdict(list)  # by chat
        self.replies: defaultdict[tuple[int, int], list[Json]] = defaultdict(list)  # by target

    async def handle(self, request: http.Request) -> http.Answer:
        """Answer one request; a bug of the fake is kept for the test and answered with 500."""
        date = formatdate(time.time() + self._world.clock_ahead, usegmt=True)
        try:
            return replace(await self._answer(request), headers=(("date", date),))
        except Exception as error:  # noqa: BLE001 - a bug of the fake must fail the test, not hide
            self.crashes.append(error)
            return http.Answer(b"the fake failed", 500, "text/plain")

    async def _answer(self, request: http.Request) -> http.Answer:
        _, bot, name = [*request.path.split("/"), "", ""][:3]
        if request.path.startswith(f"/file/bot{self._token}/"):
            return self._download(request.path)
        if bot != f"bot{self._token}":
            return _refused(RefusedError("Unauthorized", 401))
        method = _BY_LOWER_NAME.get(name.lower(), name)
        with self._log.changed:
            fault = self._faults.pick(method)
        if fault and fault.kind in BEFORE:
            self._log.add(Call(method, request.params, fault=fault.kind))
            return _faulty(fault)
        if fault and fault.kind == "malformed":
            with self._log.changed:
                self._updates.add(
                    {"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}}
                )
        if fault and fault.kind == "late":
            later = asyncio.create_task(self._apply_late(method, request.params, fault))
            self._late.add(later)
            later.add_done_callback(self._late.discard)
            return http.Answer(drop=True)
        answer = await self._apply(method, request.params, fault)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.delay)
        return http.Answer(drop=True) if fault and fault.kind == "drop after" else answer

    async def _apply_late(self, method: str, raw: Json, fault: Fault) -> None:
        await asyncio.sleep(fault.delay)
        await self._apply(method, raw, fault)

    async def _apply(self, method: str, raw: Json, fault: Fault | None) -> http.Answer:
        kind = fault.kind if fault else None
        params = raw
        try:
            params = decode(method, raw)
            result = await self._carry_out(method, params)
        except RefusedError as error:
            text = error.description
            self._log.add(Call(method, params, None, text, error.own_fault, kind))
            return _refused(error)
        body = json.dumps({"ok": True, "result": result}).encode()
        self._log.add(Call(method, params, result, fault=kind))
        return http.Answer(body)

    async def _carry_out(self, method: str, params: Json) -> object:
        if method == "getUpdates":
            if self._webhook.url:
                raise RefusedError(_WEBHOOK_ACTIVE, 409, own_fault=False)
            return await self._updates.get(params)
        with self._log.changed:
            if method in self._webhook.methods:
                return self._webhook.methods[method](params)
            result = METHODS[method](self._world, params)
            if method in {"sendMessage", "sendPhoto"} and isinstance(result, dict):
                chat_id = result["chat"]["id"]
                self.sent[chat_id].append(result)
                if "reply_to_message" in result:
                    target = result["reply_to_message"]["message_id"]
                    self.replies[chat_id, target].append(result)
                return dict(result)
            return result

    def _download(self, path: str) -> http.Answer:
        content = self._world.files.get(path.rpartition("/")[2])
        if content is None:
            return _refused(RefusedError("Not Found", 404))
        return http.Answer(bytes(content), content_type="application/octet-stream")


def _refused(error: RefusedError) -> http.Answer:
    return http.Answer(json.dumps(error.body()).encode(), error.code)


def _faulty(fault: Fault) -> http.Answer:
    if fault.kind == "drop before":
        return http.Answer(drop=True)
    if fault.kind == "502":
        return http.Answer(BAD_GATEWAY, 502, "text/html")
    return _refused(refusal(fault))
