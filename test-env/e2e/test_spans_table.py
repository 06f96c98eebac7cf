# SPDX-License-Identifier: Apache-2.0
"""docs/spans.md says what spans and Resources hold: no more, no less."""

import os
import re
import signal
import socket
import struct
import subprocess

import pytest

from common.paths import REPOSITORY
from common.wait import wait_until
from lib.processes import python_command
from lib.raw import connect

DOCUMENT = REPOSITORY / "docs" / "spans.md"
TYPES = {"string": str, "int": int, "double": float, "boolean": bool}
SELDOM_MAX = 5  # rows that the traffic here can't produce

CAPTURED = ["--capture-request-header", "X-Request-Id,Referer", "--capture-response-header", "X-Served"]
TRACEPARENT = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Row:
    def __init__(self, cells):
        name, mark = re.fullmatch(r"`([^`]+)`( †)?", cells["name"]).groups()
        self.name = name
        self.seldom = bool(mark)
        self.cells = cells
        self.pattern = re.compile(re.escape(name).replace("<name>", r"[!-~]+"))

    def allows(self, value):
        kind = self.cells["type"]
        if kind.endswith("[]"):
            return isinstance(value, list) and all(type(item) is TYPES[kind[:-2]] for item in value)
        return type(value) is TYPES[kind]


def table(title):
    """The rows of the table under a heading."""
    section = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.M | re.S)[1]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    header = ["name", *cells[0][1:]]
    assert all(len(row) == len(header) for row in cells), f"{title}: a row has other columns"
    return [Row(dict(zip(header, row))) for row in cells[2:]]


def find(rows, name):
    return next((row for row in rows if row.pattern.fullmatch(name)), None)


def curl(url, *arguments):
    subprocess.run(["curl", "-sS", "-o", os.devnull, *arguments, url], check=True, timeout=30)


def varied_requests(port):
    url = f"http://127.0.0.1:{port}"
    curl(f"{url}/7", "-H", "X-Request-Id: a", "-H", "X-Request-Id: b", "-H", f"Referer: {url}/?token=secret")
    curl(f"{url}/7?page=2&token=secret", "-H", TRACEPARENT, "-A", "test/1")
    curl(f"{url}/8", "-H", "X-Forwarded-For: 192.0.2.1", "-H", "X-Forwarded-Host: shop", "-H", "X-Forwarded-Proto: https")
    curl(f"{url}/8", "-H", 'Forwarded: for="[2001:db8::1]:99";host=shop;proto=https', "--http1.0")
    curl(f"{url}/missing")
    curl(f"{url}/broken")
    curl(f"{url}/static", "-X", "PURGE")
    curl(f"{url}/static", "-X", "POST", "-d", "hello")
    curl(f"{url}/static", "-H", "Transfer-Encoding: chunked", "-d", "hello", "-X", "PUT")
    curl(f"http://bob:secret@127.0.0.1:{port}/static", "-I")


