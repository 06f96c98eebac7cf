# SPDX-License-Identifier: Apache-2.0
"""Jaeger 2 with everything in memory, and its query API."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

from lib import otlp
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


class Jaeger:
    def __init__(self, ports, pid):
        self.ports = ports
        self.pid = pid

    def _get(self, path):
        """The answer, or None where there is none such."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.query}{path}", timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
            raise

    def services(self):
        return self._get("/api/v3/services").get("services", [])

    def trace(self, trace_id):
        """Its spans, as the agent's own output is read."""
        answer = self._get(f"/api/v3/traces/{trace_id}")
        return otlp.parse(json.dumps(answer["result"])) if answer else []
