"""Handles an HTTP request: check the token, inject faults, decode, run the method, log."""

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import replace
from email.utils import formatdate

from . import http
from .errors import Json, RefusedError
from .faults import BAD_GATEWAY, BEFORE_CALL, Fault, Faults, refusal
from .log import Call, Log
from .methods import METHODS
from .schema import PARAMETERS, decode
from .updates import UpdateQueue
from .webhook import Webhook
from .world import World

_BY_LOWER_NAME = {name.lower(): name for name in PARAMETERS}
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Dispatcher:
    """Handles every request, in the server's event loop, and logs it."""

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
        self.crashes: list[Exception] = []  # bugs in the fake
        self.sent: defaultdict[int, list[Json]] = defaultdict(list)  # by chat id
        self.replies: defaultdict[tuple[int, int], list[Json]] = defaultdict(list)  # by target

    async def handle(self, request: http.Request) -> http.Response:
        """Handle one request. A bug in the fake gives a 500 and is kept in `crashes`."""
        date = formatdate(time.time() + self._world.clock_skew, usegmt=True)
        try:
            response = await self._respond(request)
            return replace(response, headers=(*response.headers, ("date", date)))
        except Exception as error:  # noqa: BLE001 - raised again when the test ends
            self.crashes.append(error)
            return http.Response(b"bug in the fake", 500, "text/plain")

    async def _respond(self, request: http.Request) -> http.Response:
        _, bot, name = [*request.path.split("/"), "", ""][:3]
        if request.path.startswith(f"/file/bot{self._token}/"):
            return self._download(request.path)
        if bot != f"bot{self._token}":
            return _error(RefusedError("Unauthorized", 401))
        method = _BY_LOWER_NAME.get(name.lower(), name)
        with self._log.changed:
            fault = self._faults.pick(method)
        if fault and fault.kind in BEFORE_CALL:
            self._log.add(Call(method, request.params, fault=fault.kind))
            return _fault_response(fault)
        if fault and fault.kind == "malformed":
            with self._log.changed:
                chat = {"id": 1, "type": "private"}
                self._updates.add({"message": {"message_id": 1, "chat": chat}})
        if fault and fault.kind == "late":
            later = asyncio.create_task(self._run_late(method, request.params, fault))
            self._late.add(later)
            later.add_done_callback(self._late.discard)
            return http.Response(drop=True)
        response = await self._run(method, request.params, fault)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.delay)
        return http.Response(drop=True) if fault and fault.kind == "drop after" else response

    async def _run_late(self, method: str, raw: Json, fault: Fault) -> None:
        await asyncio.sleep(fault.delay)
        await self._run(method, raw, fault)

    async def _run(self, method: str, raw: Json, fault: Fault | None) -> http.Response:
        kind = fault.kind if fault else None
        params = raw
        try:
            params = decode(method, raw)
            result = await self._run_method(method, params)
        except RefusedError as error:
            text = error.description
            self._log.add(Call(method, params, None, text, error.is_violation, kind))
            return _error(error)
        body = json.dumps({"ok": True, "result": result}).encode()
        self._log.add(Call(method, params, result, fault=kind))
        return http.Response(body)

    async def _run_method(self, method: str, params: Json) -> object:
        if method == "getUpdates":
            if self._webhook.url:
                raise RefusedError(_WEBHOOK_ACTIVE, 409, is_violation=False)
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

    def _download(self, path: str) -> http.Response:
        content = self._world.files.get(path.rpartition("/")[2])
        if content is None:
            return _error(RefusedError("Not Found", 404))
        return http.Response(bytes(content), content_type="application/octet-stream")


def _error(error: RefusedError) -> http.Response:
    return http.Response(json.dumps(error.body()).encode(), error.code)


def _fault_response(fault: Fault) -> http.Response:
    if fault.kind == "drop before":
        return http.Response(drop=True)
    if fault.kind == "false answer":
        return fault.response
    if fault.kind == "502":
        return http.Response(BAD_GATEWAY, 502, "text/html")
    return _error(refusal(fault))
