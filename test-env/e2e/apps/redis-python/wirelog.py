# SPDX-License-Identifier: Apache-2.0
"""Sockets that write down what they moved, and when; lib/redis_log.py reads it.

Imported before whoever makes sockets: it puts its class in the place of socket.socket.
"""

import atexit
import base64
import json
import socket
import time

_entries = []
_socket = socket.socket


class LoggedSocket(_socket):
    def _log(self, way, function, arguments, moved):
        begin = time.monotonic_ns()
        result = function(*arguments)
        end = time.monotonic_ns()
        data = moved(result)
        if data:
            _entries.append((self.getsockname(), way, begin, end, data))
        return result

    def send(self, data, *flags):
        return self._log("send", super().send, (data, *flags), lambda count: bytes(data[:count]))

    def sendall(self, data, *flags):
        return self._log("send", super().sendall, (data, *flags), lambda _: bytes(data))

    def sendmsg(self, buffers, *rest):
        buffers = list(buffers)
        return self._log("send", super().sendmsg, (buffers, *rest), lambda count: b"".join(buffers)[:count])

    def recv(self, *arguments):
        return self._log("receive", super().recv, arguments, bytes)

    def recv_into(self, buffer, *rest):
        moved = lambda count: bytes(memoryview(buffer)[:count])  # noqa: E731
        return self._log("receive", super().recv_into, (buffer, *rest), moved)


def start(path):
    """From here on; written when the interpreter ends."""
    socket.socket = LoggedSocket
    atexit.register(_write, path)


def _write(path):
    with open(path, "w") as file:
        for name, way, begin, end, data in _entries:
            if len(name) == 2:
                text = base64.b64encode(data).decode()
                print(json.dumps({"port": name[1], "way": way, "begin": begin, "end": end, "data": text}), file=file)
