# SPDX-License-Identifier: Apache-2.0
"""Telemetry of any kind makes no spans; nor do processes that export spans of their own. Both can be asked for."""

import os
import re
import subprocess

import pytest

from common.wait import wait_until
from lib.curl import curl
from lib.processes import python_command
from lib.raw import connect

PROTOBUF = "Content-Type: application/x-protobuf"
JSON = "Content-Type: application/json"
THRIFT = "Content-Type: application/x-thrift"

# method and target, fields
TELEMETRY = {
    # Who passes spans on has no SDK of its own.
    "otlp-traces": ("POST /v1/traces", PROTOBUF, "User-Agent: OpenTelemetry Collector/0.159.0"),
    "otlp-metrics": ("POST /v1/metrics", PROTOBUF),
    "otlp-logs-json": ("POST /v1/logs", JSON),
    "otlp-profiles": ("POST /v1development/profiles", PROTOBUF),
    "otlp-elsewhere": ("POST /ingest/otel", "User-Agent: OTel-OTLP-Exporter-Python/1.30.0"),
    "zipkin": ("POST /api/v2/spans", JSON),
    "jaeger": ("POST /api/traces?format=jaeger.thrift", THRIFT),
    "prometheus-write": ("POST /api/v1/write", "X-Prometheus-Remote-Write-Version: 0.1.0", "Content-Encoding: snappy"),
    "prometheus-scrape": ("GET /metrics", "X-Prometheus-Scrape-Timeout-Seconds: 10"),
    "loki": ("POST /loki/api/v1/push", JSON),
    "datadog": ("PUT /v0.4/traces", "Datadog-Meta-Lang: python"),
    "elastic": ("POST /intake/v2/events", "Content-Type: application/x-ndjson"),
    "sentry": ("POST /api/1/envelope/", "Content-Type: application/x-sentry-envelope"),
}

ORDINARY = [
    ("POST /v1/traces", "Content-Type: text/plain"),
    ("POST /api/v1/logs", JSON),
    ("GET /metrics", "Accept: */*"),
]


