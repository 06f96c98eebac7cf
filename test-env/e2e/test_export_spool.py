# SPDX-License-Identifier: Apache-2.0
"""A collector that is away for longer than memory lasts, with a spool on disk.

E2E_SPOOL_SECONDS: how long it stays away (default 20; 300 is what the feature was made for).
"""

import os
import signal
from collections import Counter

import pytest

from common.otlp import span_ids
from common.wait import wait_until
from lib.curl import curl
from lib.load import UNIQUE, Load

AWAY = int(os.environ.get("E2E_SPOOL_SECONDS") or 20)


def span_ids_written(agent):
    """By what the agent wrote to its file; a kill may have cut the last line."""
    with open(agent.output, encoding="utf-8") as lines:
        return {span_id for line in lines for span_id in span_ids(line)}


def files(directory):
    return [path for path in directory.iterdir() if path.is_file() and path.stat().st_size > 0]


@pytest.fixture
def spooling(start_agent, start_nginx, free_ports, tmp_path):
    """spooling(): an agent with a spool whose collector is not there; every call another life of it."""
    port, collector_port = free_ports(2)
    start_nginx(port, UNIQUE)
    spool = tmp_path / "spool"

    def start():
        return start_agent(
            *("--port", port, "--spool", spool),
            environment={
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{collector_port}/v1/traces",
                "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
                "OTEL_BSP_SCHEDULE_DELAY": "1000",
            },
        )

    start.port, start.collector_port, start.spool = port, collector_port, spool
    return start


@pytest.mark.slow
def test_what_was_spooled_survives_a_kill(spooling, fault_collector, cleanup):
    """Away for so long at about 2000 requests/s, the agent killed half-way: all that was on disk arrives, once."""
    lives = []
    for how in (signal.SIGKILL, signal.SIGINT):
        agent = spooling()
        load = Load(spooling.port, AWAY // 2, connections=8, script="paced.lua")
        cleanup.callback(load.kill)
        load.finish()
        wait_until(lambda: files(spooling.spool), "files in the spool")
        agent.process.send_signal(how)
        agent.process.wait(60)
        lives.append((agent, len(files(spooling.spool))))
    (killed, files_at_kill), (ended, _) = lives
    assert "wirespan: loss:" not in ended.errors()

    collector = fault_collector(spooling.collector_port)
    last = spooling()
    made = span_ids_written(killed) | span_ids_written(ended)
    wait_until(lambda: not files(spooling.spool), "an empty spool", timeout=60 + AWAY)
    result = last.stop()
    received = Counter(collector.span_ids())
    print(f"{len(made)} spans made, {len(received)} received in {len(collector.requests())} requests")
    assert max(received.values()) == 1, "a span twice"
    assert set(received) <= made
    assert span_ids_written(ended) <= set(received), "the end in order lost spans"
    # A kill loses what was no batch yet, the one under way and the exporter's queue: seconds of work, not the rest.
    of_killed = span_ids_written(killed)
    missing = of_killed - set(received)
    print(f"{len(missing)} of {len(of_killed)} lost by the kill; {files_at_kill} files were there")
    assert len(missing) < len(of_killed) / 4
    assert len(collector.requests()) >= files_at_kill
    assert result.losses == {}, result.errors


def test_order_and_restart(spooling, fault_collector):
    """The end in order leaves everything on disk; the next life brings it, the oldest first, before its own."""

    def exchange(path):
        curl(spooling.port, f"/{path}")

    first = spooling()
    exchange("first/0")
    wait_until(lambda: len(first.spans_so_far()) == 2, "the spans in the file")
    first_result = first.stop()
    assert first_result.losses == {}, first_result.errors
    assert files(spooling.spool)

    second = spooling()
    exchange("second/0")
    wait_until(lambda: len(second.spans_so_far()) == 2, "the spans in the file")
    collector = fault_collector(spooling.collector_port)
    wait_until(lambda: len(collector.span_ids()) == 4, "all spans", timeout=40)
    second_result = second.stop()
    assert second_result.losses == {}, second_result.errors
    assert [span.path for span in collector.spans()] == ["/first/0"] * 2 + ["/second/0"] * 2
    assert sorted(collector.spans(), key=str) == sorted(first_result.spans + second_result.spans, key=str)
    assert not files(spooling.spool)


def test_one_agent_at_a_time(spooling):
    spooling()
    with pytest.raises(AssertionError, match="ended"):
        spooling()
