# SPDX-License-Identifier: Apache-2.0
"""Answers that nobody asked for and requests that end within their head: neither spans nor losses."""

import os
import socket

from lib.raw import connect

GET = b"GET /whole HTTP/1.1\r\nHost: test\r\n\r\n"
HALF = b"GET /half HTTP/1.1\r\nHos"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"
HERE = os.path.dirname(__file__)


def check(result, port, whole, **ignored):
    """`whole` exchanges, seen from both ends, and nothing lost."""
    for kind in ("server", "client"):
        assert [span.path for span in result.spans_of(kind, port)] == ["/whole"] * whole, result.errors
    assert result.losses == {}, result.errors
    assert result.ignored == ignored, result.errors


def test_timeout_of_an_idle_connection(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(OK)
        sock.send(TIMEOUT)

    def client(sock):
        sock.send(GET)
        sock.receive_rest()

    result, _, _ = exchange(handler, client)
    check(result, port, 1, unsolicited=2)


def test_timeout_of_an_unused_connection(exchange, port):
    result, _, _ = exchange(lambda sock: sock.send(TIMEOUT), lambda sock: sock.receive_rest())
    check(result, port, 0, unsolicited=2)


def test_half_a_head_answered(exchange, port):
    def handler(sock):
        sock.receive_exactly(len(HALF))
        sock.send(TIMEOUT)

    def client(sock):
        sock.send(HALF)
        sock.receive_rest()

    result, _, _ = exchange(handler, client)
    check(result, port, 0, incomplete_request=2)


def test_half_a_head_then_close(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(OK)
        sock.receive_rest()

    def client(sock):
        sock.send(GET)
        sock.receive_exactly(len(OK))
        sock.send(HALF)

    result, _, _ = exchange(handler, client)
    check(result, port, 1, incomplete_request=2)


def test_nothing_then_close(exchange, port):
    def client(sock):
        sock.socket.shutdown(socket.SHUT_WR)
        sock.receive_rest()

    result, _, _ = exchange(lambda sock: sock.receive_rest(), client)
    check(result, port, 0)


def test_two_answers_to_one_request(exchange, port):
    """In one call each; what comes next is an exchange again."""

    def handler(sock):
        for answers in (OK + OK, OK):
            sock.receive_head()
            sock.send(answers)

    def client(sock):
        for answers in (OK + OK, OK):
            sock.send(GET)
            sock.receive_exactly(len(answers))

    result, _, _ = exchange(handler, client)
    check(result, port, 2, unsolicited=2)


def test_answer_longer_than_its_length(exchange, port):
    def handler(sock):
        sock.receive_head()
        sock.send(OK + b"and something that no length told of")

    def client(sock):
        sock.send(GET)
        sock.receive_rest()

    result, _, _ = exchange(handler, client)
    check(result, port, 1, unsolicited=2)


def test_timeouts_by_node(start_agent, hooks, start_process, port):
    """Beside a request that it answers, what it says to silent and to slow clients is no loss."""
    start_process(["node", os.path.join(HERE, "apps", "impatient.js"), port], port)
    agent = start_agent(*hooks, "--port", port)
    silent, slow, asking = (connect(port) for _ in range(3))
    asking.send(GET)
    slow.send(HALF)
    assert slow.receive_rest().startswith(b"HTTP/1.1 408 ")
    assert silent.receive_rest().startswith(b"HTTP/1.1 408 ")
    asking.receive_until(b"hello")
    for sock in (silent, slow, asking):
        sock.close()
    check(agent.stop(), port, 1, unsolicited=2, incomplete_request=2)
