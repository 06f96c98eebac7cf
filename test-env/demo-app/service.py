# SPDX-License-Identifier: Apache-2.0
"""What the three demonstration services share. They know nothing of tracing."""

import json
import sys
import time
import urllib.error
import urllib.request

from flask import Flask, Response, jsonify, request


def create_app(name):
    """An application with the endpoints that every service has."""
    app = Flask(name)

    @app.get("/")
    def index():
        return jsonify(service=name)

    @app.get("/slow")
    def slow():
        time.sleep(float(request.args.get("seconds", "0.25")))
        return jsonify(service=name, slow=True)

    @app.get("/fail")
    def fail():
        return jsonify(error="this always fails"), 500

    @app.post("/echo-size")
    def echo_size():
        size = request.get_json()["size"]
        return Response(b"x" * size, mimetype="application/octet-stream")

    return app


def call(url, body=None):
    """GET, or POST of a JSON body: (status, decoded answer). An HTTP error is an answer too."""
    data = None if body is None else json.dumps(body).encode()
    outgoing = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(outgoing, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def serve(app):
    """Arguments of each script: address and port."""
    app.run(host=sys.argv[1], port=int(sys.argv[2]), threaded=True)
