# SPDX-License-Identifier: Apache-2.0
"""Connections that do not speak HTTP/1: no span, and counted by what they looked like."""

import os
import subprocess

import pytest

from lib.expect import check_pair
from lib.raw import connect

CONVERSATIONS = {
    "ssh": [(b"SSH-2.0-OpenSSH_9.2\r\n", b"SSH-2.0-OpenSSH_9.2p1\r\n"), (b"\0\0\4\x0c\x0a\x14" * 20, b"\0\0\4" * 30)],
    "redis": [(b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", b"$5\r\nvalue\r\n")] * 5,
    "http2": [(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", b"\0\0\0\4\0\0\0\0\0")] * 2,
    "postgresql": [(b"\0\0\0\x13\0\3\0\0user\0ada\0\0", b"R\0\0\0\x08\0\0\0\0"), (b"Q\0\0\0\x0dSELECT 1\0", b"T\0\0\0\6\0\0")],
    "unknown": [(b"\x01\x02\x03 HTTP/1.1 GET / \r\n\r\n", b"\xff\xfe" * 50)] * 5,
}


@pytest.mark.parametrize("kind", CONVERSATIONS)
def test_other_protocols(exchange, port, kind):
    def handler(sock):
        for question, answer in CONVERSATIONS[kind]:
            sock.receive_exactly(len(question))
            sock.send(answer)

    def client(sock):
        for question, answer in CONVERSATIONS[kind]:
            sock.send(question)
            sock.receive_exactly(len(answer))

    result, _, _ = exchange(handler, client)
    assert result.spans == []
    assert result.ignored == {kind: 2}, result.errors
    assert result.losses == {}, result.errors


def test_tls(start_agent, hooks, start_process, port, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2"]
        + ["-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    start_process(["openssl", "s_server", "-port", port, "-key", key, "-cert", certificate, "-www"], port)
    agent = start_agent(*hooks, "--port", port)
    subprocess.run(
        ["curl", "-sSk", "-o", os.devnull, f"https://127.0.0.1:{port}/"], check=True, timeout=30
    )
    result = agent.stop()
    assert result.spans == []
    assert result.ignored == {"tls": 2}, result.errors
    assert result.losses == {}, result.errors


def test_a_request_is_not_lost_among_them(start_agent, hooks, serve, port):
    """The same port, the same process: each connection is judged alone."""
    def handler(sock):
        question = sock.receive()
        if question.startswith(b"GET"):
            sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        elif question:
            sock.send(b"\xff" * 20)

    agent = start_agent(*hooks, "--port", port)
    server = serve(port, handler)
    for question in (b"\1\2\3\4\5\6\7\x08" * 3, b"GET /real HTTP/1.1\r\nHost: test\r\n\r\n", b"\1\2\3\4\5\6\7\x08"):
        sock = connect(port)
        sock.send(question)
        sock.receive()
        sock.close()
    server.finish()
    check_pair(agent.stop(), port, path="/real")