def request(line, *fields):
    body = b"abc" if line.startswith(("POST", "PUT")) else b""
    lines = [f"{line} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(lines).encode() + body


def answer(sock, count):
    for _ in range(count):
        head = sock.receive_head()
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        sock.receive_exactly(length)
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def converse(exchange, requests):
    def client(sock):
        for question in requests:
            sock.send(question)
            sock.receive_head()

    return exchange(lambda sock: answer(sock, len(requests)), client)[0]


@pytest.mark.parametrize("kind", TELEMETRY)
def test_telemetry(exchange, kind):
    """Neither end; and counted."""
    result = converse(exchange, [request(*TELEMETRY[kind])] * 2)
    assert result.spans == []
    assert result.ignored == {"telemetry": 4}, result.errors
    assert result.losses == {}, result.errors


def test_ordinary_requests_to_such_paths(exchange, port):
    result = converse(exchange, [request(*line) for line in ORDINARY])
    assert len(result.servers(port)) == len(result.clients(port)) == len(ORDINARY), result.errors
    assert result.ignored == {}, result.errors


def test_telemetry_on_demand(start_agent, hooks, start_process, free_ports):
    """All of it: what applications export, and what they do."""
    port, collector = free_ports(2)
    start_process(python_command("take_posts.py", collector), collector)
    start_process(python_command("sdk.py", port, collector), port)
    agent = start_agent(*hooks, "--port", f"{port},{collector}", "--include-telemetry", "--include-instrumented")
    wait_until(lambda: [span for span in agent.spans_so_far() if span.path == "/v1/traces"], "an export")
    curl(port)
    result = agent.stop()
    assert len(result.servers(port)) == 1
    assert {span.path for span in result.servers(collector)} == {"/v1/traces"}
    assert result.ignored == {}, result.errors
    assert "exports spans of its own" not in result.errors


def test_an_exporter_is_left_out_from_then_on(start_agent, hooks, start_process, free_ports):
    port, collector = free_ports(2)
    start_process(python_command("take_posts.py", collector), collector)
    application = start_process(python_command("sdk.py", port, collector), port)
    agent = start_agent(*hooks, "--port", f"{port},{collector}")
    said = f"wirespan: warning: sdk (pid {application.pid}) exports spans of its own (to 127.0.0.1:{collector})"
    wait_until(lambda: said in agent.errors(), "the exporter to be noticed")
    for _ in range(3):
        curl(port)
    result = agent.stop()
    assert [span.service for span in result.spans] == ["curl"] * 3
    assert all(span.parent_id is None and not span.status for span in result.spans)
    assert result.errors.count("exports spans of its own") == 1
    assert result.ignored["telemetry"] >= 2 and result.ignored["instrumented_process"] == 1, result.errors
    # Its connection to the collector is older than the agent.
    assert set(result.losses) <= {"attached_late", "response_unpaired"}, result.errors


ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:secret@127.0.0.1:9"}
CONFIGURED = "is named and told by its environment to export spans of its own"

# Variables of a process; what is said of it, if it is left out.
ENVIRONMENTS = {
    "named": ({**ENDPOINT, "OTEL_SERVICE_NAME": "hello"}, f"{CONFIGURED} (to 127.0.0.1:9)"),
    "exporter": ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_RESOURCE_ATTRIBUTES": "service.name=hello"}, CONFIGURED),
    "sdk": (
        {"PYTHONPATH": "/nowhere/opentelemetry/instrumentation/auto_instrumentation"},
        "is started with an OpenTelemetry SDK",
    ),
    # Of a whole host, of another runtime, and what configures no exporter.
    "endpoint": (ENDPOINT, None),
    "other": ({**ENDPOINT, "NODE_OPTIONS": "--require @opentelemetry/auto-instrumentations-node/register"}, None),
    "name": ({"OTEL_SERVICE_NAME": "hello", "OTEL_RESOURCE_ATTRIBUTES": "a=b"}, None),
    "metrics": ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:9", "OTEL_SERVICE_NAME": "hello"}, None),
    "none": ({**ENDPOINT, "OTEL_SERVICE_NAME": "hello", "OTEL_TRACES_EXPORTER": "none"}, None),
    "disabled": ({**ENDPOINT, "OTEL_SERVICE_NAME": "hello", "OTEL_SDK_DISABLED": "true"}, None),
}


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("kind", ENVIRONMENTS)
def test_environment(start_agent, start_process, port, kind, before):
    """How a process is started, be it before or after the agent, decides whether it is left out from then on."""
    environment, reason = ENVIRONMENTS[kind]
    command = python_command("hello.py", port)
    if before:
        application = start_process(command, port, environment=environment)
        agent = start_agent("--port", port)
    else:
        agent = start_agent("--port", port)
        application = start_process(command, port, environment=environment)
    curl(port, "/asked")
    curl(port, "/asked")
    result = agent.stop()
    servers = [span for span in result.servers(port) if span.pid == application.pid]
    said = [line for line in result.errors.splitlines() if "--include-instrumented" in line]
    if reason:
        assert servers == []
        [line] = said
        assert f"hello (pid {application.pid}) {reason}: left out" in line
        assert result.ignored["instrumented_process"] == 1, result.errors
    else:
        assert len(servers) == 2
        assert said == [] and result.ignored == {}, result.errors
    assert "secret" not in result.errors


def test_what_was_exported_twice_is_counted(start_agent, hooks, start_process, free_ports):
    """An SDK that a program starts by itself is known by its first export; until then everything is there twice."""
    port, collector = free_ports(2)
    start_process(python_command("take_posts.py", collector), collector)
    agent = start_agent(*hooks, "--port", f"{port},{collector}")
    start_process(
        python_command("sdk.py", port, collector, "asked"), port, environment={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b"}
    )
    for _ in range(2):
        curl(port)
    wait_until(lambda: len([span for span in agent.spans_so_far() if span.kind == "server"]) == 2, "the spans")
    curl(port, "/export")
    wait_until(lambda: "exports spans of its own" in agent.errors(), "the exporter to be noticed")
    result = agent.stop()
    assert result.losses.get("exported_twice", 0) >= 2, result.errors


def test_who_does_not_speak_is_not_spoken_of(start_agent):
    """Every program that a shell runs inherits its environment."""
    agent = start_agent()
    environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    subprocess.run(["sh", "-c", "true; ls / >/dev/null; cat /dev/null"], env=environment, check=True)
    result = agent.stop()
    assert not re.search(r"\b(sh|ls|cat|true) \(pid", result.errors), result.errors


def test_reasons_on_demand(start_agent, start_nginx, port):
    """--verbose says why a span has no parent."""
    start_nginx(port, "location / { return 200 hello; }")
    agent = start_agent("--port", port, "--verbose")
    curl(port)
    stranger = connect(port)
    stranger.send(b"SSH-2.0-stranger\r\n")
    stranger.receive_rest()
    stranger.close()
    result = agent.stop()
    [client] = result.clients(port)
    start = r"^wirespan: debug: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "
    assert re.search(
        rf"{start}curl \(pid {client.pid}\), connection \d+, span {client.span_id}: no parent: its process",
        result.errors,
        re.M,
    )
    assert " is traced" not in result.errors, "every process is"
    stranger = rf"{start}nginx \(pid \d+\), connection \d+ \(ssh on port {port}\): it is not read"
    assert re.search(stranger, result.errors, re.M), result.errors
