# SPDX-License-Identifier: Apache-2.0
"""A handler that calls another service, and says who it was.

GET /ID calls $DOWNSTREAM/ID/1 on a new connection, then $DOWNSTREAM/ID/2 and /ID/3 on one that
the thread keeps. The answer tells process and thread. As a script: chain.py PORT (threaded Flask).
"""

import http.client
import os
import sys
import threading
import urllib.request

from flask import Flask, jsonify

application = Flask(__name__)
downstream = os.environ.get("DOWNSTREAM", "")
kept = threading.local()


def call_kept(path):
    if not hasattr(kept, "connection"):
        kept.connection = http.client.HTTPConnection(downstream, timeout=20)
    kept.connection.request("GET", path)
    with kept.connection.getresponse() as answer:
        answer.read()


@application.get("/")
def hello():
    return "hello"


@application.get("/<number>")
def chain(number):
    with urllib.request.urlopen(f"http://{downstream}/{number}/1", timeout=20) as answer:
        answer.read()
    call_kept(f"/{number}/2")
    call_kept(f"/{number}/3")
    return jsonify(pid=os.getpid(), thread=threading.get_native_id())


if __name__ == "__main__":
    application.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
