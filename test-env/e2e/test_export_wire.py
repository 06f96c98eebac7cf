# SPDX-License-Identifier: Apache-2.0
"""What goes over the wire, decoded by another implementation, is what the agent writes beside, in every encoding."""

import pytest

from common.wait import wait_until
from lib.curl import curl
from lib.wire import JSON, METRICS, PROTOBUF

ENCODINGS = {
    "protobuf": ({}, PROTOBUF, None),
    "protobuf-gzip": ({"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, PROTOBUF, "gzip"),
    "json": ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, JSON, None),
    "json-gzip": (
        {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip"},
        JSON,
        "gzip",
    ),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_wire_and_the_file_say_the_same(start_agent, start_nginx, fault_collector, free_ports, encoding):
    environment, content_type, compression = ENCODINGS[encoding]
    port, collector_port = free_ports(2)
    start_nginx(port, "location /fail { return 503 no; } location / { return 200 hello; }")
    collector = fault_collector(collector_port)
    agent = start_agent(
        *("--port", port),
        environment={
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=blue%20team,x-key=1",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=caf%C3%A9",
            **environment,
        },
    )
    for path in ("/users/1?q=%C3%A9", "/fail", "/" + "long/" * 500):
        curl(port, path)
    result = agent.stop()
    assert len(result.spans) == 6 and result.losses == {}, result.errors

    assert sorted(collector.spans(), key=str) == sorted(result.spans, key=str)
    assert all(span.resource["deployment.environment.name"] == "café" for span in result.spans)
    for received in collector.requests():
        assert received.content_type == content_type
        assert received.headers.get("Content-Encoding") == compression
        assert (received.headers["x-tenant"], received.headers["x-key"]) == ("blue team", "1")
        assert "OTel-OTLP-Exporter-" in received.headers["User-Agent"]
        assert received.headers.get("Expect") is None
    assert collector.requests() == collector.accepted()


def test_one_connection_is_kept(start_agent, start_nginx, fault_collector, free_ports):
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    collector = fault_collector(collector_port)
    agent = start_agent(
        *("--port", port),
        environment={
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.url}/v1/traces",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        },
    )
    for number in range(3):
        curl(port)
        wait_until(lambda: len(collector.span_ids()) == 2 * number + 2, "the spans to arrive")
    assert len(agent.stop().spans) == 6
    assert len(collector.requests()) >= 3 and collector.connections == 1
    assert collector.requests(METRICS) == [], "metrics, for which no endpoint was given"
