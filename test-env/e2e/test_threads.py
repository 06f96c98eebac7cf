# SPDX-License-Identifier: Apache-2.0
"""50 concurrent requests whose handlers call another service: which call is whose?"""

import http.client
import json
import os
import signal
import subprocess
import threading
from collections import Counter

import pytest

from common.expect import check_linked
from common.wait import wait_until
from lib.processes import gunicorn_command, python_command

CLIENTS = 50
ROUNDS = 4
CALLS = 3  # that each handler makes

SERVERS = {
    "gunicorn-sync": lambda port: gunicorn_command("chain:application", port, "--workers", "4"),
    "gunicorn-gthread": lambda port: gunicorn_command(
        "chain:application", port, "--workers", "4", "--worker-class", "gthread", "--threads", "8"
    ),
    "flask-threaded": lambda port: python_command("chain.py", port),
}


def ask_all(port):
    """50 clients at once, several requests each; what the handlers said of themselves, by request id."""
    answers, failures = {}, []
    together = threading.Barrier(CLIENTS)

    def client(number):
        try:
            together.wait(20)
            for round_number in range(ROUNDS):
                request = f"{number}x{round_number}"
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("GET", f"/{request}")
                with connection.getresponse() as response:
                    assert response.status == 200
                    answers[request] = json.load(response)
                connection.close()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    return answers


@pytest.mark.parametrize("kind", SERVERS)
def test_every_call_has_its_own_parent(start_agent, hooks, start_process, start_nginx, free_ports, kind):
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 200 hello; }")
    server = start_process(SERVERS[kind](port), port, environment={"DOWNSTREAM": f"127.0.0.1:{downstream}"})
    agent = start_agent(*hooks, "--port", f"{port},{downstream}")
    answers = ask_all(port)
    result = agent.stop()

    expected = Counter({f"/{request}": 1 for request in answers})
    assert len(answers) == CLIENTS * ROUNDS
    assert result.paths("server", port) == expected
    assert result.paths("client", port) == expected
    for span in result.servers(port):
        answer = answers[span.path[1:]]
        assert (span.pid, span.attr["thread.id"]) == (answer["pid"], answer["thread"])
        assert span.resource["process.pid"] == answer["pid"]
        assert span.service == "chain"
        client = result.parent(span)
        assert client.path == span.path and client.pid == os.getpid() and client.parent_id is None
        check_linked(span, client)

    calls = result.clients(downstream)
    assert result.paths("client", downstream) == Counter(
        {f"/{request}/{call + 1}": 1 for request in answers for call in range(CALLS)}
    )
    for call in calls:
        request = call.path.split("/")[1]
        parent = result.parent(call)
        assert parent is not None, f"no parent: {call}"
        assert parent.kind == "server" and parent.path == f"/{request}", f"wrong parent: {call} {parent}"
        assert call.attr["wirespan.link.evidence"] == "thread"
        assert (call.pid, call.attr["thread.id"]) == (parent.pid, parent.attr["thread.id"])
        assert parent.contains(call)
    for span in result.servers(downstream):
        check_linked(span, result.parent(span))
        assert result.parent(span).path == span.path
    assert result.losses == {}, result.errors
    if kind.startswith("gunicorn"):
        assert {span.pid for span in result.servers(port)} <= set(server.children())


def test_event_loop_does_other_work_meanwhile(start_agent, hooks, start_process, start_nginx, free_ports):
    """Its timer calls while a request is open are nobody's; what it passes on is its request's."""
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 200 hello; }")
    start_process(python_command("loop.py", port, downstream), port)
    agent = start_agent(*hooks, "--port", f"{port},{downstream}")
    for path in ("/slow", "/passed-on"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        assert connection.getresponse().read() == b"ok"
        connection.close()
    result = agent.stop()
    polls = [span for span in result.clients(downstream) if span.path == "/poll"]
    assert len(polls) > 5
    assert [span for span in polls if span.parent_id is not None] == []
    [passed_on] = [span for span in result.clients(downstream) if span.path == "/passed-on"]
    [server] = [span for span in result.servers(port) if span.path == "/passed-on"]
    assert passed_on.parent_id == server.span_id, "a proxy's call has lost its cause"
    assert set(result.losses) <= {"parent_unknown"}, result.errors


@pytest.mark.parametrize("kind", ["flask", "asyncio"])
def test_calls_of_other_threads_say_why_they_have_no_parent(
    start_agent, hooks, start_process, start_nginx, free_ports, kind
):
    """A thread pool's calls are counted, as their process has a request open; a call for nobody is no loss."""
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 200 hello; }")
    server = start_process(python_command("pool.py", kind, port, downstream), port)
    agent = start_agent(*hooks, "--port", f"{port},{downstream}")
    for number in range(3):
        subprocess.run(["curl", "-sSf", "-o", os.devnull, f"http://127.0.0.1:{port}/{number}"], check=True, timeout=30)
    os.kill(server.pid, signal.SIGUSR1)
    wait_until(lambda: any(span.path == "/for-nobody" for span in agent.spans_so_far()), "the call for nobody")
    result = agent.stop()
    missing = {
        span.path: span.attr.get("wirespan.link.missing")
        for span in result.clients(downstream)
        if span.parent_id is None
    }
    assert missing == {"/0": "other_thread", "/1": "other_thread", "/2": "other_thread", "/for-nobody": "no_request"}
    assert result.losses == {"parent_unknown": 3}, result.errors
    for client in result.clients(port):
        assert client.parent_id is None and "wirespan.link.missing" not in client.attr, "curl serves nothing"
