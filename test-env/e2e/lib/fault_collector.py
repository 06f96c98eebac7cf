# SPDX-License-Identifier: Apache-2.0
"""A collector that does what a script says: takes, refuses, hangs, breaks off, talks nonsense.

A step answers one request to /v1/traces; after the last step everything is taken. Metrics always are.
"""

import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lib.wire import TRACES, Received, partial_success, success


def take(handler):
    handler.receive()
    handler.accept()


def answer(status, headers=None, body=b"", content_type="text/plain"):
    def step(handler):
        handler.receive()
        handler.reply(status, body, {"Content-Type": content_type, **(headers or {})})

    return step


def take_part(rejected, text):
    """A partial success."""

    def step(handler):
        received = handler.receive()
        handler.accept(partial_success(received.content_type, rejected, text))

    return step


def take_and_say(body, content_type=None):
    """Success with a body that is none of OTLP's."""

    def step(handler):
        handler.receive()
        handler.accept(body, content_type)

    return step


def hang(handler):
    """Reads the request and says nothing until the collector ends or the client goes away."""
    handler.receive()
    handler.connection.settimeout(0.1)
    while not handler.server.closing.is_set():
        try:
            if not handler.connection.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    handler.close_connection = True


def break_off(handler):
    """Closes within the request."""
    handler.rfile.read(16)
    handler.note_broken()
    handler.close_connection = True


def say_raw(data):
    """Reads the request, then sends these bytes as they are and closes."""

    def step(handler):
        handler.receive()
        handler.wfile.write(data)
        handler.close_connection = True

    return step


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received = None

    def do_POST(self):
        self.received = None
        if self.path == TRACES:
            self.server.next_step()(self)
        else:
            take(self)

    def receive(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received = Received(self.path, self.headers, body, time.monotonic())
        with self.server.lock:
            self.server.received.append(self.received)
        return self.received

    def note_broken(self):
        with self.server.lock:
            self.server.broken += 1

    def accept(self, body=None, content_type=None):
        with self.server.lock:
            self.server.accepted.append(self.received)
        if body is None:
            body = success(self.received.content_type)
        self.reply(200, body, {"Content-Type": content_type or self.received.content_type})

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, address, script, tls):
        super().__init__(address, _Handler)
        self.script = list(script)
        self.tls = tls
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self.received, self.accepted, self.connections = [], [], []
        self.broken = self.failed_handshakes = 0

    def next_step(self):
        with self.lock:
            return self.script.pop(0) if self.script else take

    def get_request(self):
        connection, address = super().get_request()
        if self.tls:
            connection.settimeout(10)
            try:
                connection = self.tls.wrap_socket(connection, server_side=True)
            except OSError:
                self.failed_handshakes += 1
                raise
        with self.lock:
            self.connections.append(connection)
        return connection, address

    def handle_error(self, request, client_address):
        """A client that goes away within an answer is what some tests want."""


class FaultCollector:
    """`tls`: (certificate file, key file)."""

    def __init__(self, port, script=(), tls=None):
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self._server = _Server(("127.0.0.1", port), script, context)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def requests(self, path=TRACES):
        """All that arrived whole, whatever was answered."""
        with self._server.lock:
            return [received for received in self._server.received if received.path == path]

    def accepted(self, path=TRACES):
        """All that was answered by success, also a partial one."""
        with self._server.lock:
            return [received for received in self._server.accepted if received.path == path]

    def spans(self):
        return [span for received in self.accepted() for span in received.spans()]

    def span_ids(self):
        return [span_id for received in self.accepted() for span_id in received.span_ids()]

    @property
    def connections(self):
        with self._server.lock:
            return len(self._server.connections)

    @property
    def broken(self):
        return self._server.broken

    @property
    def failed_handshakes(self):
        return self._server.failed_handshakes

    def then(self, *script):
        """What to do next, from the next request on."""
        with self._server.lock:
            self._server.script[:] = script

    def close(self):
        """Goes away, and cuts the connections that it has."""
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._server.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join()
