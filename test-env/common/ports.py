# SPDX-License-Identifier: Apache-2.0
"""TCP ports of this machine. `python -m common.ports COUNT` prints free ones."""

import socket
import sys

from common.wait import wait_until

_ports = iter(range(21000, 32000))


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


def port_answers(port, address="127.0.0.1"):
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def wait_for_port(port, address="127.0.0.1"):
    wait_until(lambda: port_answers(port, address), f"{address}:{port} to answer")


if __name__ == "__main__":
    print(*(free_port() for _ in range(int(sys.argv[1]))))
