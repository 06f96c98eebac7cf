# SPDX-License-Identifier: Apache-2.0
"""Many: each span arrives, once."""

from collections import Counter

import pytest

from common.otlp import span_ids
from common.wait import wait_until
from lib.collector import to_http
from lib.load import UNIQUE, Load

EXCHANGES = 100_000
ROUND = 10  # seconds


@pytest.mark.slow
def test_100_000_exchanges_through_the_collector(
    start_agent, start_nginx, start_collector, fault_collector, free_ports, cleanup
):
    port, collector_port, sink_port = free_ports(3)
    start_nginx(port, UNIQUE)
    sink = fault_collector(sink_port)
    start_collector(collector_port, to_http(sink_port))
    agent = start_agent(
        *("--port", port), environment={"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector_port}"}
    )
    completed = 0
    while completed < EXCHANGES:
        load = Load(port, ROUND, script="paced.lua")
        cleanup.callback(load.kill)
        completed += load.finish()
    agent.process.send_signal(2)
    assert agent.process.wait(60) == 0, agent.errors()
    assert "wirespan: loss:" not in agent.errors()
    made = span_ids(agent.output.read_text())
    assert len(made) >= 2 * completed
    wait_until(lambda: len(sink.accepted()) and len(sink.span_ids()) >= len(made), "all spans", timeout=60)
    received = Counter(sink.span_ids())
    print(f"{completed} exchanges, {len(made)} spans in {len(sink.accepted())} requests of the collector")
    assert received == Counter(made)
    assert max(received.values()) == 1
