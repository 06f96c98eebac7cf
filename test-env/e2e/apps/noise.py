# SPDX-License-Identifier: Apache-2.0
"""What reaches the ports of any host: noise.py PORT PROXY COUNT SECONDS.

COUNT times within SECONDS, spread evenly: a port scan of PORT that sends nothing, one that asks for /scan-N, one that
asks for half of something, each ended by a reset; and, at PROXY, which times out, half a head and an idle connection.
"""

import socket
import struct
import sys
import time

port, proxy, count = map(int, sys.argv[1:4])
pause = float(sys.argv[4]) / count


def connect(to, text):
    sock = socket.create_connection(("127.0.0.1", to), timeout=30)
    sock.sendall(text)
    return sock


def scan(text):
    sock = connect(port, text)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


began = time.monotonic()
waiting = []
for number in range(count):
    scan(b"")
    scan(f"GET /scan-{number} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
    scan(b"GET / HTTP/1.1\r\nHo")
    waiting += [connect(proxy, b"GET / HTTP/1.1\r\nHo"), connect(proxy, b"")]
    if len(waiting) > 100 or number == count - 1:
        for sock in waiting:
            assert b" 408 " in sock.recv(65536)
            sock.close()
        waiting = []
    time.sleep(max(0, began + (number + 1) * pause - time.monotonic()))
