"""Bot API methods by name, except those of the update queue and the webhook."""

from collections.abc import Callable
from functools import partial

from . import methods_messages as messages
from . import methods_profile as profile
from . import methods_queries as queries
from .errors import Json
from .world import World


def _succeed(_: World, __: Json) -> bool:
    return True


METHODS: dict[str, Callable[[World, Json], object]] = {
    "getMe": profile.get_me,
    "logOut": _succeed,
    "close": _succeed,
    "sendMessage": messages.send_message,
    "sendPhoto": messages.send_photo,
    "sendChatAction": messages.send_chat_action,
    "setMessageReaction": messages.set_message_reaction,
    "editMessageText": messages.edit_message_text,
    "editMessageCaption": messages.edit_message_caption,
    "editMessageMedia": messages.edit_message_media,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "stopMessageLiveLocation": messages.stop_message_live_location,
    "deleteMessage": messages.delete_message,
    "answerCallbackQuery": queries.answer_callback_query,
    "answerInlineQuery": queries.answer_inline_query,
    "answerGuestQuery": queries.answer_guest_query,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "getChat": profile.get_chat,
    "getChatMember": profile.get_chat_member,
    "getChatAdministrators": profile.get_chat_administrators,
    "leaveChat": profile.leave_chat,
    "getFile": profile.get_file,
    "setMyName": partial(profile.set_profile, "name"),
    "getMyName": partial(profile.get_profile, "name"),
    "setMyDescription": partial(profile.set_profile, "description"),
    "getMyDescription": partial(profile.get_profile, "description"),
    "setMyShortDescription": partial(profile.set_profile, "short_description"),
    "getMyShortDescription": partial(profile.get_profile, "short_description"),
}
