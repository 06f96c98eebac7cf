# SPDX-License-Identifier: Apache-2.0
"""Bodies of every framing and size, over raw sockets whose every call is timed."""

import os
import time

from common.expect import Exchange
from lib.expect import CLOCK_TOLERANCE, check_pair, check_pairs, check_times
from lib.raw import connect

MEGABYTE = 1 << 20
GET = b"GET /thing HTTP/1.1\r\nHost: test\r\n\r\n"


def get_then_discard(total):
    def client(sock):
        sock.send(GET)
        sock.receive_head()
        sock.discard_exactly(total)

    return client


def test_chunked_50_megabytes(exchange, port):
    chunk = b"100000\r\n" + b"c" * MEGABYTE + b"\r\n"
    last = b"0\r\n\r\n"

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(50):
            sock.send(chunk)
        sock.send(last)

    result, accepted, connected = exchange(handler, get_then_discard(50 * len(chunk) + len(last)))
    server, client = check_pair(result, port, path="/thing", response_body=50 * MEGABYTE)
    check_times(server, client, accepted, connected)


def test_chunks_with_extensions_and_trailers_in_small_writes(exchange, port):
    body = b'5;name="a\\"b"\r\nhello\r\nA ; x=1\r\n0123456789\r\n000\r\nExpires: never\r\nX-Sum: 1\r\n\r\n'

    def handler(sock):
        for _ in range(2):
            sock.receive_head()
            sock.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            sock.send_all(body, 3)

    def client(sock):
        for _ in range(2):
            sock.send(GET)
            sock.receive_head()
            sock.receive_exactly(len(body), size=7)

    result, _, _ = exchange(handler, client)
    check_pairs(result, port, [Exchange(path="/thing", response_body=15)] * 2)


def test_chunked_behind_early_hints_in_one_call(exchange, port):
    body = b"1388\r\n" + b"c" * 5000 + b"\r\n0\r\n\r\n"
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    answer = hints + b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body

    def handler(sock):
        for _ in range(2):
            sock.receive_head()
            sock.send(answer)

    def client(sock):
        for _ in range(2):
            sock.send(GET)
            sock.receive_exactly(len(answer))

    result, _, _ = exchange(handler, client)
    check_pairs(result, port, [Exchange(path="/thing", response_body=5000)] * 2)


def test_chunked_upload(exchange, port):
    def handler(sock):
        sock.receive_until(b"0\r\n\r\n")
        sock.send(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    def client(sock):
        sock.send(b"PUT /up HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
        sock.send(b"3e8\r\n" + b"u" * 1000 + b"\r\n")
        sock.send(b"0\r\n\r\n")
        sock.receive_head()

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, method="PUT", path="/up", status=201, request_body=1000)
    check_times(server, client_span, accepted, connected)


def test_sendfile_50_megabytes(exchange, port, tmp_path):
    file = tmp_path / "large"
    file.write_bytes(b"s" * (50 * MEGABYTE))

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (50 * MEGABYTE))
        offset = 0
        with open(file, "rb") as content:
            while offset < 50 * MEGABYTE:
                offset += sock.timed(
                    "send", os.sendfile, sock.fileno(), content.fileno(), offset, 50 * MEGABYTE - offset
                )

    result, accepted, connected = exchange(handler, get_then_discard(50 * MEGABYTE))
    server, client = check_pair(result, port, path="/thing", response_body=50 * MEGABYTE)
    check_times(server, client, accepted, connected)


def test_nginx_sendfile_50_megabytes(start_agent, hooks, start_nginx, port, tmp_path):
    (tmp_path / "large").write_bytes(b"s" * (50 * MEGABYTE))
    nginx = start_nginx(port, "sendfile on;")
    agent = start_agent(*hooks, "--port", port)
    connected = connect(port)
    for _ in range(2):
        connected.send(b"GET /large HTTP/1.1\r\nHost: test\r\n\r\n")
        connected.receive_head()
        connected.discard_exactly(50 * MEGABYTE)
    connected.close()
    pairs = check_pairs(agent.stop(), port, [Exchange(path="/large", response_body=50 * MEGABYTE)] * 2)
    assert {server.pid for server, _ in pairs} == set(nginx.children())
    # Containment was checked: the server's time lies in the client's, which the test has measured.
    (_, first), (_, second) = pairs
    sends = connected.sends()
    assert sends[0].before - CLOCK_TOLERANCE <= first.start <= sends[0].after + CLOCK_TOLERANCE
    assert sends[1].before - CLOCK_TOLERANCE <= second.start <= sends[1].after + CLOCK_TOLERANCE
    assert first.end <= sends[1].before + CLOCK_TOLERANCE
    assert second.end <= connected.receives()[-1].after + CLOCK_TOLERANCE


def test_blocking_upload_of_20_megabytes(exchange, port):
    """One send that blocks for as long as the server dawdles."""
    size = 20 * MEGABYTE

    def handler(sock):
        sock.receive_head()
        time.sleep(0.3)
        sock.discard_exactly(size)
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def client(sock):
        sock.send(b"POST /up HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n" % size + b"u" * size)
        sock.receive_exactly(len(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(
        result, port, method="POST", path="/up", request_body=size, response_body=2
    )
    check_times(server, client_span, accepted, connected)
    # Not the moment at which the send returned, 0.3 s after it began.
    assert client_span.start < connected.sends()[0].before + 100_000_000
    assert client_span.duration > 0.3


def test_closed_by_the_server_as_the_end_of_the_body(exchange, port):
    body = b"until close " * 10_000

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        sock.send_all(body, 16384)

    def client(sock):
        sock.send(b"GET /old HTTP/1.0\r\n\r\n")
        sock.receive_head()
        assert sock.receive_rest() == body

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/old", response_body=len(body))
    check_times(server, client_span, accepted, connected)
    assert server.attr["network.protocol.version"] == "1.0"
    assert server.status == client_span.status == 0


def test_close_delimited_in_http_1_1(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 321)

    def client(sock):
        sock.send(GET)
        sock.receive_rest()

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/thing", response_body=321)
    check_times(server, client_span, accepted, connected)


def test_responses_that_have_no_body_whatever_they_announce(exchange, port):
    """HEAD, 204 and 304, each followed by another exchange on the same connection."""
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\nETag: x\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend",
    ]
    methods = [b"HEAD", b"GET", b"DELETE", b"HEAD", b"GET"]

    def handler(sock):
        for answer in answers:
            sock.receive_head()
            sock.send(answer)

    def client(sock):
        for number, (method, answer) in enumerate(zip(methods, answers)):
            sock.send(b"%s /%d HTTP/1.1\r\nHost: test\r\n\r\n" % (method, number))
            sock.receive_exactly(len(answer))

    result, _, _ = exchange(handler, client)
    expected = [
        Exchange("HEAD", "/0", 200),
        Exchange("GET", "/1", 304),
        Exchange("DELETE", "/2", 204),
        Exchange("HEAD", "/3", 200),
        Exchange("GET", "/4", 200, response_body=3),
    ]
    check_pairs(result, port, expected)
