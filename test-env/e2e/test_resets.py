# SPDX-License-Identifier: Apache-2.0
"""Connections that are over before their owner is done with them: what it still reads, works on, or gives up."""

import socket
import struct
import subprocess
import threading
import time

import pytest

from common.expect import check_linked, check_parent
from common.wait import wait_until
from lib.expect import CLOCK_TOLERANCE, check_instant
from lib.processes import python_command
from lib.raw import connect, wall

GET = b"GET /end HTTP/1.1\r\nHost: test\r\n\r\n"
POST = b"POST /end HTTP/1.1\r\nHost: test\r\nContent-Length: 400\r\n\r\n"
REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ERROR = 2
CLOSE, CLOSE_WAIT = b"\x07", b"\x08"


def reset(sock):
    sock.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def wait_for_state(sock, state):
    """Until the kernel has it in that state (tcpi_state), whatever is still to be read."""
    info = (socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    wait_until(lambda: sock.socket.getsockopt(*info) == state, f"state {state}")


def read_all(sock):
    """To the end, be it a FIN or a reset."""
    data = b""
    try:
        while more := sock.receive():
            data += more
    except ConnectionResetError:
        pass
    return data


def one_of_each(result, port):
    """The spans of one exchange that lost nothing."""
    assert result.losses == {}, result.errors
    [server], [client] = result.servers(port), result.clients(port)
    assert len(result.spans) == 2, result.spans
    return server, client


def check_refusal(result, port, connected):
    """Both ends have the whole answer, and neither says that it was reset."""
    server, client = one_of_each(result, port)
    check_linked(server, client)
    for span in (server, client):
        assert span.attr["http.response.status_code"] == 413, span
        assert span.attr["http.response.body.size"] == 8, span
    assert "error.type" not in server.attr and client.attr["error.type"] == "413"
    check_instant(client.end, connected.receives()[-1], "client end")


@pytest.mark.parametrize("later", [0, 0.15], ids=["at-once", "later"])
def test_refusal_read_after_the_reset(exchange, port, later):
    """The server closes with content unread: its kernel resets."""

    def handler(sock):
        sock.receive(len(POST) + 50)
        sock.send(REFUSAL)

    def client(sock):
        sock.send(POST + b"b" * 200)
        wait_for_state(sock, CLOSE)
        time.sleep(later)
        assert read_all(sock) == REFUSAL

    result, _, connected = exchange(handler, client)
    check_refusal(result, port, connected)


@pytest.mark.parametrize("later", [0, 0.15], ids=["at-once", "later"])
def test_refusal_read_after_more_was_sent(exchange, port, later):
    """The server closes in order, and what the client goes on sending draws the reset, then fails."""

    def handler(sock):
        sock.receive_head()
        sock.receive_exactly(200)
        sock.send(REFUSAL)

    def client(sock):
        sock.send(POST + b"b" * 200)
        wait_for_state(sock, CLOSE_WAIT)
        sock.send(b"b" * 100)
        wait_for_state(sock, CLOSE)
        with pytest.raises(BrokenPipeError):
            sock.send(b"b" * 100)
        time.sleep(later)
        assert read_all(sock) == REFUSAL

    result, _, connected = exchange(handler, client)
    check_refusal(result, port, connected)


def test_refusal_never_read(exchange, port):
    def handler(sock):
        sock.receive(len(POST) + 50)
        sock.send(REFUSAL)

    def client(sock):
        sock.send(POST + b"b" * 200)
        wait_for_state(sock, CLOSE)

    server, client_span = one_of_each(exchange(handler, client)[0], port)
    assert server.attr["http.response.status_code"] == 413 and "error.type" not in server.attr
    assert client_span.attr["error.type"] == "connection_reset"
    assert "http.response.status_code" not in client_span.attr


BODIES = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"abc"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n"),
    "close": (b"HTTP/1.0 200 OK\r\n\r\n", b"abc"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_response_cut_by_a_reset(exchange, port, kind):
    """Read to the last byte that came; but that was not all of it."""
    head, body = BODIES[kind]

    def handler(sock):
        sock.receive_head()
        sock.send(head + body)
        reset(sock)

    def client(sock):
        sock.send(GET)
        wait_for_state(sock, CLOSE)
        assert read_all(sock) == head + body

    for span in one_of_each(exchange(handler, client)[0], port):
        assert (span.status, span.attr["error.type"]) == (ERROR, "connection_reset"), span
        assert span.attr["http.response.status_code"] == 200
        assert "http.response.body.size" not in span.attr


def test_half_closed_client_that_never_reads(start_agent, hooks, serve, port):
    """Both ends have closed; the answer waits in a socket whose owner lives on when it has closed it."""
    agent = start_agent(*hooks, "--port", port)

    def handler(sock):
        sock.receive_head()
        sock.send(OK)

    server = serve(port, handler)
    connected = connect(port)
    connected.send(GET)
    connected.socket.shutdown(socket.SHUT_WR)
    wait_for_state(connected, CLOSE)
    before = wall(time.monotonic_ns())
    connected.close()
    server.finish()
    wait_until(lambda: len(agent.spans_so_far()) == 2, "both spans")
    _, client = one_of_each(agent.stop(), port)
    assert client.attr["error.type"] == "connection_closed"
    assert client.end >= before - CLOCK_TOLERANCE


@pytest.fixture
def listen(start_agent, hooks, cleanup, port):
    """listen(*ports): an agent, and a listener whose connections nobody accepts by itself."""

    def start(*others):
        agent = start_agent(*hooks, "--port", ",".join(map(str, (port, *others))))
        listener = cleanup.enter_context(socket.create_server(("127.0.0.1", port)))
        return agent, listener

    return start


def test_request_read_after_its_client_reset(listen, port):
    """As of port scanners: accepted, read and closed by a server that lives on. So is a kept connection's next one."""
    agent, listener = listen()
    scan = connect(port)
    scan.send(GET.replace(b"/end", b"/scan"))
    reset(scan)
    kept = connect(port)
    accepted = []
    for _ in range(2):
        accepted.append(listener.accept()[0])
    assert accepted[0].recv(1000) and accepted[0].fileno() != -1
    kept.send(GET.replace(b"/end", b"/first"))
    assert accepted[1].recv(1000)
    accepted[1].send(OK)
    kept.receive_until(b"ok")
    kept.send(GET.replace(b"/end", b"/second"))
    reset(kept)
    assert accepted[1].recv(1000)
    for sock in accepted:
        with pytest.raises(ConnectionResetError):
            sock.recv(1000)
        sock.close()
    wait_until(lambda: len(agent.spans_so_far()) == 6, "six spans")
    result = agent.stop()
    assert result.losses == {}, result.errors
    errors = {(span.path, span.attr.get("error.type")) for span in result.spans}
    assert errors == {("/scan", "connection_reset"), ("/first", None), ("/second", "connection_reset")}
    for span in result.servers(port):
        assert result.parent(span).path == span.path


def test_handler_works_on_after_its_client_reset(listen, serve, port, free_ports, cleanup):
    """What it calls then is still its request's; what it calls for the next request is that one's."""
    [downstream] = free_ports(1)
    agent, listener = listen(downstream)

    def answer(sock):
        sock.receive_head()
        sock.send(OK)

    serve(downstream, answer)

    def call(path):
        sock = connect(downstream)
        sock.send(GET.replace(b"/end", path))
        sock.receive_until(b"ok")
        sock.close()

    def accept():
        sock, _ = listener.accept()
        assert sock.recv(1000)
        return sock

    client = cleanup.enter_context(
        subprocess.Popen(python_command("told_client.py", str(port)), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    )
    cleanup.callback(client.kill)

    def tell(*lines):
        client.stdin.write("".join(f"{line}\n" for line in lines).encode())
        client.stdin.flush()
        for _ in lines:
            assert client.stdout.readline() == b"done\n"

    tell("ask /first")
    first = accept()
    tell("reset", "ask /second")
    time.sleep(0.15)  # longer than late records are awaited
    call(b"/for-first")
    with pytest.raises(ConnectionResetError):
        first.send(OK)
    refused = wall(time.monotonic_ns())
    second = accept()
    call(b"/for-second")
    second.send(OK)
    second.close()
    tell("read")
    first.close()
    result = agent.stop()
    assert result.losses == {}, result.errors
    for call_span in result.clients(downstream):
        parent = result.parent(call_span)
        assert parent and f"/for{parent.path.replace('/', '-')}" == call_span.path, (call_span, parent)
        assert parent.contains(call_span)
    failed, served = result.servers(port)
    assert failed.attr["error.type"] == "connection_reset" and failed.end <= refused + CLOCK_TOLERANCE
    assert "error.type" not in served.attr


def test_handler_that_closes_without_an_answer(listen, port):
    agent, listener = listen()
    client = connect(port)
    client.send(GET)
    accepted, _ = listener.accept()
    assert accepted.recv(1000)
    reset(client)
    time.sleep(0.15)
    before = wall(time.monotonic_ns())
    accepted.close()
    wait_until(lambda: len(agent.spans_so_far()) == 2, "both spans")
    server, client_span = one_of_each(agent.stop(), port)
    check_parent(server, client_span)
    assert server.attr["error.type"] == client_span.attr["error.type"] == "connection_reset"
    assert server.end >= before - CLOCK_TOLERANCE and client_span.end <= before + CLOCK_TOLERANCE


@pytest.mark.parametrize("kind", BODIES)
def test_client_that_has_seen_the_status(exchange, port, kind):
    """As health checks do: it resets the connection once it has the head. That is nobody's error."""
    head, body = BODIES[kind]
    gone = threading.Event()

    def handler(sock):
        sock.receive_head()
        sock.send(head)
        gone.wait(10)
        with pytest.raises(ConnectionResetError):
            sock.send(body)

    def client(sock):
        sock.send(GET)
        sock.receive_head()
        reset(sock)
        gone.set()

    for span in one_of_each(exchange(handler, client)[0], port):
        assert span.attr["http.response.status_code"] == 200
        assert "error.type" not in span.attr and span.status != ERROR, span
        assert span.attr["wirespan.response.abandoned"] is True
        assert "http.response.body.size" not in span.attr


def test_client_that_resets_after_the_response(exchange, port):
    gone = threading.Event()

    def handler(sock):
        sock.receive_head()
        sock.send(OK)
        gone.wait(10)

    def client(sock):
        sock.send(GET)
        sock.receive_until(b"ok")
        reset(sock)
        gone.set()

    for span in one_of_each(exchange(handler, client)[0], port):
        assert "error.type" not in span.attr and "wirespan.response.abandoned" not in span.attr, span
        assert span.attr["http.response.body.size"] == 2
