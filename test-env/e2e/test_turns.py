# SPDX-License-Identifier: Apache-2.0
"""Exchanges that are more than a request and a response: 100, 101, CONNECT, early answers."""

import os
import time

from common.expect import Exchange
from lib.curl import curl
from lib.expect import check_instant, check_pair, check_pairs, check_times

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_100_continue(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        sock.receive_exactly(500)
        sock.send(OK)

    def client(sock):
        sock.send(b"POST /big HTTP/1.1\r\nHost: test\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n")
        sock.receive_head()
        sock.send(b"b" * 500)
        sock.receive_exactly(len(OK))

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, method="POST", path="/big", request_body=500, response_body=2)
    check_times(server, client_span, accepted, connected)


def test_several_informational_responses(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n")
        sock.send(OK)

    def client(sock):
        sock.send(b"GET /hints HTTP/1.1\r\nHost: test\r\n\r\n")
        for _ in range(3):
            sock.receive_head()
        sock.receive_exactly(2)

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/hints", response_body=2)
    check_times(server, client_span, accepted, connected)


def test_100_continue_by_curl_and_nginx(start_agent, hooks, start_nginx, port, tmp_path):
    start_nginx(port, "client_max_body_size 10m; location /up { dav_methods PUT; }")
    agent = start_agent(*hooks, "--port", port)
    (tmp_path / "upload").write_bytes(b"u" * 3_000_000)
    curl(port, "/up", "--fail", "-H", "Expect: 100-continue", "-T", tmp_path / "upload")
    server, _ = check_pair(agent.stop(), port, method="PUT", path="/up", status=201, request_body=3_000_000)
    assert server.attr["user_agent.original"].startswith("curl/")


def test_upgrade_ends_with_its_101(exchange, port):
    """What follows is no longer HTTP, even where it looks so."""
    frames = [b"\x81\x05hello", b"GET /not-http HTTP/1.1\r\nHost: test\r\n\r\n", os.urandom(3000), OK]

    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        for frame in frames:
            sock.receive_exactly(len(frame))
            sock.send(frame)

    def client(sock):
        sock.send(b"GET /chat HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        sock.receive_head()
        for frame in frames:
            sock.send(frame)
            sock.receive_exactly(len(frame))

    result, accepted, connected = exchange(handler, client)
    server, client_span = check_pair(result, port, path="/chat", status=101)
    check_instant(server.end, accepted.sends()[0], "end of the 101 at the server")
    check_instant(client_span.end, connected.receives()[0], "end of the 101 at the client")


def test_connect_tunnel(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        sock.receive_exactly(40)
        sock.send(b"\x16\x03\x03" + b"t" * 997)

    def client(sock):
        sock.send(b"CONNECT inside.test:443 HTTP/1.1\r\nHost: inside.test:443\r\n\r\n")
        sock.receive_head()
        sock.send(b"\x16\x03\x01" + b"t" * 37)
        sock.receive_exactly(1000)

    result, accepted, connected = exchange(handler, client)
    assert len(result.spans) == 2, result.spans
    [server], [client_span] = result.servers(port), result.clients(port)
    for span in (server, client_span):
        assert span.attr["http.request.method"] == "CONNECT"
        assert span.attr["http.response.status_code"] == 200
    check_instant(server.end, accepted.sends()[0], "end at the server")
    check_instant(client_span.end, connected.receives()[0], "end at the client")
    assert server.parent_id == client_span.span_id
    assert result.losses == {}


def test_connect_refused_and_tried_again(exchange, port):
    """Only a 2xx makes a tunnel."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nauth"

    def handler(sock):
        for answer in (refusal, OK):
            sock.receive_head()
            sock.send(answer)

    def client(sock):
        sock.send(b"CONNECT inside.test:443 HTTP/1.1\r\nHost: inside.test:443\r\n\r\n")
        sock.receive_exactly(len(refusal))
        sock.send(b"GET /plain HTTP/1.1\r\nHost: test\r\n\r\n")
        sock.receive_exactly(len(OK))

    result, _, _ = exchange(handler, client)
    assert [span.attr["http.response.status_code"] for span in result.servers(port)] == [407, 200]
    assert [span.attr["http.response.status_code"] for span in result.clients(port)] == [407, 200]
    assert result.losses == {}


def test_response_before_the_request_has_ended(exchange, port):
    """A server that answers early; the connection lives on."""
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"

    def handler(sock):
        sock.receive_head()
        sock.send(refusal)
        sock.receive_exactly(100_000)
        sock.receive_head()
        sock.send(OK)

    def client(sock):
        sock.send(b"POST /early HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n")
        sock.receive_exactly(len(refusal))
        sock.send(b"e" * 100_000)
        sock.send(b"GET /next HTTP/1.1\r\nHost: test\r\n\r\n")
        sock.receive_exactly(len(OK))

    result, _, _ = exchange(handler, client)
    expected = [
        Exchange("POST", "/early", 403, request_body=100_000, response_body=2),
        Exchange("GET", "/next", 200, response_body=2),
    ]
    check_pairs(result, port, expected)


def test_slow_handler_between_fast_ones(exchange, port):
    """Durations on a connection that is kept alive are each exchange's own."""

    def handler(sock):
        for pause in (0, 0.2, 0):
            sock.receive_head()
            time.sleep(pause)
            sock.send(OK)

    def client(sock):
        for number in range(3):
            sock.send(b"GET /%d HTTP/1.1\r\nHost: test\r\n\r\n" % number)
            sock.receive_exactly(len(OK))
            time.sleep(0.1)

    result, accepted, connected = exchange(handler, client)
    pairs = check_pairs(result, port, [Exchange(path=f"/{number}", response_body=2) for number in range(3)])
    for number, (server, client_span) in enumerate(pairs):
        check_instant(client_span.start, connected.sends()[number], "client start")
        check_instant(client_span.end, connected.receives()[number], "client end")
        check_instant(server.start, accepted.receives()[number], "server start")
        check_instant(server.end, accepted.sends()[number], "server end")
    assert pairs[1][0].duration >= 0.2
