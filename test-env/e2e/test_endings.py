# SPDX-License-Identifier: Apache-2.0
"""Exchanges that end badly, late, or not at all."""

import signal
import socket
import struct
import threading
import time

import pytest

from common.expect import Exchange, check_linked, check_parent, check_span
from common.wait import wait_until
from lib.expect import CLOCK_TOLERANCE, check_instant, check_pair
from lib.processes import python_command
from lib.raw import connect

GET = b"GET /end HTTP/1.1\r\nHost: test\r\n\r\n"
ERROR = 2


def reset(sock):
    sock.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def closed(sock):
    """Whether the socket has left ESTABLISHED and FIN_WAIT for good: tcpi_state is TCP_CLOSE."""
    return sock.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == b"\x07"


def check_failed(result, port, client_left=False, **expected):
    """One exchange that failed at both ends, each once; of a body that is not whole no size is told.

    Where the client leaves, the server hears of it after the client's span has ended.
    """
    assert len(result.spans) == 2, (result.spans, result.errors)
    [server], [client] = result.servers(port), result.clients(port)
    for span in (server, client):
        check_span(span, Exchange(path="/end", **expected))
        assert span.status == ERROR and span.attr["error.type"], span
        assert "http.response.body.size" not in span.attr, span
    if client_left:
        check_parent(server, client)
        assert client.start <= server.start, (client, server)
    else:
        check_linked(server, client)
    assert result.losses == {}, result.errors
    return server, client


def test_reset_in_mid_response(exchange, port):
    met = []

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + b"r" * 4000)
        read_all.wait(10)
        reset(sock)

    read_all = threading.Event()

    def client(sock):
        sock.send(GET)
        sock.receive_head()
        sock.receive_exactly(4000)
        read_all.set()
        try:
            sock.receive()
        except ConnectionResetError:
            met.append(True)

    result, accepted, connected = exchange(handler, client)
    assert met
    server, client_span = check_failed(result, port, status=200)
    assert client_span.attr["error.type"] == "connection_reset"
    check_instant(server.start, accepted.receives()[0], "server start")
    check_instant(client_span.start, connected.sends()[0], "client start")
    assert client_span.end >= connected.receives()[-1].before - CLOCK_TOLERANCE


def test_closed_in_mid_response(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + b"r" * 4000)

    def client(sock):
        sock.send(GET)
        sock.receive_rest()

    result, _, _ = exchange(handler, client)
    check_failed(result, port, status=200)


def test_half_closed_client_that_reads_late(exchange, port):
    """Both ends have closed, and the answer still waits in the client's socket."""
    size = 100_000
    answered = threading.Event()

    def handler(sock):
        sock.receive_head()
        assert sock.receive() == b""
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"l" * size)
        sock.close()
        answered.set()

    def client(sock):
        sock.send(GET)
        sock.socket.shutdown(socket.SHUT_WR)
        answered.wait(10)
        wait_until(lambda: closed(sock), "the server's FIN")
        sock.receive_head()
        sock.receive_exactly(size)
        assert sock.receive() == b""

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/end", response_body=size)
    assert "error.type" not in client_span.attr and "error.type" not in server.attr
    check_instant(client_span.end, connected.receives()[-1], "client end")


def test_closed_without_a_response(exchange, port):
    def handler(sock):
        sock.receive_head()

    def client(sock):
        sock.send(GET)
        assert sock.receive() == b""

    result, _, _ = exchange(handler, client)
    check_failed(result, port, status=None)


def test_client_that_has_had_enough(exchange, port):
    """Its FIN comes before the response, which the kernel takes and the peer's reset throws away."""

    read, gone = threading.Event(), threading.Event()

    def handler(sock):
        sock.receive_head()
        read.set()
        gone.wait(10)
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def client(sock):
        sock.send(GET)
        read.wait(10)
        sock.close()
        gone.set()

    result, accepted, _ = exchange(handler, client)
    assert len(result.spans) == 2, (result.spans, result.errors)
    [server], [client_span] = result.servers(port), result.clients(port)
    check_parent(server, client_span)
    check_span(server, Exchange(path="/end", status=200, response_body=2))
    check_instant(server.end, accepted.sends()[-1], "server end")
    assert "error.type" not in server.attr
    assert client_span.attr["error.type"] == "connection_closed"
    assert result.losses == {}, result.errors


