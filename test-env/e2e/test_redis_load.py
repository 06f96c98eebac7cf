# SPDX-License-Identifier: Apache-2.0
"""Redis under load: every command is a span at each end, or accounted for, and none is another's.

WIRESPAN_REDIS_COMMANDS=200000 asks for so many commands; by default they are few, in seconds.
"""

import itertools
import os
import signal
from collections import Counter

import pytest

from common.wait import wait_until
from lib.redis_load import MIXTURE, Account, Pipeliner, SpanCounter, end, prepare, run_benchmark

COMMANDS = int(os.environ.get("WIRESPAN_REDIS_COMMANDS", 6000))
BURST = 2000  # that many at once the machine sustains: the agent comes to its end before the next
CONFIGURATION, CONFIGURATION_COUNT = ("CONFIG GET", None), 2  # what redis-benchmark asks for first
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "100"}
OUTCOMES = {(operation, error) for _, operation, error in MIXTURE}
KINDS = ("server", "client")


@pytest.fixture
def redis_server(redis_server):
    prepare(redis_server)
    return redis_server


def check_whole(account, expected, result):
    """Exactly these, at both ends; all linked, and rightly."""
    for kind in KINDS:
        assert account.operations[kind] == expected, result.errors
    assert account.linked == expected.total() and account.linked_wrongly == []
    assert result.losses == {}, result.errors


@pytest.mark.parametrize("pipeline", [1, 16])
def test_redis_benchmark_at_a_rate_that_is_sustained(redis_server, start_agent, port, pipeline):
    commands = {
        ("SET", None): ["SET", "key:__rand_int__", "value"],
        ("GET", None): ["GET", "text"],
        ("INCR", None): ["INCR", "counter"],
        ("LRANGE", None): ["LRANGE", "list", "0", "9"],
    }
    outcomes = list(commands)
    agent = start_agent("--port", port, environment=SOON)
    counter = SpanCounter(agent)
    expected = Counter()
    for burst in range(COMMANDS // BURST):
        outcome = outcomes[burst % len(outcomes)]
        run_benchmark(port, BURST, pipeline, commands[outcome])
        expected[outcome] += BURST
        expected[CONFIGURATION] += CONFIGURATION_COUNT
        total = 2 * expected.total()
        wait_until(lambda: counter() >= total, f"{total} spans", timeout=60)
    result = end(agent)
    counted = {name: count for (name, _), count in expected.items() if name != "CONFIG GET"}
    assert redis_server.admin.calls() == counted
    check_whole(Account(agent.output), expected, result)


@pytest.mark.parametrize("pipeline", [1, 16])
def test_a_mixture_at_a_rate_that_is_sustained(redis_server, start_agent, hooks, port, pipeline, cleanup):
    """On each connection every command is answered with its own reply, in order."""
    agent = start_agent(*hooks, "--port", port, environment=SOON)
    counter = SpanCounter(agent)
    connections = [Pipeliner(port, pipeline) for _ in range(8)]
    for connection in connections:
        cleanup.callback(connection.close)
    asked = 0
    while asked < COMMANDS:
        for connection in connections:
            connection.ask()
        asked += pipeline * len(connections)
        if asked % BURST < pipeline * len(connections):
            wait_until(lambda: counter() >= 2 * asked, f"{2 * asked} spans", timeout=60)
    for connection in connections:
        connection.close()
    result = end(agent)
    account = Account(agent.output)
    for kind, connection in itertools.product(KINDS, connections):
        account.check_order(kind, connection.port, connection.asked)
    assert account.spans == 2 * asked
    assert account.linked == asked and account.linked_wrongly == []
    assert result.losses == {}, result.errors


@pytest.mark.parametrize("pipeline", [1, 16])
def test_more_than_the_ring_holds(redis_server, start_agent, hooks, port, pipeline):
    """Spans and losses account for every command, and nothing is joined that does not belong together."""
    agent = start_agent(*hooks, "--port", port, "--ring-size", "64K")
    connections = [Pipeliner(port, pipeline) for _ in range(8)]
    asked = 0
    os.kill(agent.pid, signal.SIGSTOP)
    while asked < COMMANDS:
        for connection in connections:
            connection.ask()
        asked += pipeline * len(connections)
    os.kill(agent.pid, signal.SIGCONT)
    run_benchmark(port, COMMANDS, pipeline, ["GET", "text"], connections=50)
    for connection in connections:
        connection.close()
    result = end(agent)
    account = Account(agent.output)
    expected = 2 * (asked + COMMANDS + CONFIGURATION_COUNT)
    print(f"{expected} commands at an end; {account.spans} spans; {result.losses}")
    assert result.losses, "nothing was lost: nothing was tested"
    for kind in KINDS:
        assert set(account.operations[kind]) <= {*OUTCOMES, CONFIGURATION}
    assert account.linked_wrongly == []
    # A command is lost with its record, can't be paired any more, or waits in vain for a reply that was lost.
    names = ("ring_full_request_head", "request_unpaired", "open_at_exit")
    lost = sum(result.losses.get(name, 0) for name in names)
    assert account.spans + lost == expected, result.errors
