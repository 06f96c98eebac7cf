# SPDX-License-Identifier: Apache-2.0
"""What the spans of exchanges must say that a test has had made, and has timed."""

import os

from common.expect import Exchange, check_linked, check_span

# Agent and test relate wall clock and monotonic clock at different moments, between
# which the clocks drift.
CLOCK_TOLERANCE = 1_000_000


def check_pairs(result, port, expected):
    """Exactly the expected exchanges, in this order, each seen from both ends; nothing lost.

    Returns their (server, client) spans.
    """
    servers, clients = result.servers(port), result.clients(port)
    assert [span.path for span in servers] == [exchange.path for exchange in expected], result.errors
    assert [span.path for span in clients] == [exchange.path for exchange in expected], result.errors
    assert len(result.spans) == 2 * len(expected), result.spans
    for server, client, exchange in zip(servers, clients, expected):
        check_span(server, exchange)
        check_span(client, exchange)
        check_linked(server, client)
    assert result.losses == {}, result.errors
    return list(zip(servers, clients))


def check_pair(result, port, **expected):
    [pair] = check_pairs(result, port, [Exchange(**expected)])
    return pair


def check_instant(instant, call, what):
    """An instant that the agent gave lies within the call that the test timed."""
    assert call.before - CLOCK_TOLERANCE <= instant <= call.after + CLOCK_TOLERANCE, (
        f"{what}: {instant - call.before} ns after the call began, which took {call.after - call.before} ns"
    )


def check_times(server, client, accepted, connected):
    """The spans' beginnings and ends against the calls of both sockets.

    Only for one exchange per connection: its first and last calls are the span's.
    """
    check_instant(server.start, accepted.receives()[0], "server start")
    check_instant(server.end, accepted.sends()[-1], "server end")
    check_instant(client.start, connected.sends()[0], "client start")
    check_instant(client.end, connected.receives()[-1], "client end")
    assert server.pid == client.pid == os.getpid()
    assert server.attr["thread.id"] == accepted.thread
    assert client.attr["thread.id"] == connected.thread
