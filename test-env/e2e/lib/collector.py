# SPDX-License-Identifier: Apache-2.0
"""The OpenTelemetry collector, as test-env/backends builds it."""

import json

import pytest

from common.paths import find_program


def find_backend(name):
    """The command; skips the test where there is none."""
    path = find_program(name)
    if not path:
        pytest.skip(f"{name} is not there: test-env/backends builds it, from the Go module proxy")
    return path


def collector_command(directory, port, exporters):
    """Writes a configuration; returns the command: OTLP over HTTP at `port`, all signals to all of `exporters`."""
    pipeline = {"receivers": ["otlp"], "processors": ["batch"], "exporters": list(exporters)}
    configuration = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
        "processors": {"batch": {"timeout": "200ms"}},
        "exporters": exporters,
        "service": {
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {"traces": pipeline, "metrics": {**pipeline, "exporters": ["debug"]}},
        },
    }
    configuration["exporters"] = {**exporters, "debug": {}}
    file = directory / f"collector-{port}.yaml"
    file.write_text(json.dumps(configuration))
    return [find_backend("otelcol"), "--config", file]


def to_http(port):
    """An exporter: OTLP over HTTP/1.1."""
    endpoint = f"http://127.0.0.1:{port}"
    return {"otlp_http": {"endpoint": endpoint, "compression": "none", "tls": {"insecure": True}}}


def to_grpc(port):
    return {"otlp_grpc": {"endpoint": f"127.0.0.1:{port}", "tls": {"insecure": True}}}
