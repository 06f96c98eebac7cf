# SPDX-License-Identifier: Apache-2.0
"""The script (lib/redis_script.py) by redis-py on asyncio, then by several tasks that share a pool.

Usage: asynchronous.py PORT LOG, $SECRET in the environment. Says "ready" when it is connected, and waits for a line.
"""

import asyncio
import os
import sys

import wirelog

wirelog.start(sys.argv[2])

import redis.asyncio as redis  # noqa: E402
from redis.asyncio.retry import Retry  # noqa: E402
from redis.backoff import NoBackoff  # noqa: E402

PORT, SECRET = int(sys.argv[1]), os.environ["SECRET"]
TASKS = 4


async def refused(answer):
    try:
        await answer
    except redis.RedisError:
        return
    raise AssertionError("not refused")


async def values(client):
    await client.set("text", "a value")
    assert await client.get("text") == b"a value"
    assert await client.get("missing") is None
    await client.set("large", b"x" * (1 << 20))
    assert len(await client.get("large")) == 1 << 20
    await client.hset("hash", mapping={f"field {number}": number for number in range(50)})
    assert len(await client.hgetall("hash")) == 50
    await client.rpush("list", *range(1000))
    assert len(await client.lrange("list", 0, -1)) == 1000
    await client.eval("return {1, {2, {3, 'x'}}, 'y'}", 0)


async def errors(client):
    await refused(client.lpush("text", "x"))
    await refused(client.execute_command("NOSUCHCOMMAND", SECRET))


async def batches(client):
    async with client.pipeline(transaction=True) as pipeline:
        pipeline.set("counter", 1).execute_command("INCR", "counter")
        pipeline.lpush("text", "x")
        await pipeline.execute(raise_on_error=False)
    async with client.pipeline(transaction=False) as pipeline:
        for number in range(5):
            pipeline.set(f"p{number}", number).get(f"p{number}")
            pipeline.execute_command("INCR", "text").llen("list")
        await pipeline.execute(raise_on_error=False)


async def blocking(client):
    assert await client.blpop("empty", 0.1) is None
    assert (await client.blpop("queue", 20))[1] == b"pushed"


async def messages(client, subscriber):
    await subscriber.subscribe("one", "two")
    for _ in range(2):
        assert (await subscriber.get_message(timeout=20))["type"] == "subscribe"
    for number in range(3):
        await client.publish("one", f"message {number}")
    for number in range(3):
        assert (await subscriber.get_message(timeout=20))["data"] == b"message %d" % number
    await subscriber.unsubscribe("one", "two")
    for _ in range(2):
        assert (await subscriber.get_message(timeout=20))["type"] == "unsubscribe"


async def databases(client):
    await client.execute_command("SELECT", 3)
    assert await client.get("text") is None
    await client.execute_command("SELECT", 0)


async def authentication(client):
    await client.execute_command("AUTH", "ada", SECRET)
    await refused(client.execute_command("AUTH", "ada", SECRET + "no"))
    async with redis.Redis(port=PORT, db=5, username="ada", password=SECRET) as named:
        assert await named.get("text") is None


async def shared_pool():
    pool = redis.BlockingConnectionPool(port=PORT, max_connections=3, timeout=20)

    async def use(name):
        async with redis.Redis(connection_pool=pool) as shared:
            for number in range(25):
                assert await shared.echo(f"{name} {number}") == b"%d %d" % (name, number)

    await asyncio.gather(*(use(name) for name in range(TASKS)))
    await pool.disconnect()


async def main():
    client = redis.Redis(port=PORT, retry=Retry(NoBackoff(), 0))
    subscriber = client.pubsub()
    await subscriber.ping()  # now it has a connection, which is not the client's
    await subscriber.parse_response()
    await client.get("warm")
    print("ready", flush=True)
    sys.stdin.readline()
    await values(client)
    await errors(client)
    await batches(client)
    await blocking(client)
    await messages(client, subscriber)
    await databases(client)
    await authentication(client)
    await subscriber.aclose()
    await shared_pool()
    await client.aclose()


asyncio.run(main())
