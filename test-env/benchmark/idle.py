# SPDX-License-Identifier: Apache-2.0
"""python -m benchmark.idle PORT COUNT: that many connections, each with one request made, until its input ends."""

import socket
import sys

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def main():
    port, count = map(int, sys.argv[1:])
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(REQUEST)
        connection.recv(4096)
        connections.append(connection)
    print("open", flush=True)
    sys.stdin.read()


main()
