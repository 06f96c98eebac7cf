# SPDX-License-Identifier: Apache-2.0
"""Under load: everything is there, or accounted for by name."""

import pytest

from lib.load import STATUS_OF, UNIQUE, Load

CONNECTIONS = 16


def check_pairings(result):
    """No response with another's request, and no link to another's span; both ends once at most."""
    for kind in ("server", "client"):
        assert max(result.paths(kind).values(), default=1) == 1, f"an exchange twice ({kind})"
    for span in result.spans:
        status = span.attr.get("http.response.status_code")
        if status is not None:
            assert status == STATUS_OF[span.path[-1]], f"wrong response: {span}"
        if "http.response.body.size" in span.attr and "error.type" not in span.attr:
            assert span.attr["http.response.body.size"] == len(span.path), f"wrong response: {span}"
        parent = result.parent(span)
        if parent is not None:
            assert (parent.kind, span.kind, parent.path) == ("client", "server", span.path), f"wrong link: {span}"


@pytest.fixture
def load(cleanup):
    def start(*arguments, **options):
        started = Load(*arguments, **options)
        cleanup.callback(started.kill)
        return started

    return start


def test_16_keep_alive_connections_for_10_seconds(start_agent, hooks, start_nginx, port, load):
    start_nginx(port, UNIQUE)
    agent = start_agent(*hooks, "--port", port)
    completed = load(port, 10, CONNECTIONS, script="paced.lua").finish()
    result = agent.stop()
    servers, clients = result.servers(port), result.clients(port)
    print(f"{completed} requests, {completed / 10:.0f}/s; {len(servers)} + {len(clients)} spans; {result.losses}")
    assert result.losses == {}, result.errors
    assert 0 <= len(servers) - completed <= 2 * CONNECTIONS
    assert 0 <= len(clients) - completed <= 2 * CONNECTIONS
    check_pairings(result)
    for server in servers:
        client = result.parent(server)
        assert client is not None, f"no link: {server}"
        assert server.attr["wirespan.link.evidence"] == "connection"
        # wrk leaves without its last answers: nginx may read, and answer, what nobody waits for any more.
        assert client.start <= server.start, f"before its cause: {server} {client}"
        assert client.contains(server) or not client.answered, f"not inside: {server} {client}"
    cut_off = [client for client in clients if not client.answered]
    assert len(cut_off) <= CONNECTIONS, cut_off
    assert {client.attr["error.type"] for client in cut_off} <= {"process_exit"}, cut_off
    assert {span.service for span in servers} == {"nginx"}
    assert {span.service for span in clients} == {"wrk"}


def test_ring_too_small(start_agent, hooks, start_nginx, port, load):
    """Spans and lost heads account for every request, and nothing is wrongly joined."""
    start_nginx(port, UNIQUE)
    agent = start_agent(*hooks, "--port", port, "--ring-size", "64K")
    completed = load(port, 2, CONNECTIONS, script="unique.lua").finish()
    result = agent.stop()
    requests = result.losses.get("ring_full_request_head", 0)
    responses = result.losses.get("ring_full_response_head", 0)
    print(f"{completed} requests; {len(result.spans)} spans; {result.losses}")
    assert requests + responses > 0, "nothing was lost: nothing was tested"
    check_pairings(result)
    # Each end of each exchange has a span, or lost one of its heads (or both); some are cut at the end.
    missing = 2 * completed - len(result.spans)
    in_flight = 4 * CONNECTIONS
    assert missing <= requests + responses + in_flight, result.errors
    assert missing >= max(requests, responses) - in_flight, result.errors
