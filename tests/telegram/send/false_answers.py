"""What a proxy, a sign-in page, or an old or broken server may answer instead of Telegram."""

import json
from http import HTTPStatus

from tests.fake_telegram.http import Response

_PAGE = b"<html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
_ELSEWHERE = (("location", "http://127.0.0.1:9/stolen"),)


def page(status: int) -> Response:
    """An HTML page."""
    return Response(_PAGE, status, "text/html")


def as_json(content: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(json.dumps(content).encode(), status)


def refusal(status: int, **more: object) -> Response:
    """A refusal as Telegram words it, apart from what `more` replaces."""
    words = f"{HTTPStatus(status).phrase}: chat not found"
    return as_json({"ok": False, "error_code": status, "description": words} | more, status)


def cut(body: bytes) -> Response:
    """A response that ends before it is complete."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n"
    return Response(raw=head + body)


FALSE_ANSWERS = {
    **{f"page {n}": page(n) for n in (200, 201, 400, 401, 403, 404, 407, 409, 429, 500, 502, 503)},
    "empty 200": Response(),
    "empty 204": Response(b"", 204),
    "empty 404": Response(b"", 404),
    "half a JSON object": Response(b'{"ok":true,"result":{"message_id":'),
    "cut in the body": cut(b'{"ok":true,"result":true'),
    "cut in the head": Response(raw=b"HTTP/1.1 200 OK\r\ncontent-le"),
    "not HTTP": Response(raw=b"SSH-2.0-OpenSSH_9.6\r\n"),
    "not UTF-8": Response(b'{"ok":true,"result":"\xff\xfe"}'),
    "UTF-16": Response('{"ok":true,"result":true}'.encode("utf-16")),
    "not gzip": Response(b"plain", headers=(("content-encoding", "gzip"),)),
    "huge": Response(b'{"ok":true,"result":"' + b"x" * (20 << 20) + b'"}'),
    "deep": Response(b"[" * 100_000),
    "redirect 301": Response(b"", 301, headers=_ELSEWHERE),
    "redirect 302": Response(_PAGE, 302, "text/html", _ELSEWHERE),
    "redirect 307": Response(b"", 307, headers=_ELSEWHERE),
    "a number": as_json(7),
    "a list": as_json([]),
    "null": as_json(None),
    "a string": as_json("ok"),
    "an empty object": as_json({}),
    "another API's object": as_json({"status": "error", "error": "no route"}, 404),
    "ok in words": as_json({"ok": "true", "result": True}),
    "ok as a number": as_json({"ok": 1, "result": True}),
    "ok without a result": as_json({"ok": True}),
    "ok with null": as_json({"ok": True, "result": None}),
    "ok with a number": as_json({"ok": True, "result": 7}),
    "ok with a string": as_json({"ok": True, "result": "done"}),
    "ok with an empty object": as_json({"ok": True, "result": {}}),
    "ok with a list of numbers": as_json({"ok": True, "result": [1, 2]}),
    "ok with wrong types": as_json(
        {"ok": True, "result": {"message_id": "1", "date": 0, "chat": {"id": True}}}
    ),
    "ok with 403": as_json({"ok": True, "result": True}, 403),
    "refusal with 200": as_json({"ok": False, "error_code": 400, "description": "Bad Request"}),
    "refusal without words": as_json({"ok": False, "error_code": 400}, 400),
    "refusal without a code": as_json({"ok": False, "description": "Unauthorized"}, 401),
    "refusal of another status": refusal(400, error_code=403),
    "refusal in a number": refusal(403, description=5),
    "wait in words": refusal(429, parameters={"retry_after": "soon"}),
    "wait for ever": refusal(429, parameters={"retry_after": 10**12}),
    "wait backwards": refusal(429, parameters={"retry_after": -5}),
    "moved nowhere": refusal(400, parameters={"migrate_to_chat_id": "there"}),
    "odd parameters": refusal(400, parameters=[1]),
    "logged out": refusal(400, description="Logged out"),
}
