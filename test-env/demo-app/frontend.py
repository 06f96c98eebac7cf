# SPDX-License-Identifier: Apache-2.0
"""The shop's front end: what browsers talk to. Usage: frontend.py ADDRESS PORT BACKEND_URL INVENTORY_URL"""

import sys

from flask import jsonify, request

from service import call, create_app, serve

app = create_app("frontend")
backend, inventory = sys.argv[3], sys.argv[4]


@app.get("/users/<int:user>")
def show_user(user):
    status, answer = call(f"{backend}/users/{user}")
    return jsonify(answer), status


@app.post("/orders")
def order():
    status, answer = call(f"{backend}/orders", request.get_json())
    return jsonify(answer), status


@app.get("/nested/<item>")
def nested(item):
    """Front end, back end, inventory: three services deep."""
    status, answer = call(f"{backend}/availability/{item}")
    return jsonify(answer), status


@app.get("/stock/<item>")
def stock(item):
    """Across network namespaces, past the back end."""
    status, answer = call(f"{inventory}/stock/{item}")
    return jsonify(answer), status


@app.get("/dashboard")
def dashboard():
    """Two calls, one after the other, one of which fails."""
    users, _ = call(f"{backend}/users/1")
    broken, _ = call(f"{backend}/fail")
    return jsonify(users=users, broken=broken)


serve(app)
