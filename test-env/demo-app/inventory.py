# SPDX-License-Identifier: Apache-2.0
"""The shop's inventory, which runs in a network namespace of its own. Usage: inventory.py ADDRESS PORT"""

from flask import jsonify

from service import create_app, serve

app = create_app("inventory")


@app.get("/stock/<item>")
def stock(item):
    return jsonify(item=item, count=len(item))


serve(app)
