# SPDX-License-Identifier: Apache-2.0
"""Heads however they are cut, and what may stand before, between and after them."""

import os
import socket

from common.expect import Exchange
from lib.expect import check_instant, check_pair, check_pairs, check_times

HEAD = b"GET /head?q=1 HTTP/1.1\r\nHost: test\r\nUser-Agent: raw/1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answering(answer=OK):
    def handler(sock):
        sock.receive_head()
        sock.send(answer)

    return handler


def asking(request, answer=OK):
    def client(sock):
        sock.send(request)
        sock.receive_exactly(len(answer))

    return client


def test_ten_pipelined_requests_in_one_write(exchange, port):
    def handler(sock):
        for number in range(10):
            sock.receive_head()
            sock.send(b"HTTP/1.1 20%d OK\r\nContent-Length: %d\r\n\r\n" % (number % 3, number) + b"x" * number)

    def client(sock):
        sock.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: test\r\n\r\n" % number for number in range(10)))
        for number in range(10):
            sock.receive_head()
            sock.receive_exactly(number)

    result, accepted, connected = exchange(handler, client)
    expected = [Exchange(path=f"/{number}", status=200 + number % 3, response_body=number) for number in range(10)]
    pairs = check_pairs(result, port, expected)
    for number, (server, _) in enumerate(pairs):
        check_instant(server.end, accepted.sends()[number], f"end of response {number}")


def test_head_in_writes_of_one_byte(exchange, port):
    def handler(sock):
        sock.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.receive_until(b"\r\n\r\n", size=1)
        sock.send_all(OK, 1)

    def client(sock):
        sock.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.send_all(HEAD, 1)
        sock.receive_exactly(len(OK), size=1)

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/head?q=1", response_body=2)
    check_times(server, client_span, accepted, connected)
    assert server.attr["user_agent.original"] == "raw/1"


def test_head_split_over_several_iovecs(exchange, port):
    answer = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 100000\r\n\r\n"

    def handler(sock):
        buffers = [bytearray(7) for _ in range(20)]
        sock.timed("receive", os.readv, sock.fileno(), buffers)
        sock.writev(answer[:9], answer[9:12], answer[12:], b"b" * 60000, b"b" * 40000)

    def client(sock):
        sock.writev(*(HEAD[at : at + 5] for at in range(0, len(HEAD), 5)))
        sock.receive_exactly(len(answer) + 100000)

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/head?q=1", response_body=100000)
    check_times(server, client_span, accepted, connected)


def test_head_of_fourteen_kilobytes(exchange, port):
    fields = b"".join(b"X-Field-%d: %s\r\n" % (number, b"v" * 1000) for number in range(14))
    answer = b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 1\r\n\r\n!"
    request = b"GET /long HTTP/1.1\r\nHost: test\r\n" + fields + b"\r\n"
    result, _, _ = exchange(answering(answer), asking(request, answer))
    check_pair(result, port, path="/long", response_body=1)


def test_head_of_fourteen_kilobytes_then_more(exchange, port):
    """The same on a connection that goes on: nothing of the long head may leak into what follows."""
    fields = b"".join(b"X-Field-%d: %s\r\n" % (number, b"v" * 1000) for number in range(14))

    def handler(sock):
        for _ in range(3):
            sock.receive_head()
            sock.send(OK)

    def client(sock):
        for number in range(3):
            sock.send(b"GET /%d HTTP/1.1\r\nHost: test\r\n" % number + fields + b"\r\n")
            sock.receive_exactly(len(OK))

    result, _, _ = exchange(handler, client)
    check_pairs(result, port, [Exchange(path=f"/{number}", response_body=2) for number in range(3)])


def test_proxy_protocol_version_1(exchange, port):
    result, _, _ = exchange(answering(), asking(b"PROXY TCP4 198.18.0.1 198.18.0.2 40000 80\r\n" + HEAD))
    check_pair(result, port, path="/head?q=1", response_body=2)


def test_proxy_protocol_version_2(exchange, port):
    addresses = socket.inet_aton("198.18.0.1") + socket.inet_aton("198.18.0.2") + b"\x9c\x40\x00\x50"
    prefix = b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + len(addresses).to_bytes(2, "big") + addresses

    def handler(sock):
        sock.receive_exactly(len(prefix))
        answering()(sock)

    result, _, _ = exchange(handler, asking(prefix + HEAD))
    check_pair(result, port, path="/head?q=1", response_body=2)


def test_absolute_form(exchange, port):
    request = b"GET http://shop.test:8080/item?id=3 HTTP/1.1\r\nHost: shop.test:8080\r\n\r\n"
    result, _, _ = exchange(answering(), asking(request))
    server, client = check_pair(result, port, path="/item?id=3", response_body=2)
    assert client.attr["url.full"] == "http://shop.test:8080/item?id=3"
    assert client.attr["server.address"] == "shop.test"
    assert client.attr["server.port"] == 8080


def test_bare_line_feeds_and_leading_empty_lines(exchange, port):
    """Broken, but seen in the wild (RFC 9112, 2.2)."""

    def handler(sock):
        sock.receive_until(b"\n\n")
        sock.send(OK)

    result, _, _ = exchange(handler, asking(b"\r\nGET /bare HTTP/1.1\nHost: test\n\n"))
    check_pair(result, port, path="/bare", response_body=2)


def test_methods_that_are_no_known_ones(exchange, port):
    def handler(sock):
        for _ in range(2):
            sock.receive_head()
            sock.send(OK)

    def client(sock):
        for method in (b"PURGE", b"M-SEARCH"):
            sock.send(method + b" /cache HTTP/1.1\r\nHost: test\r\n\r\n")
            sock.receive_exactly(len(OK))

    result, _, _ = exchange(handler, client)
    pairs = check_pairs(result, port, [Exchange("_OTHER", "/cache", response_body=2)] * 2)
    for (server, client_span), method in zip(pairs, ("PURGE", "M-SEARCH")):
        assert server.attr["http.request.method_original"] == method
        assert client_span.attr["http.request.method_original"] == method
        assert server.name.startswith("HTTP")
