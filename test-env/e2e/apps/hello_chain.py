# SPDX-License-Identifier: Apache-2.0
"""Asks another service for the same path, then says hello. Usage: hello_chain.py PORT DOWNSTREAM_PORT"""

import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HelloChain(BaseHTTPRequestHandler):
    def do_GET(self):
        downstream = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=20)
        downstream.request("GET", self.path)
        downstream.getresponse().read()
        downstream.close()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), HelloChain).serve_forever()
