# SPDX-License-Identifier: Apache-2.0
"""The agent comes to connections that are busy already."""

import re
import subprocess
import threading
import time

import pytest

from common.expect import check_linked
from common.wait import wait_until
from lib.raw import connect

CONNECTIONS = 50


class Busy:
    """A keep-alive connection that asks /NAME/0, /NAME/1, ... until told to stop."""

    def __init__(self, port, name, over):
        self.name, self.over = name, over
        self.answered = 0
        self.socket = connect(port)
        self.local_port = self.socket.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            path = f"/{self.name}/{self.answered}"
            self.socket.send(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
            self.socket.receive_head()
            assert self.socket.receive_exactly(len(path)) == path.encode()
            self.answered += 1
            time.sleep(0.02)


def test_started_while_50_connections_are_busy(start_agent, hooks, start_nginx, port):
    start_nginx(port, "location / { return 200 $uri; }")
    over = threading.Event()
    everyone = [Busy(port, name, over) for name in range(CONNECTIONS)]
    try:
        wait_until(lambda: all(busy.answered > 5 for busy in everyone), "all connections to be busy")
        agent = start_agent(*hooks, "--port", port)
        at_ready = [busy.answered for busy in everyone]
        wait_until(
            lambda: all(busy.answered > ready + 20 for busy, ready in zip(everyone, at_ready)), "20 exchanges more"
        )
        at_stop = [busy.answered for busy in everyone]
        result = agent.stop()
    finally:
        over.set()
        for busy in everyone:
            busy.thread.join()
            busy.socket.close()
    total = [busy.answered for busy in everyone]

    for kind in ("server", "client"):
        seen = {busy.local_port: [] for busy in everyone}
        for span in result.spans_of(kind, port):
            name, number = map(int, span.path.strip("/").split("/"))
            assert span.client_port == everyone[name].local_port, f"on a wrong connection: {span}"
            assert span.attr["http.response.body.size"] == len(span.path), f"wrong response: {span}"
            assert span.attr["http.response.status_code"] == 200
            seen[span.client_port].append(number)
        for name, busy in enumerate(everyone):
            numbers = seen[busy.local_port]
            assert numbers, f"{kind}: connection {name} was never traced"
            # Without a gap or a repetition; from the second exchange after the start at the latest.
            assert numbers == list(range(numbers[0], numbers[-1] + 1)), numbers
            assert numbers[0] <= at_ready[name] + 2
            assert at_stop[name] - 2 <= numbers[-1] <= total[name]
    for server in result.servers(port):
        client = result.parent(server)
        if client is not None:
            assert client.path == server.path
            check_linked(server, client)
    linked = [span for span in result.servers(port) if result.parent(span)]
    assert len(linked) >= 20 * CONNECTIONS
    # Hooks are attached one after the other: between two of them a part of an exchange can pass.
    assert set(result.losses) <= {"attached_late", "open_at_exit", "stream_gap", "response_unpaired"}, result.errors


class Calm:
    """Keep-alive connections that ask once, pause while the agent comes, and ask again."""

    def __init__(self, port, count):
        self.sockets = [connect(port) for _ in range(count)]
        self.ask("before")

    def ask(self, name):
        for number, sock in enumerate(self.sockets):
            sock.send(b"GET /%s/%d HTTP/1.1\r\nHost: test\r\n\r\n" % (name.encode(), number))
            sock.receive_head()

    def close(self):
        for sock in self.sockets:
            sock.close()


def quiet(port, connections):
    """Whether that many connections have nothing under way, and have had nothing for 50 ms."""
    lines = subprocess.run(
        ["ss", "-Htin", "state", "established", f"( sport = :{port} )"], capture_output=True, text=True, check=True
    ).stdout
    idle = [int(milliseconds) for milliseconds in re.findall(r"lastsnd:(\d+)", lines)]
    return len(idle) == connections and all(milliseconds >= 50 for milliseconds in idle)


def test_first_exchange_on_calm_connections(start_agent, hooks, start_nginx, port):
    """Nothing was under way on any: nothing is lost, and the first exchange is proven by the second or the close."""
    start_nginx(port, "location / { return 200; }")
    calm = Calm(port, CONNECTIONS)
    wait_until(lambda: quiet(port, CONNECTIONS), "the connections to be quiet")
    agent = start_agent(*hooks, "--port", port)
    calm.ask("first")
    for sock in calm.sockets[::2]:
        sock.send(b"GET /second HTTP/1.1\r\nHost: test\r\n\r\n")
        sock.receive_head()
    calm.close()
    wait_until(lambda: len(agent.spans_so_far()) == 3 * CONNECTIONS, "all spans")
    result = agent.stop()
    assert result.losses == {}, result.errors
    for kind in ("server", "client"):
        paths = result.paths(kind, port)
        assert all(paths[f"/first/{number}"] == 1 for number in range(CONNECTIONS)), paths
        assert paths["/second"] == CONNECTIONS // 2
    for server in result.servers(port):
        check_linked(server, result.parent(server))


def test_first_exchange_behind_one_under_way(start_agent, hooks, serve, port):
    """A client that pipelines, and a request under way when the agent comes: the answer to it is nobody else's."""
    go_on = threading.Event()

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        sock.receive_head()
        go_on.wait(20)
        sock.receive_head()
        for status in (201, 202):
            sock.send(b"HTTP/1.1 %d OK\r\nContent-Length: 0\r\n\r\n" % status)
        sock.receive_head()
        sock.send(b"HTTP/1.1 203 OK\r\nContent-Length: 0\r\n\r\n")

    server = serve(port, handler)
    sock = connect(port)
    sock.send(b"GET /before HTTP/1.1\r\nHost: test\r\n\r\n")
    sock.receive_head()
    sock.send(b"GET /under-way HTTP/1.1\r\nHost: test\r\n\r\n")
    wait_until(lambda: len(server.connections[0].receives()) == 2, "the request to be read")
    wait_until(lambda: quiet(port, 1), "the connection to be quiet")
    agent = start_agent(*hooks, "--port", port)
    sock.send(b"GET /behind HTTP/1.1\r\nHost: test\r\n\r\n")
    go_on.set()
    for _ in range(2):
        sock.receive_head()
    sock.send(b"GET /last HTTP/1.1\r\nHost: test\r\n\r\n")
    sock.receive_head()
    sock.close()
    server.finish()
    result = agent.stop()
    statuses = {"/behind": 202, "/last": 203}
    for span in result.spans:
        assert span.attr.get("http.response.status_code") == statuses[span.path], span
    assert result.losses["attached_late"] == 2, result.errors


@pytest.mark.parametrize("before", (0, 1))
def test_closed_behind_one_under_way(start_agent, hooks, serve, port, before):
    """Nothing is unread or unacknowledged, but a request is worked on: its answer is not the next one's."""
    count = 20
    go_on = threading.Event()

    def handler(sock):
        for _ in range(before):
            sock.receive_head()
            sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        sock.receive_head()
        go_on.wait(20)
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        sock.receive_head()

    server = serve(port, handler)
    sockets = [connect(port) for _ in range(count)]
    for sock in sockets:
        for _ in range(before):
            sock.send(b"GET /before HTTP/1.1\r\nHost: test\r\n\r\n")
            sock.receive_head()
        sock.send(b"GET /busy HTTP/1.1\r\nHost: test\r\n\r\n")
    wait_until(lambda: quiet(port, count), "the connections to be quiet")
    agent = start_agent(*hooks, "--port", port)
    for sock in sockets:
        sock.send(b"GET /late HTTP/1.1\r\nHost: test\r\n\r\n")
    go_on.set()
    for sock in sockets:
        sock.receive_head()
        assert sock.receive_rest() == b""
        sock.close()
    server.finish()
    result = agent.stop()
    assert not result.clients(port), result.clients(port)
    # The servers answered one before they read it.
    assert not any("http.response.status_code" in span.attr for span in result.servers(port)), result.servers(port)
    assert result.losses["attached_late"] >= count, result.errors


def test_two_answers_to_the_first_request(start_agent, hooks, serve, port):
    """Whichever is the answer, it is not claimed."""
    answers = [b"HTTP/1.1 %d OK\r\nContent-Length: 0\r\n\r\n" % status for status in (200, 201, 202, 203)]

    def handler(sock):
        for some in (answers[:1], answers[1:3], answers[3:]):
            sock.receive_head()
            sock.send(b"".join(some))

    server = serve(port, handler)
    sock = connect(port)
    sock.send(b"GET /before HTTP/1.1\r\nHost: test\r\n\r\n")
    sock.receive_head()
    wait_until(lambda: quiet(port, 1), "the connection to be quiet")
    agent = start_agent(*hooks, "--port", port)
    for path, count in ((b"/first", 2), (b"/last", 1)):
        sock.send(b"GET %s HTTP/1.1\r\nHost: test\r\n\r\n" % path)
        for _ in range(count):
            sock.receive_head()
    sock.close()
    server.finish()
    result = agent.stop()
    assert "/first" not in {span.path for span in result.spans}, result.spans
    assert result.losses["attached_late"] == 2, result.errors


def test_started_in_mid_exchange(start_agent, hooks, serve, port):
    """A response whose request nobody saw is no span; the next exchange is one."""
    go_on = threading.Event()

    def handler(sock):
        for _ in range(3):
            sock.receive_head()
            go_on.wait(20)
            sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")

    server = serve(port, handler)
    sock = connect(port)
    sock.send(b"GET /before HTTP/1.1\r\nHost: test\r\n\r\n")
    wait_until(lambda: server.connections and server.connections[0].receives(), "the request to be read")
    agent = start_agent(*hooks, "--port", port)
    go_on.set()
    sock.receive_until(b"late")
    for path in (b"/next", b"/last"):
        sock.send(b"GET %s HTTP/1.1\r\nHost: test\r\n\r\n" % path)
        sock.receive_until(b"late")
    sock.close()
    server.finish()
    result = agent.stop()
    for kind in ("server", "client"):
        assert [span.path for span in result.spans_of(kind, port)] == ["/next", "/last"], kind
        assert {span.attr["http.response.body.size"] for span in result.spans_of(kind, port)} == {4}
    assert set(result.losses) <= {"attached_late", "response_unpaired"}, result.errors
