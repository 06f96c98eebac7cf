# SPDX-License-Identifier: Apache-2.0
"""Connections that speak nothing that is read: no span, and counted by what they looked like."""

import os
import re
import signal
import subprocess
import urllib.request

import pytest

from common.agent import Result
from common.otlp import parse_lines
from lib.agent import run_command
from lib.expect import check_pair
from lib.raw import connect

CONVERSATIONS = {
    "ssh": [(b"SSH-2.0-OpenSSH_9.2\r\n", b"SSH-2.0-OpenSSH_9.2p1\r\n"), (b"\0\0\4\x0c\x0a\x14" * 20, b"\0\0\4" * 30)],
    "http2": [(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", b"\0\0\0\4\0\0\0\0\0")] * 2,
    "postgresql": [(b"\0\0\0\x13\0\3\0\0user\0ada\0\0", b"R\0\0\0\x08\0\0\0\0"), (b"Q\0\0\0\x0dSELECT 1\0", b"T\0\0\0\6\0\0")],
    "fastcgi": [(b"\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0", b"\1\6\0\1\0\0\0\0")],
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
    rows = {(name, pid, where, at): count for (name, _, pid, where, at), count in result.not_read.items()}
    assert rows == {(kind, os.getpid(), "on", port): 1, (kind, os.getpid(), "to", port): 1}, result.errors


def test_tls(start_agent, hooks, start_process, port, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2"]
        + ["-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    server = start_process(["openssl", "s_server", "-port", port, "-key", key, "-cert", certificate, "-www"], port)
    agent = start_agent(*hooks, "--port", port)
    client = start_process(["curl", "-sSk", "-o", os.devnull, f"https://127.0.0.1:{port}/"])
    assert client.wait(30) == 0
    result = agent.stop()
    assert result.spans == []
    assert result.ignored == {"tls": 2}, result.errors
    assert result.losses == {}, result.errors
    assert result.not_read == {
        ("tls", "openssl", server.pid, "on", port): 1,
        ("tls", "curl", client.pid, "to", port): 1,
    }, result.errors


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


def websocket(sock):
    sock.send(b"GET /chat HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    sock.receive_head()
    sock.send(b"\x81\x85\1\2\3\4hello")


def say(kind):
    def client(sock):
        sock.send(CONVERSATIONS[kind][0][0])
        sock.receive()

    return client


def answer(sock):
    """Anybody, in the way of what was asked."""
    question = sock.receive()
    if question.startswith(b"GET"):
        sock.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        sock.receive()
    else:
        sock.send(b"\xff" * 20)


def test_replay_says_the_same(start_agent, hooks, serve, port, tmp_path):
    """What is not read, and whose it is, as the live run said it; of a recording without end what its records tell."""
    file = tmp_path / "recording"
    agent = start_agent(*hooks, "--port", port, "--record", file)
    server = serve(port, answer)
    for client in (websocket, say("postgresql"), say("postgresql"), say("fastcgi"), say("unknown")):
        sock = connect(port)
        client(sock)
        sock.close()
    server.finish()
    live = agent.stop()
    assert live.ignored == {"tunnel": 2, "postgresql": 4, "fastcgi": 2, "unknown": 2}, live.errors
    assert len(live.not_read) == 8, live.errors
    replayed = replay(file)
    assert replayed.ignored == live.ignored, replayed.errors
    assert replayed.not_read == live.not_read, replayed.errors
    assert replayed.losses == live.losses, replayed.errors
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[:-60])
    without_end = replay(cut, expected=1)
    assert without_end.ignored == live.ignored and without_end.not_read == live.not_read, without_end.errors


def replay(file, expected=0):
    done = run_command("replay", str(file), "--format", "json")
    assert done.returncode == expected, done.stderr
    return Result(parse_lines(done.stdout), done.stderr)


def test_attribution_is_best_effort_and_says_so(start_agent, hooks, serve, port):
    """Where the ring is full, the counters know how many there were; whose some of them are, nobody does."""
    count = 200
    agent = start_agent(*hooks, "--port", port, "--ring-size", "4K")
    server = serve(port, answer)
    os.kill(agent.pid, signal.SIGSTOP)
    for _ in range(count):
        sock = connect(port)
        say("postgresql")(sock)
        sock.close()
    os.kill(agent.pid, signal.SIGCONT)
    server.finish()
    result = agent.stop()
    assert result.ignored == {"postgresql": 2 * count}, result.errors
    [unknown] = re.findall(r"^wirespan: not read: (\d+) connections of which it is not known", result.errors, re.M)
    assert sum(result.not_read.values()) + int(unknown) == 2 * count, result.errors
    assert 0 < int(unknown) < 2 * count, result.errors


def test_calls_for_a_fastcgi_request_are_counted(start_agent, hooks, serve, start_nginx, free_ports):
    """As php-fpm's workers make them: whose they are is not seen, but that a request was open is."""
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 200 hello; }")

    def call(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{downstream}{path}", timeout=20) as response:
            response.read()

    def worker(sock):
        sock.receive_exactly(8)
        sock.receive()
        call("/within")
        sock.send(CONVERSATIONS["fastcgi"][0][1])

    agent = start_agent(*hooks, "--port", f"{port},{downstream}")
    server = serve(port, worker)
    sock = connect(port)
    say("fastcgi")(sock)
    sock.close()
    server.finish()
    call("/after")
    result = agent.stop()
    missing = {span.path: span.attr.get("wirespan.link.missing") for span in result.clients(downstream)}
    assert missing == {"/within": "unread_request", "/after": "unread_protocol"}, result.errors
    assert result.losses == {"parent_unknown": 1}, result.errors
