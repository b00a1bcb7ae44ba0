"""What the image, the unit and the manifests take for granted."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from bot.config import Settings
from tests.paths import ROOT

DEPLOY = ROOT / "deploy"


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
        pass


@pytest.fixture
def port() -> Iterator[int]:
    """Run a server that has /healthz."""
    with HTTPServer(("127.0.0.1", 0), _Healthy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def check_health(**env: str) -> int:
    """The status of the image's health check."""
    command = [sys.executable, str(DEPLOY / "healthcheck.py")]
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, check=False, timeout=30
    ).returncode


def test_the_health_check_asks_the_webhook_alone(port: int) -> None:
    """Healthy with a server that answers, unhealthy without; while polling there is none."""
    hooked = {"WEBHOOK_URL": "https://bot.example/telegram"}
    assert check_health(**hooked, WEBHOOK_PORT=str(port)) == 0
    assert check_health(**hooked, WEBHOOK_PORT="9") == 1
    assert check_health(WEBHOOK_URL="", WEBHOOK_PORT="9") == 0


def test_the_image_is_built_from_files_that_are_let_in() -> None:
    """Whatever the Dockerfile copies exists, and .dockerignore lets it in."""
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert source in let_in, source


def test_every_setting_of_the_examples_is_known() -> None:
    """Image, unit and manifests set variables that the bot reads."""
    known = {field.name.upper() for field in fields(Settings)} | {"XDG_CACHE_HOME"}
    manifests = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8")))
    (deployment,) = (m for m in manifests if m["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    (secret,) = (m for m in manifests if m["kind"] == "Secret")
    told = {variable["name"] for variable in container["env"]} | set(secret["stringData"])
    told |= set(
        re.findall(
            r"^Environment=([A-Z_]+)=",
            (DEPLOY / "treaty-bot.service").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert told <= known
