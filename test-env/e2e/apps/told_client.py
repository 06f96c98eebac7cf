# SPDX-License-Identifier: Apache-2.0
"""A client that does what it is told: told_client.py PORT.

Of each line `ask PATH`, `read` and `reset` it says `done` when it has asked on a new connection, read until the
server closed, and reset the connection.
"""

import socket
import struct
import sys

for line in sys.stdin:
    what, *path = line.split()
    if what == "ask":
        sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)
        sock.sendall(f"GET {path[0]} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
    elif what == "read":
        while sock.recv(65536):
            pass
    elif what == "reset":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    print("done", flush=True)
