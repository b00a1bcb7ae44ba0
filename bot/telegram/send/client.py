"""Calls of the Bot API's methods, within the rate limits.

Nothing is tried again here: whoever handles an update tries all of it again, and this repeats no
message of an earlier try.
"""

from typing import Any

from telegram import User
from telegram.error import ChatMigrated, RetryAfter, TelegramError
from yarl import URL

from bot import metrics
from bot.config import Settings
from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.send.limits import AnswersTo, Recipient, SendLimits
from bot.telegram.send.responses import read_response
from bot.telegram.send.retries import is_temporary, seconds_before_retry
from bot.telegram.send.transport import Http

_TIMEOUT = 20.0  # seconds; long, because after a timeout the call may or may not have succeeded
_WITHOUT_PREVIEW = frozenset({"sendMessage", "editMessageText"})
# Parameters that tell the messages of an update apart; not the picture, which each try draws anew.
_IDENTIFYING = ("chat_id", "text", "caption", "reply_markup")


class Client:
    """Calls the Bot API through `http`; messages, edits and answers within `limits`, if given.

    `address` is the server's, and ends with the token. `me` is the bot's own account, once
    `get_me` has asked for it.
    """

    me: User

    def __init__(self, address: str, http: Http, limits: SendLimits | None) -> None:
        self._address = address
        self.http = http
        self._limits = limits

    @property
    def username(self) -> str:
        """The bot's username; it can change."""
        return self.me.username or ""

    async def get_me(self) -> None:
        """Ask for the bot's own account."""
        self.me = User.de_json(await self.call("getMe"))

    async def call(self, method: str, **parameters: Any) -> Any:  # noqa: ANN401
        """The result of a call with the Bot API's own parameters, without those that are None.

        Raises the library's errors. What an earlier try of the update has sent is not sent again.
        """
        data = {name: value for name, value in parameters.items() if value is not None}
        if method in _WITHOUT_PREVIEW:
            data["link_preview_options"] = {"is_disabled": True}
        key: tuple[str, ...] = (method,)
        if method.startswith("send"):
            key = method, *(str(data.get(name)) for name in _IDENTIFYING)
        elif method != "answerCallbackQuery":
            return await self._call(method, data)
        sent = (current_update.get(None) or UpdateProgress()).sent
        if key not in sent:
            sent[key] = await self._call(method, data)
        return sent[key]

    async def _call(self, method: str, data: dict[str, Any]) -> Any:  # noqa: ANN401
        url, wait = f"{self._address}/{method}", data.get("timeout", 0)
        limits = self._limits if method.startswith(("send", "edit", "answer")) else None
        recipient = _recipient(method, data)
        if limits and recipient is not None:
            await limits.acquire(recipient)
        try:
            result = read_response(method, *await self.http.fetch("POST", url, data, wait))
        except ChatMigrated as error:  # the group became a supergroup
            return await self._call(method, {**data, "chat_id": error.new_chat_id})
        except TelegramError as error:
            if is_temporary(error) and method != "getUpdates":
                metrics.count_retry(method)
            if self._limits and isinstance(error, RetryAfter) and recipient is not None:
                self._limits.hold(recipient, seconds_before_retry(0, error))
            raise
        if limits and not isinstance(recipient, AnswersTo):
            limits.accepted()
        return result


def _recipient(method: str, data: dict[str, Any]) -> Recipient | None:
    """The chat that a call is for, or the person whose query it answers; None if there is none."""
    if method.startswith("answer"):
        person = current_update.get().person
        return AnswersTo(person) if person else None
    chat: int | None = data.get("chat_id")
    return chat


def make_client(
    settings: Settings, limits: SendLimits | None = None, timeout: float = _TIMEOUT
) -> Client:
    """Create the client; raises `InputError` without a valid token. Nothing is sent yet."""
    server = URL(settings.telegram_api_url)  # writes names in other scripts as DNS has them
    http = Http(timeout, settings.proxy_for(settings.telegram_api_url))
    return Client(f"{str(server).rstrip('/')}/bot{settings.require_token()}", http, limits)
