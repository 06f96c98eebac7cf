# SPDX-License-Identifier: Apache-2.0
"""Says hello, under a title of its own, as Ruby's servers have. Usage: titled.py PORT TITLE"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from setproctitle import setproctitle


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


setproctitle(sys.argv[2])
HTTPServer(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()
