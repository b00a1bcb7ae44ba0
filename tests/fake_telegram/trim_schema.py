"""Makes `schema.json` from a complete machine-readable description of the Bot API.

The description is `api.json` of github.com/PaulSonOfLars/telegram-bot-api-spec (MIT).
Usage: python -m tests.fake_telegram.trim_schema path/to/api.json > tests/fake_telegram/schema.json
"""

import json
import sys
from pathlib import Path
from typing import Any

METHODS = (
    "getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "logOut", "close",
    "sendMessage", "sendPhoto", "sendChatAction", "setMessageReaction",
    "editMessageText", "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup",
    "stopMessageLiveLocation", "deleteMessage",
    "answerCallbackQuery", "answerInlineQuery", "answerGuestQuery",
    "setMyCommands", "getMyCommands", "deleteMyCommands", "setMyName", "getMyName",
    "setMyDescription", "getMyDescription", "setMyShortDescription", "getMyShortDescription",
    "getChat", "getChatMember", "getChatAdministrators", "leaveChat", "getFile",
)  # fmt: skip


def trim(api: dict[str, Any]) -> dict[str, Any]:
    """Keep the methods that the fake serves, and the types reachable from them or from Update."""
    methods = {name: api["methods"][name] for name in METHODS}
    queue = {"Update"}
    for method in methods.values():
        queue |= set(method["returns"])
        for field in method.get("fields", []):
            queue |= set(field["types"])
    names: set[str] = set()
    while queue:
        name = queue.pop().replace("Array of ", "")
        if name in names or name not in api["types"] or name == "InputFile":
            continue
        names.add(name)
        queue |= set(api["types"][name].get("subtypes", []))
        for field in api["types"][name].get("fields", []):
            queue |= set(field["types"])
    types = {name: api["types"][name] for name in sorted(names)}
    return {
        "version": api["version"],
        "methods": {name: _fields(method) for name, method in methods.items()},
        "unions": {name: kind["subtypes"] for name, kind in types.items() if kind.get("subtypes")},
        "types": {name: _fields(kind) for name, kind in types.items() if not kind.get("subtypes")},
    }


def _fields(definition: dict[str, Any]) -> dict[str, str]:
    """Map each field's name, with "!" appended if it is required, to its types."""
    return {
        field["name"] + "!" * field["required"]: "|".join(field["types"])
        for field in definition.get("fields", [])
    }


def dump(table: dict[str, Any]) -> str:
    """Write one line per method and type, so that a change in the API makes a readable diff."""
    sections = []
    for section, content in table.items():
        if isinstance(content, str):
            sections.append(f'"{section}": {json.dumps(content)}')
            continue
        rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in content.items())
        sections.append(f'"{section}": {{\n{rows}\n}}')
    return "{\n" + ",\n".join(sections) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(dump(trim(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
