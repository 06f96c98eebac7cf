# SPDX-License-Identifier: Apache-2.0
"""A final answer where the client waits for 100 (Continue), and what comes next on the connection."""

import os
import subprocess

import pytest

from common.expect import Exchange
from lib.expect import check_pairs

HERE = os.path.dirname(__file__)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NEXT = b"GET /next HTTP/1.1\r\nHost: test\r\n\r\n"
LIKE_A_REQUEST = b"GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


def expecting(body_field):
    return b"POST /refused HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n" + body_field + b"\r\n\r\n"


def refusal(status):
    return b"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\n\r\n" % status


def test_refused_and_tried_again_by_curl(start_agent, hooks, start_process, port, tmp_path):
    """It expects 100 by itself where the body is large, and asks without where that is refused."""
    size = 1_200_000
    start_process(["node", os.path.join(HERE, "apps", "refusing.js"), port], port)
    agent = start_agent(*hooks, "--port", port)
    (tmp_path / "body").write_bytes(b"u" * size)
    url = f"http://127.0.0.1:{port}"
    subprocess.run(
        ["curl", "-sS", "--data-binary", f"@{tmp_path / 'body'}", f"{url}/up"]
        + ["--next", "-sS", f"{url}/second", "--next", "-sS", f"{url}/third"],
        check=True,
        timeout=30,
    )
    expected = [
        Exchange("POST", "/up", 417),
        Exchange("POST", "/up", 200, request_body=size, response_body=5),
        Exchange("GET", "/second", 200, response_body=5),
        Exchange("GET", "/third", 200, response_body=5),
    ]
    pairs = check_pairs(agent.stop(), port, expected)
    assert len({client.attr["network.local.port"] for _, client in pairs}) == 1, "curl made another connection"


@pytest.mark.parametrize("status", [401, 413, 200])
def test_other_final_answers(exchange, port, status):
    def handler(sock):
        for answer in (refusal(status), OK, OK):
            sock.receive_head()
            sock.send(answer)

    def client(sock):
        sock.send(expecting(b"Content-Length: 5000"))
        sock.receive_head()
        for _ in range(2):
            sock.send(NEXT)
            sock.receive_exactly(len(OK))

    result, _, _ = exchange(handler, client)
    check_pairs(
        result, port, [Exchange("POST", "/refused", status)] + [Exchange("GET", "/next", response_body=2)] * 2
    )


@pytest.mark.parametrize(
    "field, body",
    [
        (b"Content-Length: 5000", b"b" * 5000),
        (b"Content-Length: %d" % len(LIKE_A_REQUEST), LIKE_A_REQUEST),
        (b"Content-Length: %d" % (50 * len(LIKE_A_REQUEST)), 50 * LIKE_A_REQUEST),
        (b"Transfer-Encoding: chunked", CHUNKS),
    ],
    ids=["length", "like-a-request", "like-requests", "chunks"],
)
def test_body_sent_all_the_same(exchange, port, field, body):
    def handler(sock):
        sock.receive_head()
        sock.send(refusal(413))
        sock.receive_exactly(len(body))
        for _ in range(2):
            sock.receive_head()
            sock.send(OK)

    def client(sock):
        sock.send(expecting(field))
        sock.receive_head()
        sock.send(body)
        for _ in range(2):
            sock.send(NEXT)
            sock.receive_exactly(len(OK))

    result, _, _ = exchange(handler, client)
    expected = [Exchange("POST", "/refused", 413)] + [Exchange("GET", "/next", response_body=2)] * 2
    for kind in ("server", "client"):
        spans = result.spans_of(kind, port)
        assert [span.path for span in spans] == [exchange.path for exchange in expected], result.errors
        assert [span.attr["http.response.status_code"] for span in spans] == [413, 200, 200]
    assert result.losses == {}, result.errors
