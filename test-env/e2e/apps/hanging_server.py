# SPDX-License-Identifier: Apache-2.0
"""Reads one request per connection, says so, and never answers. Usage: hanging_server.py PORT"""

import socket
import sys
import threading


def serve(connection):
    if connection.recv(65536):
        print("request", flush=True)
        threading.Event().wait()


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
