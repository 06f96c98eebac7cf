# SPDX-License-Identifier: Apache-2.0
"""Jaeger 2 with everything in memory."""

import json
from dataclasses import dataclass

from common.jaeger import Query
from lib.collector import find_backend


@dataclass
class JaegerPorts:
    grpc: int  # OTLP in
    http: int  # OTLP in
    query: int
    query_grpc: int


def jaeger_command(directory, ports):
    """Writes a configuration; returns the command that serves it."""
    protocols = {name: {"endpoint": f"127.0.0.1:{getattr(ports, name)}"} for name in ("grpc", "http")}
    configuration = {
        "extensions": {
            "jaeger_query": {
                "storage": {"traces": "memory"},
                "http": {"endpoint": f"127.0.0.1:{ports.query}"},
                "grpc": {"endpoint": f"127.0.0.1:{ports.query_grpc}"},
            },
            "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": 100000}}}},
        },
        "receivers": {"otlp": {"protocols": protocols}},
        "processors": {"batch": {}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query"],
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": ["batch"],
                    "exporters": ["jaeger_storage_exporter"],
                }
            },
        },
    }
    file = directory / f"jaeger-{ports.query}.yaml"
    file.write_text(json.dumps(configuration))
    return [find_backend("jaeger"), "--config", file]


class Jaeger(Query):
    def __init__(self, ports, pid):
        super().__init__(f"http://127.0.0.1:{ports.query}")
        self.ports = ports
        self.pid = pid

    def trace(self, trace_id):
        return self.spans(f"/{trace_id}")
