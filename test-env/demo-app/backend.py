# SPDX-License-Identifier: Apache-2.0
"""The shop's back end, with a database. Usage: backend.py ADDRESS PORT INVENTORY_URL DATABASE_FILE"""

import sqlite3
import sys

from flask import jsonify, request

from service import call, create_app, serve

app = create_app("backend")
inventory, file = sys.argv[3], sys.argv[4]


def database():
    connection = sqlite3.connect(file)
    connection.row_factory = sqlite3.Row
    return connection


@app.get("/users/<int:user>")
def show_user(user):
    with database() as db:
        row = db.execute("SELECT id, name FROM users WHERE id = ?", (user,)).fetchone()
    if row is None:
        return jsonify(error="no such user"), 404
    return jsonify(dict(row))


@app.post("/orders")
def order():
    wanted = request.get_json()
    with database() as db:
        cursor = db.execute("INSERT INTO orders (user, item) VALUES (?, ?)", (wanted["user"], wanted["item"]))
    return jsonify(order=cursor.lastrowid), 201


@app.get("/availability/<item>")
def availability(item):
    _, answer = call(f"{inventory}/stock/{item}")
    return jsonify(item=item, available=answer["count"] > 0)


with database() as db:
    db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, user INTEGER, item TEXT)")
    db.executemany("INSERT INTO users (name) VALUES (?)", [("Ada",), ("Grace",), ("Edsger",)])

serve(app)
