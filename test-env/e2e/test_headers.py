# SPDX-License-Identifier: Apache-2.0
"""A trace context that comes with the request."""

import pytest

from lib.curl import curl

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
REMOTE = 0x300  # the parent is known to be, and is, in another process


def ask(port, *headers):
    curl(port, "/", *(word for header in headers for word in ("-H", header)))


@pytest.fixture
def nginx_port(start_nginx, port):
    start_nginx(port, "location / { return 200 hello; }")
    return port


def test_context_of_an_untraced_client(start_agent, hooks, nginx_port):
    agent = start_agent(*hooks, "--exe", "*/nginx", "--port", nginx_port)
    ask(nginx_port, f"traceparent: 00-{TRACE}-{PARENT}-03", "tracestate: a=1", "tracestate: b=2")
    [span] = agent.stop().spans
    assert (span.trace_id, span.parent_id) == (TRACE, PARENT)
    assert span.attr["wirespan.link.evidence"] == "header"
    assert span.flags & 0x300 == REMOTE and span.flags & 3 == 3
    assert span.trace_state == "a=1,b=2"


def test_our_client_span_stands_between(start_agent, hooks, nginx_port):
    agent = start_agent(*hooks, "--port", nginx_port)
    ask(nginx_port, f"traceparent: 00-{TRACE}-{PARENT}-01")
    result = agent.stop()
    [server], [client] = result.servers(), result.clients()
    assert (client.trace_id, client.parent_id) == (TRACE, PARENT)
    assert client.attr["wirespan.link.evidence"] == "header"
    assert (server.trace_id, server.parent_id) == (TRACE, client.span_id)
    assert server.attr["wirespan.link.evidence"] == "connection"


@pytest.mark.parametrize(
    "traceparent",
    [
        f"00-{TRACE}-{PARENT}-1",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{PARENT}-01-more",
    ],
)
def test_invalid_context(start_agent, nginx_port, traceparent):
    agent = start_agent("--port", nginx_port)
    ask(nginx_port, f"traceparent: {traceparent}", "tracestate: a=1")
    result = agent.stop()
    [server], [client] = result.servers(), result.clients()
    assert client.parent_id is None and server.parent_id == client.span_id
    assert server.trace_id == client.trace_id != TRACE
    assert server.trace_state == client.trace_state == ""
