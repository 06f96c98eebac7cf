# SPDX-License-Identifier: Apache-2.0
"""What the agent says of itself: --stats, and its own metrics."""

import re
import uuid

from common.paths import REPOSITORY
from common.wait import wait_until
from lib.curl import curl
from lib.raw import connect
from lib.wire import METRICS

REQUESTS = 20


def call(port):
    curl(port, f"/?n=[1-{REQUESTS}]")


def attributes(items):
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in items}


def points(metric):
    return getattr(metric, metric.WhichOneof("data")).data_points


def values(metric, key):
    return {attributes(point.attributes).get(key): point.as_int for point in points(metric)}


def last_metrics(collector):
    (resource,) = collector.requests(METRICS)[-1].message().resource_metrics
    return attributes(resource.resource.attributes), {m.name: m for s in resource.scope_metrics for m in s.metrics}


def test_the_metrics_are_those_of_the_document(start_agent, start_nginx, fault_collector, free_ports):
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    collector = fault_collector(collector_port)
    agent = start_agent(
        *("--port", port, "--endpoint", collector.url),
        environment={"OTEL_METRIC_EXPORT_INTERVAL": "200", "OTEL_SERVICE_NAME": "tracer"},
    )
    call(port)
    stranger = connect(port)
    stranger.send(b"SSH-2.0-stranger\r\n")
    stranger.receive_rest()
    stranger.close()
    wait_until(lambda: len(collector.requests(METRICS)) >= 2, "metrics to arrive")
    result = agent.stop()
    assert len(result.spans) == 2 * REQUESTS and result.losses == {}, result.errors

    resource, metrics = last_metrics(collector)
    assert (resource["service.name"], resource["process.pid"]) == ("tracer", agent.pid)
    assert uuid.UUID(resource["service.instance.id"]).version == 4
    documented = re.findall(r"^\| `(\S+)` \|", (REPOSITORY / "docs" / "metrics.md").read_text(), re.MULTILINE)
    assert sorted(metrics) == sorted(documented)
    started = values(metrics["otel.sdk.span.started"], "otel.span.sampling_result")
    assert started == {"RECORD_AND_SAMPLE": len(result.spans), "DROP": 0}
    assert values(metrics["wirespan.records"], "wirespan.record.kind")["data"] >= 4 * REQUESTS
    assert set(values(metrics["wirespan.losses"], "wirespan.loss").values()) == {0}
    unread = [(attributes(point.attributes), point.as_int) for point in points(metrics["wirespan.unread.connections"])]
    assert len(unread) == 2 and all(count == 1 for _, count in unread)
    [served] = [of for of, _ in unread if of["wirespan.ignored.end"] == "server"]
    assert (served["wirespan.service"], served["wirespan.ignored.as"]) == ("nginx", "ssh")
    assert served["server.port"] == port
    assert metrics["wirespan.map.memory.usage"].sum.data_points[0].as_int >= 4 << 20
    assert metrics["process.memory.usage"].sum.data_points[0].as_int > 1 << 20
    assert sum(point.as_double for point in points(metrics["process.cpu.time"])) > 0
    assert f"wirespan: sent {len(result.spans)} spans to {collector.url}\n" in result.errors


def test_metrics_can_be_switched_off(start_agent, start_nginx, fault_collector, free_ports):
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    collector = fault_collector(collector_port)
    agent = start_agent(
        *("--port", port, "--endpoint", collector.url),
        environment={"OTEL_METRIC_EXPORT_INTERVAL": "50", "OTEL_METRICS_EXPORTER": "none"},
    )
    call(port)
    agent.stop()
    assert len(collector.span_ids()) == 2 * REQUESTS
    assert collector.requests(METRICS) == []


def test_stats_tell_what_is_done(start_agent, start_nginx, fault_collector, free_ports):
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    collector = fault_collector(collector_port)
    agent = start_agent("--port", port, "--endpoint", collector.url, "--stats", "0.2")
    call(port)
    wait_until(lambda: re.search(r"stats: .*data [1-9]", agent.errors()), "stats of traffic")
    wait_until(lambda: re.search(r"stats: .*exchanges [1-9]", agent.errors()), "stats of exchanges")
    errors = agent.stop().errors
    for line in (
        r"[\d.]+ s: events \d+/s \(.*data [\d.]+.*\); exchanges [\d.]+/s",
        r"ring at most [\d.]+ % of 4\.0 MiB full; drained after mean \S+ \S+, max \S+ \S+",
        r"queue \d+ of 131072 spans",
        r"export [\d.]+ spans/s: \d+ requests \(\d+ retries\), .*; \d+ spans wait in memory \(.*\)",
        r"cpu [\d.]+ % of a core; memory [\d.]+ MiB, maps in the kernel [\d.]+ MiB",
        r"losses: none",
    ):
        assert re.search(f"^wirespan: stats: {line}$", errors, re.MULTILINE), line


def test_without_an_endpoint_nothing_is_said_unasked(start_agent, start_nginx, free_ports):
    (port,) = free_ports(1)
    start_nginx(port, "location / { return 200 hello; }")
    agent = start_agent("--port", port, environment={"OTEL_METRIC_EXPORT_INTERVAL": "50"})
    call(port)
    assert agent.stop().errors == "wirespan: ready\n"