def reset_on_close(sock):
    sock.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def misbehave(sock):
    """As the request's path says."""
    head = sock.receive_head()
    if b"/chunked" in head:
        sock.send(b"HTTP/1.1 200 OK\r\nX-Served: a\r\nX-Served: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
    elif b"/reset" in head:
        reset_on_close(sock)
    elif b"/abandoned" in head:
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            sock.receive()
    elif b"/slow" in head:
        sock.receive()


def failing_requests(serve, port):
    server = serve(port, misbehave)
    for path in ("chunked", "closed", "reset"):
        sock = connect(port)
        sock.send(f"GET /{path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        try:
            sock.receive_rest()
        except ConnectionResetError:
            assert path == "reset"
        sock.close()
    abandoned = connect(port)
    abandoned.send(b"GET /abandoned HTTP/1.1\r\nHost: test\r\n\r\n")
    abandoned.receive_head()
    reset_on_close(abandoned)
    abandoned.close()
    slow = connect(port)
    slow.send(b"GET /slow HTTP/1.0\r\n\r\n")
    return server, slow


def exiting_client(start_process, port):
    hanging = start_process(python_command("hanging_server.py", port), port)
    client = start_process(["curl", "-sS", f"http://127.0.0.1:{port}/exit"])
    wait_until(lambda: "request" in hanging.output(), "the request to arrive")
    client.stop(signal.SIGKILL)


@pytest.fixture
def result(start_agent, start_nginx, start_process, serve, free_ports):
    """What varied traffic makes of curl, nginx, threaded Flask and sockets."""
    entry, chain, hello, raw, hang = free_ports(5)
    start_process(python_command("hello.py", hello), hello)
    start_process(python_command("chain.py", chain), chain, environment={"DOWNSTREAM": f"127.0.0.1:{hello}"})
    start_nginx(
        entry,
        f"""
        add_header X-Served nginx;
        location / {{ proxy_pass http://127.0.0.1:{chain}; }}
        location /static {{ return 200 hello; }}
        location /missing {{ return 404; }}
        location /broken {{ return 503; }}
        """,
    )
    ports = ",".join(map(str, (entry, chain, hello, raw, hang)))
    agent = start_agent("--port", ports, "--request-timeout", 1, *CAPTURED)
    varied_requests(entry)
    exiting_client(start_process, hang)
    server, slow = failing_requests(serve, raw)
    wait_until(lambda: [s for s in agent.spans_so_far() if s.attr.get("error.type") == "timeout"], "the time-out")
    slow.close()
    server.finish()
    return agent.stop()


def check_attributes(rows, seen, attributes, where, kind=None):
    for name, value in attributes.items():
        row = find(rows, name)
        assert row, f"{where}: {name} is not in docs/spans.md"
        assert row.allows(value), f"{where}: {name} is {value!r}, not {row.cells['type']}"
        assert kind is None or row.cells["on"] in (kind, "both"), f"{where}: {name} on a {kind} span"
        seen.add((row.name, kind))


def check_seen(rows, seen, kinds):
    """Every row was there, on every kind of span that it names; few are excused."""
    for row in rows:
        for kind in kinds if "on" in row.cells else (None,):
            if kind is None or row.cells["on"] in (kind, "both"):
                assert row.seldom or (row.name, kind) in seen, f"{row.name} was never there ({kind})"
    assert sum(row.seldom for row in rows) <= SELDOM_MAX


def check_span(span, errors, evidence):
    assert re.fullmatch(r"(HTTP|[A-Z]+)( /\S*)?", span.name), span
    template = span.attr.get("http.route") or span.attr.get("url.template")
    assert span.name.partition(" ")[2] == (template or ""), span
    failure = span.attr.get("error.type")
    assert (span.status == 2) == (failure is not None) and span.status in (0, 2), span
    known = failure is None or re.fullmatch("[4-9][0-9][0-9]" if span.kind == "client" else "[5-9][0-9][0-9]", failure)
    assert known or find(errors, failure), f"error.type {failure} is not in docs/spans.md"
    link = span.attr.get("wirespan.link.evidence")
    assert (link is not None) == (span.parent_id is not None), span
    assert link is None or find(evidence, link), f"evidence {link} is not in docs/spans.md"


def test_the_tables_hold(result):
    spans, resources = table("Attributes of spans"), table("Attributes of Resources")
    errors, evidence = table("error.type"), table("wirespan.link.evidence")
    seen, seen_resources = set(), set()
    for span in result.spans:
        check_span(span, errors, evidence)
        check_attributes(spans, seen, span.attr, f"{span.kind} span {span.name}", span.kind)
        check_attributes(resources, seen_resources, span.resource, f"Resource {span.service}")
    check_seen(spans, seen, ("server", "client"))
    check_seen(resources, seen_resources, ())
    for rows, key in ((errors, "error.type"), (evidence, "wirespan.link.evidence")):
        values = {span.attr.get(key) for span in result.spans}
        missing = [row.name for row in rows if not row.seldom and row.name not in values]
        assert not missing, f"{key} was never {missing}"
    text = "".join(f"{span.attr}{span.resource}" for span in result.spans)
    assert "secret" not in text and "REDACTED" in text
