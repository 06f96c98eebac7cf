# SPDX-License-Identifier: Apache-2.0
"""Forks a child for every connection. Usage: forking_server.py PORT"""

import signal
import socket
import os
import sys

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        if connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        connection.close()
        os._exit(0)
    connection.close()
