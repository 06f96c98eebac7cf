# SPDX-License-Identifier: Apache-2.0
"""Through the real collector into the real Jaeger: what comes out is what the agent shows beside."""

import json
import sys

from common.paths import TEST_ENV
from common.wait import wait_until
from lib.collector import to_grpc
from lib.curl import curl

DEMO = TEST_ENV / "demo-app"


def tree(spans):
    """Who called whom: for every span its name and those of all above it."""
    by_id = {span.span_id: span for span in spans}

    def branch(span):
        above = branch(by_id[span.parent_id]) if span.parent_id in by_id else []
        return [*above, (span.service, span.kind, span.name)]

    return sorted(branch(span) for span in spans)


def test_flask_pair(start_agent, start_process, start_collector, jaeger, free_ports, tmp_path):
    frontend, backend, inventory, collector = free_ports(4)
    start_collector(collector, to_grpc(jaeger.ports.grpc))
    for name, port, arguments in (
        ("inventory", inventory, []),
        ("backend", backend, [f"http://127.0.0.1:{inventory}", tmp_path / "shop.db"]),
        ("frontend", frontend, [f"http://127.0.0.1:{backend}", f"http://127.0.0.1:{inventory}"]),
    ):
        start_process([sys.executable, DEMO / f"{name}.py", "127.0.0.1", port, *arguments], port)
    agent = start_agent(
        *("--port", f"{frontend},{backend},{inventory}"),
        environment={"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector}"},
    )
    for path in ("/users/1", "/users/99", "/nested/teapot", "/dashboard", "/fail", "/slow?seconds=0.1", "/nowhere"):
        curl(frontend, path)
    curl(frontend, "/orders", "-H", "Content-Type: application/json", "-d", json.dumps({"user": 1, "item": "teapot"}))
    result = agent.stop()
    assert result.losses == {}, result.errors

    shown = {}
    for span in result.spans:
        shown.setdefault(span.trace_id, []).append(span)
    assert len(shown) == 8
    for trace_id, spans in shown.items():
        stored = wait_until(
            lambda: len(found := jaeger.trace(trace_id)) >= len(spans) and found, f"trace {trace_id} in Jaeger"
        )
        assert tree(stored) == tree(spans)
        assert sorted(stored, key=lambda span: span.span_id) == sorted(spans, key=lambda span: span.span_id)
    nested = max(shown.values(), key=lambda spans: len(tree(spans)[-1]))
    assert [(service, kind) for service, kind, _ in max(tree(nested), key=len)] == [
        ("curl", "client"),
        ("frontend", "server"),
        ("frontend", "client"),
        ("backend", "server"),
        ("backend", "client"),
        ("inventory", "server"),
    ]
    assert {"curl", "frontend", "backend", "inventory"} <= set(jaeger.services())
