# SPDX-License-Identifier: Apache-2.0
"""The agent does not grow with what it has seen. Under ASan, which keeps freed memory, that is no measure."""

import json
import socket
import struct
import subprocess

import pytest

from common.proc import descriptors, resident
from common.wait import wait_until
from lib.curl import curl
from lib.load import Load

pytestmark = pytest.mark.slow

# The allocator's slack, and tables that reach their size only under load.
GROWTH_ALLOWED = 8 << 20


@pytest.fixture
def measured_agent(start_agent, start_nginx, port):
    start_nginx(port, "location / { return 200 hello; }")
    return start_agent("--port", port, "--format", "none")


def test_a_million_exchanges(measured_agent, port, cleanup):
    def exchanges(wanted):
        done = 0
        while done < wanted:
            load = Load(port, 5, path=f"/{done}")
            cleanup.callback(load.kill)
            done += load.finish()

    exchanges(10_000)
    before = resident(measured_agent.pid)
    exchanges(1_000_000)
    after = resident(measured_agent.pid)
    assert after - before < GROWTH_ALLOWED, f"{before >> 10} KiB became {after >> 10} KiB"


def test_ten_thousand_short_lived_processes(measured_agent, port):
    def processes(count):
        subprocess.run(["sh", "-c", f"seq {count} | xargs -P 2 -n 1 true"], check=True, timeout=300)

    def clients(count):
        for number in range(count):
            curl(port, f"/{number}")

    processes(1000)
    clients(100)
    before = resident(measured_agent.pid)
    processes(10_000)
    clients(300)
    after = resident(measured_agent.pid)
    assert after - before < GROWTH_ALLOWED, f"{before >> 10} KiB became {after >> 10} KiB"


def known_connections(agent):
    """How many the kernel's map holds, where sockets carry no state themselves."""

    def bpftool(*words):
        return json.loads(subprocess.run(["bpftool", "-j", "map", *words], check=True, capture_output=True).stdout)

    own = {found["map_id"] for found in descriptors(agent.pid) if "map_id" in found}
    [connections] = [number for number in own if bpftool("show", "id", number)["name"] == "address_connect"]
    return len(bpftool("dump", "id", connections))


def test_connections_that_failed(start_agent, start_nginx, free_ports):
    """Closed without another call; all are open at once, so that no socket takes the place of one before."""
    port, closed_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    agent = start_agent("--hooks", "syscall", "--port", f"{port},{closed_port}", "--format", "none")
    refused = [socket.socket() for _ in range(300)]
    for sock in refused:
        assert sock.connect_ex(("127.0.0.1", closed_port)) != 0
    reset = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    for sock in reset:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert sock.recv(100)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert known_connections(agent) >= len(reset)
    for sock in refused + reset:
        sock.close()
    wait_until(lambda: known_connections(agent) == 0, "the map to forget")
