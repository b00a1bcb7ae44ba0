"""FakeTelegram: the server, which runs in a thread, and the methods that tests use."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

from . import http
from .dispatch import Dispatcher
from .errors import Json
from .faults import BEFORE_CALL, Faults
from .log import Call, Log
from .membership import Membership
from .outcomes import Outcomes
from .updates import UpdateQueue
from .webhook import Webhook
from .world import Chat, User, World

T = TypeVar("T")
BOT_ID = 7_000_000_001
TOKEN = f"{BOT_ID}:AAFakeTokenForLoopbackTestsOnly0123"


class FakeTelegram(Membership):
    """A fake Bot API server. Use it as a context manager, from any thread.

    `calls` lists what the bot did, `violations` what a correct bot would never do; `faults`
    injects faults. `retry_scale` scales the delays between webhook retries, `timeout` is the
    default for waiting, in seconds. Exiting fails if a bot's log contains the token.
    """

    def __init__(
        self,
        *,
        username: str = "TreatyBot",
        port: int = 0,
        seed: int = 0,
        retry_scale: float = 0.05,
        timeout: float = 15.0,
    ) -> None:
        self.log = Log()
        self.lock = self.log.changed
        self.timeout = timeout
        self.token, self.username = TOKEN, username
        self.world = World(User(BOT_ID, "Treaty Bot", username, None, is_bot=True))
        self.faults = Faults(seed)
        self.updates = UpdateQueue(self.lock, first_id=100_000_001)
        self.updates.changed = self._notify
        self.webhook = Webhook(self.updates, self.lock, retry_scale)
        self._dispatcher = Dispatcher(
            TOKEN, self.world, self.updates, self.webhook, self.faults, self.log
        )
        self.port = port
        self.bot_logs: list[Path] = []  # searched for outcomes, and for the token on exit
        self._outcomes = Outcomes()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-telegram")
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The value for TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def calls(self) -> list[Call]:
        """All calls so far, except successful getUpdates."""
        with self.lock:
            return list(self.log.calls)

    @property
    def violations(self) -> list[Call]:
        """The refused calls that are due to a bug in the bot."""
        return [call for call in self.calls if call.is_violation]

    def calls_of(self, *methods: str) -> list[Call]:
        """Return the calls of these methods that were carried out."""
        done = (call for call in self.calls if call.method in methods and not call.refused)
        return [call for call in done if call.fault not in BEFORE_CALL]

    def sent(self, chat_id: int) -> list[Json]:
        """Return the messages that the bot sent to a chat, as edited since."""
        with self.lock:
            return list(self._dispatcher.sent[chat_id])

    @property
    def sent_count(self) -> int:
        """The number of messages sent to all chats; cheaper than `sent`."""
        with self.lock:
            return sum(map(len, self._dispatcher.sent.values()))

    def replies_to(self, message: Json) -> list[Json]:
        """Return the bot's messages that are replies to this one."""
        with self.lock:
            return list(self._dispatcher.replies[message["chat"]["id"], message["message_id"]])

    def reply_to(self, message: Json, timeout: float | None = None) -> Json:
        """Wait for the bot's next message in this chat that replies to this message or to none."""
        chat_id, message_id = message["chat"]["id"], message["message_id"]

        def found() -> Json | None:
            for item in self._dispatcher.sent[chat_id]:
                replied = item.get("reply_to_message", message)["message_id"]
                if item["message_id"] > message_id and replied == message_id:
                    return item
            return None

        return cast(Json, self.wait_for(found, timeout, f"reply to {message.get('text')!r}"))

    def wait_for(
        self, predicate: Callable[[], T], timeout: float | None = None, what: str = "event"
    ) -> T:
        """Return the predicate's first true value; it is evaluated after every call and update."""
        return self.log.wait_for(predicate, timeout or self.timeout, what)

    def wait_idle(self, timeout: float | None = None) -> None:
        """Wait until every update has been confirmed (polling) or accepted (webhook).

        If the real bot is running, also until it has logged the outcome of each.
        """
        deadline = time.monotonic() + (timeout or self.timeout)
        while left := self.unfinished():
            assert time.monotonic() < deadline, f"updates {sorted(left)} are not finished"
            time.sleep(0.01)

    def unfinished(self) -> set[int]:
        """The ids of the updates that the bot has not finished."""
        with self.lock:
            pending, queued = set(self.updates.pending), set(self.updates.queued)
        if not self.bot_logs:
            return pending
        self._outcomes.update(self.bot_logs)
        return pending | (queued - self._outcomes.finished)

    def transcript(self, chat: Chat) -> str:
        """Return the chat as readable text: who said what, with the buttons below."""
        lines = []
        with self.lock:
            for message in chat.messages.values():
                name = message.get("from", {}).get("first_name", chat.title)
                body = message.get("text") or message.get("caption") or "(no text)"
                picture = "(picture) " if "photo" in message else ""
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                buttons = "".join(f"\n  [{b['text']}]" for row in rows for b in row)
                lines.append(f"{name}: {picture}{body}{buttons}")
        return "\n\n".join(lines)

    def publish(self, content: Json) -> Json | None:
        """Queue an update without checking it; None if the bot did not ask for such updates."""
        with self.lock:
            update = self.updates.add(content)
        self._loop.call_soon_threadsafe(self._pump)
        return update

    def go_down(self) -> None:
        """Refuse connections, as if Telegram were unreachable."""
        self._in_loop(self._close())

    def come_back(self) -> None:
        """Listen again on the same port."""
        self._in_loop(self._listen())

    def __enter__(self) -> Self:
        self._thread.start()
        self.come_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._in_loop(self.webhook.stop())
        self.go_down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if error is not None:
            return
        secret = self.token.partition(":")[2].encode()
        if leaks := [log for log in self.bot_logs if log.exists() and secret in log.read_bytes()]:
            raise AssertionError(f"the token is in {leaks}")
        if self._dispatcher.crashes:
            raise ExceptionGroup("bugs in the fake", self._dispatcher.crashes)

    def _in_loop(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        for _ in range(5):  # some connections may only just be beginning
            connections = list(self._connections)
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
            await asyncio.sleep(0)  # in which the aborted ones close

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await http.serve(self._dispatcher.handle, reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)

    def _notify(self) -> None:
        with self.lock:
            self.lock.notify_all()

    def _pump(self) -> None:
        self.updates.wake()
        self.webhook.pump()
