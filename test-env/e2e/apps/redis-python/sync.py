# SPDX-License-Identifier: Apache-2.0
"""The script (lib/redis_script.py) by redis-py, then by several threads that share a pool.

Usage: sync.py PORT LOG, $SECRET in the environment. Says "ready" when it is connected, and waits for a line.
"""

import os
import sys
import threading

import wirelog

wirelog.start(sys.argv[2])

import redis  # noqa: E402
from redis.backoff import NoBackoff  # noqa: E402
from redis.retry import Retry  # noqa: E402

PORT, SECRET = int(sys.argv[1]), os.environ["SECRET"]
THREADS = 4


def refused(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except redis.RedisError:
        return
    raise AssertionError(f"not refused: {arguments}")


def values(client):
    client.set("text", "a value")
    assert client.get("text") == b"a value"
    assert client.get("missing") is None
    client.set("large", b"x" * (1 << 20))
    assert len(client.get("large")) == 1 << 20
    client.hset("hash", mapping={f"field {number}": number for number in range(50)})
    assert len(client.hgetall("hash")) == 50
    client.rpush("list", *range(1000))
    assert len(client.lrange("list", 0, -1)) == 1000
    client.eval("return {1, {2, {3, 'x'}}, 'y'}", 0)


def errors(client):
    refused(client.lpush, "text", "x")
    refused(client.execute_command, "NOSUCHCOMMAND", SECRET)


def batches(client):
    with client.pipeline(transaction=True) as pipeline:
        pipeline.set("counter", 1).execute_command("INCR", "counter")
        pipeline.lpush("text", "x")
        pipeline.execute(raise_on_error=False)
    with client.pipeline(transaction=False) as pipeline:
        for number in range(5):
            pipeline.set(f"p{number}", number).get(f"p{number}")
            pipeline.execute_command("INCR", "text").llen("list")
        pipeline.execute(raise_on_error=False)


def blocking(client):
    assert client.blpop("empty", 0.1) is None
    assert client.blpop("queue", 20)[1] == b"pushed"


def messages(client, subscriber):
    subscriber.subscribe("one", "two")
    for _ in range(2):
        assert subscriber.get_message(timeout=20)["type"] == "subscribe"
    for number in range(3):
        client.publish("one", f"message {number}")
    for number in range(3):
        assert subscriber.get_message(timeout=20)["data"] == b"message %d" % number
    subscriber.unsubscribe("one", "two")
    for _ in range(2):
        assert subscriber.get_message(timeout=20)["type"] == "unsubscribe"


def databases(client):
    client.execute_command("SELECT", 3)
    assert client.get("text") is None
    client.execute_command("SELECT", 0)


def authentication(client):
    client.execute_command("AUTH", "ada", SECRET)
    refused(client.execute_command, "AUTH", "ada", SECRET + "no")
    with redis.Redis(port=PORT, db=5, username="ada", password=SECRET) as named:
        assert named.get("text") is None


def shared_pool():
    pool = redis.BlockingConnectionPool(port=PORT, max_connections=3, timeout=20)

    def use(name):
        with redis.Redis(connection_pool=pool) as shared:
            for number in range(25):
                assert shared.echo(f"{name} {number}") == b"%d %d" % (name, number)

    threads = [threading.Thread(target=use, args=(name,)) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.disconnect()


client = redis.Redis(port=PORT, retry=Retry(NoBackoff(), 0))
subscriber = client.pubsub()
subscriber.ping()  # now it has a connection, which is not the client's
subscriber.parse_response()
client.get("warm")
print("ready", flush=True)
sys.stdin.readline()
values(client)
errors(client)
batches(client)
blocking(client)
messages(client, subscriber)
databases(client)
authentication(client)
subscriber.close()
shared_pool()
client.close()
