# SPDX-License-Identifier: Apache-2.0
"""MPTCP: at both ends, at one, and an answer that is read when the server has long closed."""

import platform
import socket
import threading
import time
from pathlib import Path

import pytest

from common.expect import Exchange, check_span
from lib.expect import check_pairs
from lib.raw import LIMIT, TimedSocket

EXCHANGES = 3
REQUEST = b"GET /%d HTTP/1.1\r\nHost: test\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000
EXPECTED = [Exchange(path=f"/{number}", response_body=2) for number in range(EXCHANGES)]
EXPECTED.append(Exchange(path=f"/{EXCHANGES}", response_body=5000))


def new_socket(multipath):
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP if multipath else 0)


@pytest.fixture(autouse=True)
def mptcp():
    switch = Path("/proc/sys/net/mptcp/enabled")
    if not switch.exists() or switch.read_text().strip() != "1":
        pytest.skip("this kernel has no MPTCP, or it is switched off")


def talk(port, server_multipath, client_multipath):
    """The last answer is read in pieces, 50 ms after the server has closed."""
    listener = new_socket(server_multipath)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()

    def serve():
        sock = TimedSocket(listener.accept()[0])
        for number in range(EXCHANGES + 1):
            sock.receive_head()
            sock.send(RESPONSE if number < EXCHANGES else LAST)
        sock.close()

    server = threading.Thread(target=serve)
    server.start()
    client = new_socket(client_multipath)
    client.settimeout(LIMIT)
    client.connect(("127.0.0.1", port))
    client = TimedSocket(client)
    for number in range(EXCHANGES):
        client.send(REQUEST % number)
        client.receive_exactly(len(RESPONSE))
    client.send(REQUEST % EXCHANGES)
    server.join(LIMIT)
    time.sleep(0.05)
    client.receive_exactly(len(LAST), size=700)
    assert client.receive_rest() == b""
    client.close()
    listener.close()


def tells_what_was_read():
    """Before Linux 6.15 the kernel doesn't."""
    return tuple(int(number) for number in platform.release().split(".")[:2]) >= (6, 15)


@pytest.mark.parametrize("client_multipath", [True, False])
def test_server_listens_by_mptcp(start_agent, hooks, port, client_multipath):
    if client_multipath and not tells_what_was_read():
        pytest.skip("this kernel does not tell what was read of an MPTCP connection")
    agent = start_agent(*hooks, "--port", port)
    talk(port, True, client_multipath)
    check_pairs(agent.stop(), port, EXPECTED)


def test_client_falls_back(start_agent, hooks, port):
    """Nothing says that the two are one connection; nothing is wrong with either."""
    if not tells_what_was_read():
        pytest.skip("this kernel does not tell what was read of an MPTCP connection")
    agent = start_agent(*hooks, "--port", port)
    talk(port, False, True)
    result = agent.stop()
    for spans in (result.servers(port), result.clients(port)):
        assert len(spans) == len(EXPECTED)
        for span, expected in zip(spans, EXPECTED):
            check_span(span, expected)
    assert result.losses.keys() <= {"parent_unknown"}, result.errors
