# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, never for a time."""

import socket
import time


def wait_until(condition, what, timeout=15):
    """Returns the condition's first true value; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {timeout} s for {what}"
        time.sleep(0.01)


def port_answers(port, address="127.0.0.1"):
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def wait_for_port(port, address="127.0.0.1"):
    wait_until(lambda: port_answers(port, address), f"{address}:{port} to answer")


def free_port():
    """A port nobody listens on. Not from the range that outgoing connections take theirs from."""
    for port in _ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("no free port")


_ports = iter(range(21000, 32000))
