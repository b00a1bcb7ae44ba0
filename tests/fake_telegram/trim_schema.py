"""Makes `schema.json` from a full machine-readable Bot API description.

Source of the description: the `api.json` of github.com/PaulSonOfLars/telegram-bot-api-spec (MIT).
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
    """Keep the methods the fake serves and every type reachable from them or from an update."""
    methods = {name: api["methods"][name] for name in METHODS}
    reached = {"Update"}
    for method in methods.values():
        reached |= set(method["returns"])
        for field in method.get("fields", []):
            reached |= set(field["types"])
    names: set[str] = set()
    while reached:
        name = reached.pop().replace("Array of ", "")
        if name in names or name not in api["types"] or name == "InputFile":
            continue
        names.add(name)
        reached |= set(api["types"][name].get("subtypes", []))
        for field in api["types"][name].get("fields", []):
            reached |= set(field["types"])
    kept = {name: api["types"][name] for name in sorted(names)}
    return {
        "version": api["version"],
        "methods": {name: _fields(method) for name, method in methods.items()},
        "returns": {name: "|".join(method["returns"]) for name, method in methods.items()},
        "unions": {name: kind["subtypes"] for name, kind in kept.items() if kind.get("subtypes")},
        "types": {name: _fields(kind) for name, kind in kept.items() if not kind.get("subtypes")},
    }


def _fields(described: dict[str, Any]) -> dict[str, str]:
    """Map each field's name, with `!` behind a required one, to its types."""
    return {
        field["name"] + "!" * field["required"]: "|".join(field["types"])
        for field in described.get("fields", [])
    }


def dump(table: dict[str, Any]) -> str:
    """One line per method and type, so that a change of the API reads well as a diff."""
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
