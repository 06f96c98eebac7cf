# SPDX-License-Identifier: Apache-2.0
"""Messages whose bytes never are in the process's memory: each is counted once at that end, by either hooks."""

import ctypes
import os

import pytest

from common.expect import Exchange, check_span
from lib.raw import connect

libc = ctypes.CDLL(None, use_errno=True)
REQUEST = b"POST /spliced HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EXPECTED = Exchange("POST", "/spliced", request_body=5, response_body=2)
kept = []  # what vmsplice gave away
EXCHANGES = 6  # more than after which a connection that says nothing is given up


class Pipe:
    def __enter__(self):
        self.outlet, self.inlet = os.pipe()
        return self

    def __exit__(self, *_):
        os.close(self.outlet)
        os.close(self.inlet)


def splice_in(sock, length):
    """Into a pipe, in two calls; of what came there, nobody but the pipe knows."""
    with Pipe() as pipe:
        for part in (7, length):
            left = min(part, length)
            while left:
                moved = os.splice(sock.fileno(), pipe.inlet, left)
                assert moved
                left -= moved
                length -= moved
                os.read(pipe.outlet, moved)


def read_in(sock, length):
    sock.receive_exactly(length)


def splice_out(sock, data):
    with Pipe() as pipe:
        os.write(pipe.inlet, data)
        for part in (7, len(data) - 7):
            assert os.splice(pipe.outlet, sock.fileno(), part) == part


def tee_out(sock, data):
    with Pipe() as source, Pipe() as copy:
        os.write(source.inlet, data)
        assert libc.tee(source.outlet, copy.inlet, len(data), 0) == len(data)
        assert os.splice(copy.outlet, sock.fileno(), len(data)) == len(data)


def vmsplice_out(sock, data):
    buffer = ctypes.create_string_buffer(data, len(data))
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), len(data))
    kept.append(buffer)
    with Pipe() as pipe:
        assert libc.vmsplice(pipe.inlet, vector, 1, 0) == len(data)
        assert os.splice(pipe.outlet, sock.fileno(), len(data)) == len(data)


def send_file(sock, data):
    """Head and body in one file."""
    file = os.memfd_create("message")
    os.write(file, data)
    assert os.sendfile(sock.fileno(), file, 0, len(data)) == len(data)
    os.close(file)


def write_out(sock, data):
    sock.send(data)


def asking(count):
    def client(sock):
        for _ in range(count):
            sock.send(REQUEST)
            sock.receive_exactly(len(RESPONSE))

    return client


# What the server's end loses in each exchange.
WAYS = {
    "splice in, splice out": (splice_in, splice_out, {"unreadable": 2}),
    "splice in, tee out": (splice_in, tee_out, {"unreadable": 2}),
    "splice in, vmsplice out": (splice_in, vmsplice_out, {"unreadable": 2}),
    "splice in, sendfile out": (splice_in, send_file, {"unreadable": 2}),
    "splice in, write out": (splice_in, write_out, {"unreadable": 1, "response_unpaired": 1}),
    "read in, splice out": (read_in, splice_out, {"unreadable": 1, "request_unpaired": 1}),
    "read in, sendfile out": (read_in, send_file, {"unreadable": 1, "request_unpaired": 1}),
}


@pytest.mark.parametrize("way", WAYS)
def test_server_splices(exchange, port, way):
    take, give, losses = WAYS[way]

    def handler(sock):
        for _ in range(EXCHANGES):
            take(sock, len(REQUEST))
            give(sock, RESPONSE)

    result, _, _ = exchange(handler, asking(EXCHANGES))
    assert len(result.clients(port)) == EXCHANGES
    for span in result.clients(port):
        check_span(span, EXPECTED)
    assert result.servers(port) == []
    # A request whose answer nobody saw may be the cause of what the same process asks next.
    result.losses.pop("parent_unknown", None)
    assert result.losses == {name: count * EXCHANGES for name, count in losses.items()}, result.errors
    assert result.ignored == {}


def pass_on(source, sink, length):
    with Pipe() as pipe:
        while length:
            moved = os.splice(source.fileno(), pipe.inlet, length)
            assert moved and os.splice(pipe.outlet, sink.fileno(), moved) == moved
            length -= moved


def test_proxy_splices(start_agent, hooks, serve, free_ports):
    """Neither end of the proxy can be read: four messages in each exchange. What stands around it is traced."""
    front, back = free_ports(2)

    def proxy(sock):
        origin = connect(back)
        for _ in range(EXCHANGES):
            pass_on(sock, origin, len(REQUEST))
            pass_on(origin, sock, len(RESPONSE))
        origin.close()

    def origin(sock):
        for _ in range(EXCHANGES):
            read_in(sock, len(REQUEST))
            sock.send(RESPONSE)

    agent = start_agent(*hooks, "--port", f"{front},{back}")
    servers = [serve(back, origin), serve(front, proxy)]
    connected = connect(front)
    asking(EXCHANGES)(connected)
    connected.close()
    for server in reversed(servers):
        server.finish()
    result = agent.stop()
    assert len(result.clients(front)) == len(result.servers(back)) == EXCHANGES
    assert len(result.spans) == 2 * EXCHANGES
    for span in result.spans:
        check_span(span, EXPECTED)
        assert span.parent_id is None, span
    assert result.losses == {"unreadable": 4 * EXCHANGES}, result.errors
    assert result.ignored == {}
