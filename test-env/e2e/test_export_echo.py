# SPDX-License-Identifier: Apache-2.0
"""No echo: telemetry about telemetry is no telemetry."""

import os
import time

import pytest

from common.wait import wait_until
from lib.collector import to_http
from lib.curl import curl
from lib.processes import python_command

IDLE = 60  # seconds


@pytest.mark.slow
def test_idle_applications(start_agent, start_process, start_collector, start_nginx, jaeger, free_ports):
    """Every process of the machine is traced; collector, Jaeger and an application's SDK talk OTLP over HTTP/1.1."""
    port, collector_port, sdk_port = free_ports(3)
    nginx = start_nginx(port, "location / { return 200 hello; }")
    collector = start_collector(collector_port, to_http(jaeger.ports.http))
    sdk = start_process(python_command("sdk.py", sdk_port, collector_port), sdk_port)
    agent = start_agent(
        environment={
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector_port}",
            "OTEL_METRIC_EXPORT_INTERVAL": "5000",
        },
    )
    curl(port)
    [worker] = nginx.children()

    def of_nginx():
        return [span for span in agent.spans_so_far() if span.pid == worker]

    wait_until(of_nginx, "the span of the one exchange")
    # Nobody asks Jaeger meanwhile: questions to it are traffic as any other.
    time.sleep(IDLE)
    result = agent.stop()
    ours = {nginx.pid, worker, collector.pid, jaeger.pid, sdk.pid, agent.pid, os.getpid()}
    telemetry = {collector_port, jaeger.ports.http, jaeger.ports.grpc}
    made = [span for span in result.spans if span.pid in ours]
    assert [span.pid for span in made] == [worker], made
    assert not [span for span in result.spans if telemetry & {span.server_port, span.client_port}]
    assert sum(count for name, count in result.ignored.items() if "telemetry" in name) > 0, result.errors
    wait_until(lambda: jaeger.trace(made[0].trace_id), "the trace of the one exchange in Jaeger")
    assert "sdk-test" in jaeger.services(), "the application's own spans did not get there: nothing was tested"


def test_an_application_with_an_sdk_is_left_out(start_agent, start_process, fault_collector, free_ports):
    """It says what it does by itself: said once, counted."""
    sdk_port, collector_port = free_ports(2)
    fault_collector(collector_port)
    sdk = start_process(python_command("sdk.py", sdk_port, collector_port), sdk_port)
    agent = start_agent()
    wait_until(lambda: f"(pid {sdk.pid})" in agent.errors(), "the agent to say so")
    for _ in range(3):
        curl(sdk_port)
    result = agent.stop()
    assert [span for span in result.spans if span.pid == sdk.pid] == []
    assert result.errors.count(f"(pid {sdk.pid})") == 1, "said more than once"
    assert [span.service for span in result.spans if span.server_port == sdk_port] == ["curl"] * 3


def test_by_its_environment(start_agent, start_process, free_ports):
    """An SDK that has not sent anything yet is known by its variables: an exporter's, and a name of its own."""
    port, nobody = free_ports(2)
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{nobody}", "OTEL_SERVICE_NAME": "hello"}
    application = start_process(python_command("hello.py", port), port, environment=environment)
    agent = start_agent("--port", port)
    curl(port)
    result = agent.stop()
    assert [span.service for span in result.spans] == ["curl"]
    assert f"(pid {application.pid})" in result.errors
