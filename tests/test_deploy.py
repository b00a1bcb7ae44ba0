"""Assumptions of the Docker image, the systemd unit and the Kubernetes manifests."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import yaml

from bot.config import Settings
from tests.paths import ROOT

DEPLOY = ROOT / "deploy"


class _HealthHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that answers /healthz."""
    with HTTPServer(("127.0.0.1", 0), _HealthHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def check_health(**env: str) -> int:
    """The exit status of the image's health check."""
    command = [sys.executable, str(DEPLOY / "healthcheck.py")]
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, check=False, timeout=30
    ).returncode


def test_the_health_check_probes_only_the_webhook(port: int) -> None:
    """With a webhook the server must answer; polling, which has no server, is always healthy."""
    webhook = {"WEBHOOK_URL": "https://bot.example/telegram"}
    assert check_health(**webhook, WEBHOOK_PORT=str(port)) == 0
    assert check_health(**webhook, WEBHOOK_PORT="9") == 1
    assert check_health(WEBHOOK_URL="", WEBHOOK_PORT="9") == 0


def test_the_health_check_reads_settings_as_the_bot_does(port: int) -> None:
    """Quotes and spaces don't matter, all addresses include loopback, and no proxy is used."""
    env = {"WEBHOOK_URL": " 'https://bot.example/telegram'", "WEBHOOK_PORT": f'"{port}"\n'}
    for listen in ("0.0.0.0", "127.0.0.1"):
        assert check_health(**env, WEBHOOK_LISTEN=listen, http_proxy="http://127.0.0.1:9") == 0


def test_the_image_is_built_from_files_in_the_build_context() -> None:
    """Everything the Dockerfile copies exists and is allowed by .dockerignore."""
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert source in allowed, source


@pytest.fixture
def pod() -> dict[str, Any]:
    """The StatefulSet of the manifests; its pod and its volumes."""
    manifests = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
    (spec,) = (m["spec"] for m in manifests if m["kind"] == "StatefulSet")
    (container,) = spec["template"]["spec"]["containers"]
    return {**spec, "container": container}


def test_every_variable_in_the_examples_is_a_setting(pod: dict[str, Any]) -> None:
    """The unit and the manifests set only variables that the bot reads."""
    known = {field.name.upper() for field in fields(Settings)} | {"XDG_CACHE_HOME"}
    unit = (DEPLOY / "treaty-bot.service").read_text("utf-8")
    used = {variable["name"] for variable in pod["container"]["env"]}
    used |= set(re.findall(r"^Environment=([A-Z_]+)=", unit, re.MULTILINE))
    assert used <= known


def test_the_pod_keeps_its_inbox_and_its_knowledge(pod: dict[str, Any]) -> None:
    """One pod, whose files are on volumes of their own, not on some that are deleted with it."""
    assert pod["replicas"] == 1
    claims = [claim["metadata"]["name"] for claim in pod["volumeClaimTemplates"]]
    assert claims == ["data", "knowledge"]
    for name in claims:
        assert {"name": name, "mountPath": f"/{name}"} in pod["container"]["volumeMounts"]


def test_the_probes_and_the_metrics_use_ports_of_the_pod(pod: dict[str, Any]) -> None:
    """The pod has time to learn before it must be alive, and Prometheus reaches its metrics."""
    env = {variable["name"]: variable["value"] for variable in pod["container"]["env"]}
    ports = {port["name"]: port["containerPort"] for port in pod["container"]["ports"]}
    assert ports["metrics"] == int(env["METRICS_PORT"])
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert pod["container"][probe]["httpGet"]["port"] in ports
