# SPDX-License-Identifier: Apache-2.0
"""Commands of programs that keep no log: redis-cli, and Flask, whose requests call Redis."""

import subprocess
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.expect import check_linked
from lib.expect import CLOCK_TOLERANCE
from lib.processes import python_command
from lib.raw import wall


def test_100_short_lived_clients(redis_server, start_agent, hooks, port):
    """redis-cli with a command each: gone before anyone looks."""
    agent = start_agent(*hooks, "--port", port)
    lives = []
    for number in range(100):
        command = (["SET", "key", number], ["GET", "key"], ["LPUSH", "key", "x"], ["DEL", "a", "b", "c"])[number % 4]
        before = time.monotonic_ns()
        process = subprocess.Popen(["redis-cli", "-p", str(port), *map(str, command)], stdout=subprocess.DEVNULL)
        assert process.wait(30) == 0
        lives.append((process.pid, command, before, time.monotonic_ns()))
    result = agent.stop()
    servers, clients = result.servers(port), result.clients(port)
    assert len(servers) == len(clients) == len(lives) and len(result.spans) == 2 * len(lives), result.errors
    for server, client, (pid, command, before, after) in zip(servers, clients, lives):
        check_linked(server, client)
        assert client.service == "redis-cli" and client.pid == pid
        assert server.service == "redis-server" and server.pid == redis_server.pid
        assert wall(before) - CLOCK_TOLERANCE <= client.start <= client.end <= wall(after) + CLOCK_TOLERANCE
        error = "WRONGTYPE" if command[0] == "LPUSH" else None
        for span in (server, client):
            assert span.attr["db.operation.name"] == command[0]
            assert span.attr["db.query.text"] == command[0] + " ?" * (len(command) - 1)
            assert span.attr.get("db.response.status_code") == span.attr.get("error.type") == error
            assert span.status == (2 if error else 0)
    assert result.losses == {} and result.ignored == {}, result.errors


@pytest.fixture
def ask(redis_server, start_process, start_agent, hooks, port, free_ports):
    """ask(clients, each): Flask under the agent, asked by that many threads at once; the result, port and process."""

    def run(clients, each):
        [web] = free_ports(1)
        process = start_process([*python_command("redis-python/cached.py", web), port], web)
        agent = start_agent(*hooks, "--port", f"{web},{port}")

        def use(name):
            for number in range(each):
                path = f"{name}/{number}"
                with urllib.request.urlopen(f"http://127.0.0.1:{web}/{path}", timeout=20) as answer:
                    assert answer.read().decode() == f"{path} was asked for once"

        with ThreadPoolExecutor(clients) as threads:
            list(threads.map(use, range(clients)))
        result = agent.stop()
        asked = Counter(f"/{name}/{number}" for name in range(clients) for number in range(each))
        assert result.paths("server", web) == asked, result.errors
        assert result.losses == {}, result.errors
        return result, web, process

    return run


def check_calls(request, calls, process):
    """What a handler asked Redis is its request's child, by the thread, and has the server's span below."""
    names = [call.attr["db.operation.name"] for call in calls]
    # A new connection introduces itself first. What a pipeline sent has one beginning and one end.
    assert names[-5:] in (["GET", "INCR", "EXPIRE", "SET", "GET"], ["GET", "EXPIRE", "INCR", "SET", "GET"]), names
    assert set(names[:-5]) <= {"HELLO", "CLIENT SETINFO", "CLIENT MAINT_NOTIFICATIONS"}, names
    for call in calls:
        assert call.kind == "client" and call.pid == process.pid
        assert call.attr["wirespan.link.evidence"] == "thread"
        assert request.contains(call), f"not inside: {call} {request}"


@pytest.mark.parametrize("clients, each", [(1, 20), (4, 50)])
def test_calls_of_flask(ask, port, clients, each):
    """Threads share a pool's connections: each call is the child of the request that its thread had open."""
    result, web, process = ask(clients, each)
    calls = {}
    for call in result.clients(port):
        calls.setdefault(call.parent_id, []).append(call)
    requests = {request.span_id: request for request in result.servers(web)}
    assert set(calls) == set(requests)
    for span_id, request in requests.items():
        check_calls(request, calls[span_id], process)
    for server in result.servers(port):
        check_linked(server, result.parent(server))