def test_response_to_a_client_that_is_gone(exchange, port):
    """A send that fails carries `HTTP/1.1 200`, which nobody ever got."""
    read, gone = threading.Event(), threading.Event()
    failures = []

    def handler(sock):
        sock.receive_head()
        read.set()
        gone.wait(10)
        try:
            for _ in range(50):
                sock.socket.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                time.sleep(0.01)
        except OSError as failure:
            failures.append(failure)

    def client(sock):
        sock.send(GET)
        read.wait(10)
        reset(sock)
        gone.set()

    result, _, _ = exchange(handler, client)
    assert failures
    check_failed(result, port, client_left=True, status=None)


def test_server_process_killed(start_agent, hooks, start_process, port):
    server = start_process(python_command("hanging_server.py", port), port)
    agent = start_agent(*hooks, "--port", port)
    connected = connect(port)
    connected.send(GET)
    wait_until(lambda: "request" in server.output(), "the request to arrive")
    server.stop(signal.SIGKILL)
    assert connected.receive() == b""
    connected.close()
    server_span, _ = check_failed(agent.stop(), port, status=None)
    assert server_span.pid == server.pid


def test_requests_open_when_the_agent_ends(start_agent, hooks, serve, port):
    """No span is invented for them; they are counted."""
    over = threading.Event()

    def handler(sock):
        sock.receive_head()
        over.wait(20)

    server = serve(port, handler)
    agent = start_agent(*hooks, "--port", port)
    connected = connect(port)
    connected.send(GET)
    wait_until(lambda: server.connections and server.connections[0].receives(), "the request to be read")
    result = agent.stop()
    over.set()
    connected.close()
    assert result.spans == []
    assert result.losses == {"open_at_exit": 2}, result.errors


@pytest.mark.slow
def test_event_stream_of_30_seconds(start_agent, serve, port):
    """Beside it a long poll and a slow upload, so that the wait is worth it."""
    events = 60
    event = b"data: tick\n\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def handler(sock):
        head = sock.receive_head()
        if b"/events" in head:
            sock.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(events):
                time.sleep(0.5)
                sock.send(b"%x\r\n%s\r\n" % (len(event), event))
            sock.send(b"0\r\n\r\n")
        elif b"/poll" in head:
            time.sleep(28)
            sock.send(answer)
        else:
            sock.receive_exactly(2900)
            sock.send(answer)

    def ask(path, body=b""):
        sock = sockets[path] = connect(port)
        sock.send(b"GET %s HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n" % (path, len(body)))
        for at in range(0, len(body), 100):
            time.sleep(1)
            sock.send(body[at : at + 100])
        sock.receive_until(b"0\r\n\r\n" if path == b"/events" else b"ok")
        sock.close()

    sockets = {}
    agent = start_agent("--port", port)
    server = serve(port, handler)
    threads = [
        threading.Thread(target=ask, args=arguments)
        for arguments in ((b"/events",), (b"/poll",), (b"/upload", b"u" * 2900))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.finish()
    result = agent.stop()
    assert len(result.spans) == 6, result.spans
    for client in result.clients(port):
        [span] = [span for span in result.servers(port) if span.path == client.path]
        check_linked(span, client)
        sock = sockets[client.path.encode()]
        check_instant(client.start, sock.sends()[0], f"{client.path}: start")
        check_instant(client.end, sock.receives()[-1], f"{client.path}: end")
    bodies = {span.path: span.attr.get("http.response.body.size") for span in result.servers(port)}
    assert bodies == {"/events": events * len(event), "/poll": 2, "/upload": 2}
    # One process asks and answers: who asks may do so because of a request that another thread has open.
    assert result.losses.keys() <= {"parent_unknown"}, result.errors


def test_event_stream_that_the_client_ends(exchange, port):
    """Without a length, cut off by a client that has had enough."""

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for _ in range(5):
            sock.send(b"data: tick\n\n")
        assert sock.receive() == b""

    def client(sock):
        sock.send(GET)
        sock.receive_head()
        sock.receive_exactly(5 * 12)

    result, accepted, connected = exchange(handler, client)
    assert len(result.spans) == 2, result.spans
    [server], [client_span] = result.servers(port), result.clients(port)
    for span in (server, client_span):
        assert (span.path, span.attr["http.response.status_code"]) == ("/end", 200)
    check_instant(client_span.start, connected.sends()[0], "client start")
    check_instant(server.start, accepted.receives()[0], "server start")
