# SPDX-License-Identifier: Apache-2.0
"""
Says hello, and exports spans by itself as an OpenTelemetry SDK does: all the time, or, asked so, once /export
is requested. Usage: sdk.py PORT COLLECTOR_PORT [asked]
"""

import http.client
import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def request():
    now = time.time_ns()
    span = {
        "traceId": secrets.token_hex(16),
        "spanId": secrets.token_hex(8),
        "name": "tick",
        "kind": 1,
        "startTimeUnixNano": str(now),
        "endTimeUnixNano": str(now + 1),
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "sdk-test"}}]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {}, "spans": [span]}]}]})


asked = threading.Event()


def export():
    asked.wait()
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=10)
    while True:
        connection.request("POST", "/v1/traces", request(), {"Content-Type": "application/json"})
        connection.getresponse().read()
        time.sleep(0.2)


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/export":
            asked.set()
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


if sys.argv[3:] != ["asked"]:
    asked.set()
threading.Thread(target=export, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()
