# SPDX-License-Identifier: Apache-2.0
"""Sockets whose every call is timed, so that a test knows what the agent must have seen, and when."""

import os
import socket
import threading
import time
from dataclasses import dataclass

LIMIT = 30  # seconds that anything may block


def wall(monotonic):
    """The monotonic instant (ns) on the wall clock as it stands now, which the kernel slews: as the agent tells it."""
    while True:
        before, now, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        # Else we may have been kept waiting between the two clocks.
        if after - before < 100_000:
            return monotonic + now - before


@dataclass
class Call:
    direction: str  # "send" or "receive"
    began: int  # CLOCK_MONOTONIC ns around the call
    ended: int
    length: int

    @property
    def before(self):
        return wall(self.began)

    @property
    def after(self):
        return wall(self.ended)


class TimedSocket:
    """Wraps a socket; `calls` has what moved bytes. `thread` is who uses it."""

    def __init__(self, sock):
        sock.settimeout(None)
        self.socket = sock
        self.calls = []
        self.thread = threading.get_native_id()
        self._buffer = b""

    def fileno(self):
        return self.socket.fileno()

    def timed(self, direction, function, *arguments):
        """Any call that returns bytes, a count, or a tuple that begins with one of them."""
        began = time.monotonic_ns()
        result = function(*arguments)
        ended = time.monotonic_ns()
        moved = result[0] if isinstance(result, tuple) else result
        length = moved if isinstance(moved, int) else len(moved)
        if length > 0:
            self.calls.append(Call(direction, began, ended, length))
        return result

    def send(self, data):
        """One call; all of it, as the socket blocks."""
        assert self.timed("send", self.socket.send, data) == len(data)

    def send_all(self, data, piece):
        for offset in range(0, len(data), piece):
            self.send(data[offset : offset + piece])

    def writev(self, *parts):
        assert self.timed("send", os.writev, self.fileno(), parts) == sum(map(len, parts))

    def receive(self, size=65536):
        return self.timed("receive", self.socket.recv, size)

    def receive_exactly(self, length, size=65536):
        while len(self._buffer) < length:
            data = self.receive(min(size, length - len(self._buffer)))
            assert data, "closed too early"
            self._buffer += data
        taken, self._buffer = self._buffer[:length], self._buffer[length:]
        return taken

    def discard_exactly(self, length, size=1 << 20):
        """Reads and forgets, for bodies too large to keep."""
        length -= len(self._buffer)
        self._buffer = b""
        while length > 0:
            data = self.receive(min(size, length))
            assert data, "closed too early"
            length -= len(data)

    def receive_until(self, mark, size=65536):
        """Up to and including `mark`; what follows stays for the next call."""
        while mark not in self._buffer:
            data = self.receive(size)
            assert data, f"closed before {mark!r}: {self._buffer[:200]!r}"
            self._buffer += data
        taken, found, self._buffer = self._buffer.partition(mark)
        return taken + found

    def receive_head(self):
        return self.receive_until(b"\r\n\r\n")

    def receive_rest(self):
        data, self._buffer = self._buffer, b""
        while more := self.receive():
            data += more
        return data

    def close(self):
        self.socket.close()

    # What a span must lie between.

    def sends(self):
        return [call for call in self.calls if call.direction == "send"]

    def receives(self):
        return [call for call in self.calls if call.direction == "receive"]


def connect(port, address="127.0.0.1"):
    return TimedSocket(socket.create_connection((address, port), timeout=LIMIT))


class RawServer:
    """Serves each connection by `handler(TimedSocket)` in a thread of its own."""

    def __init__(self, port, handler, address="127.0.0.1", family=socket.AF_INET):
        self.handler = handler
        self.connections = []
        self.failures = []
        self.port = port
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(128)
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(accepted,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, accepted):
        connection = TimedSocket(accepted)
        self.connections.append(connection)
        try:
            self.handler(connection)
        except Exception as failure:
            self.failures.append(failure)
        finally:
            connection.close()

    def finish(self):
        """Waits for all handlers; their failures are the test's. Returns the connections served."""
        self.close()
        if self.failures:
            raise self.failures[0]
        return self.connections

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for thread in self.threads:
            thread.join(LIMIT)
            assert not thread.is_alive(), "a handler hangs"
