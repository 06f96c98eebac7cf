# SPDX-License-Identifier: Apache-2.0
"""Health checks, port scans and 408s beside real traffic: it looks as on a quiet host.

WIRESPAN_HEALTH_CHECKS=10000 asks for so many checks, in a minute; by default they are few, in seconds.
"""

import os
import re
import shutil
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from common.expect import check_linked
from common.proc import resident
from common.wait import wait_until
from lib.processes import gunicorn_command, python_command
from lib.raw import connect

HAPROXY = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
CHECKS = int(os.environ.get("WIRESPAN_HEALTH_CHECKS", 500))
RATE = 165  # checks per second
SECONDS = CHECKS / RATE
SERVERS = 20
CLIENTS = 4
GROWTH_ALLOWED = 8 << 20

CONFIGURATION = """
global
    stats socket {directory}/haproxy.sock mode 600 level admin
defaults
    mode http
    timeout connect 30s
    timeout client 30s
    timeout server 30s
    timeout check 30s
frontend front
    bind 127.0.0.1:{front}
    timeout http-request 300ms
    default_backend options
backend options
    option httpchk
    {options}
backend get
    option httpchk GET /
    {get}
"""


@pytest.fixture
def start_haproxy(tmp_path, start_process):
    """start_haproxy(front, port): it checks the server at `port` by two kinds of requests, `RATE` times a second."""

    def start(front, port):
        inter = 900 * SERVERS // RATE  # from a check's end to the next one's begin
        names = [f"s{number}" for number in range(SERVERS // 2)]
        lines = "\n    ".join(f"server {name} 127.0.0.1:{port} check inter {inter}ms" for name in names)
        file = tmp_path / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(directory=tmp_path, front=front, options=lines, get=lines))
        start_process([HAPROXY, "-db", "-f", file], front)
        return [f"{backend}/{name}" for backend in ("options", "get") for name in names]

    return start


def established(port):
    """Connections of a port that may still have something to say."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [line for line in lines if f":{port:04X} " in line and line.split()[3] in ("01", "08")]


def end_checks(directory, checked, port):
    for name in checked:
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(directory / "haproxy.sock"))
            control.sendall(f"disable health {name}\n".encode())
            assert control.recv(1000).strip() == b""
    wait_until(lambda: not established(port), "the last checks to end")


class Users:
    """Clients that ask one thing after the other until told to stop."""

    def __init__(self, port):
        self.port = port
        self.asked = []
        self.failures = []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._use, args=(number,)) for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _use(self, number):
        try:
            count = 0
            while not self.stopped.wait(0.02):
                path = f"/{number}x{count}"
                sock = connect(self.port)
                sock.send(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
                assert sock.receive_rest().startswith(b"HTTP/1.1 200 OK")
                sock.close()
                self.asked.append(path)
                count += 1
        except Exception as failure:
            self.failures.append(failure)

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(30)
        assert not self.failures, self.failures
        return self.asked


def check_health(spans):
    """Each got its status: none failed, whenever haproxy left."""
    assert Counter(span.kind for span in spans)["server"] > CHECKS / 4
    for span in spans:
        assert span.attr.get("http.response.status_code") == 200, span
        assert "error.type" not in span.attr, span


def check_scans(result, port):
    for span in result.servers(port):
        if span.path.startswith("/scan"):
            answered = "http.response.status_code" in span.attr
            assert span.attr.get("error.type") == (None if answered else "connection_reset"), span


def check_calls(result, downstream, callers):
    """Every call of a handler has its request as parent, whatever has become of its client."""
    calls = result.clients(downstream)
    assert Counter(span.path.split("/")[1] for span in calls) == {caller: 3 for caller in callers}
    for call in calls:
        parent = result.parent(call)
        assert parent and parent.kind == "server" and parent.path == f"/{call.path.split('/')[1]}", (call, parent)
        assert call.attr["wirespan.link.evidence"] == "thread"
        assert parent.contains(call), (parent, call)
    for span in result.servers(downstream):
        check_linked(span, result.parent(span))


def test_real_traffic_beside_them(
    start_agent, hooks, start_process, start_nginx, start_haproxy, free_ports, tmp_path, capsys
):
    port, downstream, front = free_ports(3)
    start_nginx(downstream, "location / { return 200 hello; }")
    start_process(
        gunicorn_command("chain:application", port, "--workers", "2"),
        port,
        environment={"DOWNSTREAM": f"127.0.0.1:{downstream}"},
    )
    agent = start_agent(*hooks, "--port", f"{port},{downstream},{front}")
    checked = start_haproxy(front, port)
    users = Users(port)
    noise = start_process(python_command("noise.py", port, front, CHECKS // 10, SECONDS))
    time.sleep(SECONDS / 4)
    before = resident(agent.pid)
    assert noise.wait(SECONDS + 60) == 0, noise.output()
    asked = users.stop()
    end_checks(tmp_path, checked, port)
    after = resident(agent.pid)
    result = agent.stop()
    if "hook_skipped" in result.losses:
        pytest.skip(f"the kernel did not tell of everything: {result.losses}")

    checks = [span for span in result.spans if span.path == "/"]
    check_health(checks)
    check_scans(result, port)
    real = [span for span in result.servers(port) if re.fullmatch(r"/\d+x\d+", span.path)]
    assert Counter(span.path for span in real) == Counter(asked)
    for span in real:
        check_linked(span, result.parent(span))
        assert span.attr["http.response.status_code"] == 200 and "error.type" not in span.attr
    check_calls(result, downstream, [span.path[1:] for span in result.servers(port) if span.path != "/"])
    assert result.losses == {}, result.errors
    assert set(result.ignored) == {"unsolicited", "incomplete_request"}, result.errors
    assert after - before < GROWTH_ALLOWED, f"{before >> 10} KiB became {after >> 10} KiB"
    with capsys.disabled():
        abandoned = sum("wirespan.response.abandoned" in span.attr for span in checks)
        print(
            f" {len(checks)} ends of checks ({abandoned} left early), {len(real)} real requests, "
            f"{len(result.clients(downstream))} calls, {result.ignored}, {before >> 10} -> {after >> 10} KiB",
            end=" ",
        )
