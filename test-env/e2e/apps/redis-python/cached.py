# SPDX-License-Identifier: Apache-2.0
"""Flask with threads, whose handlers ask Redis. Usage: cached.py PORT REDIS-PORT.

GET /NUMBER asks by a command, by a pipeline, and by two commands more.
"""

import sys

import redis
from flask import Flask

application = Flask(__name__)
client = redis.Redis(port=int(sys.argv[2]))


@application.get("/<path:number>")
def asked(number):
    key = f"asked {number}"
    client.get(key)
    with client.pipeline(transaction=False) as pipeline:
        times, _ = pipeline.execute_command("INCR", key).expire(key, 60).execute()
    client.set("last", number)
    client.get("last")
    return f"{number} was asked for {'once' if times == 1 else f'{times} times'}"


if __name__ == "__main__":
    application.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
