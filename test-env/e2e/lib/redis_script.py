# SPDX-License-Identifier: Apache-2.0
"""What every client program under apps/redis-* does, in its library's way, and how to run it."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from common.paths import CACHE
from common.wait import wait_until
from lib.processes import APPS
from lib.redis_log import read_log
from lib.redis_server import SECRET

CLIENTS = CACHE / "redis-clients"
BATCH = [("SET", None), ("GET", None), ("INCR", "ERR"), ("LLEN", None)] * 5

# On the connection that did `GET warm` before: (command, prefix of the error it is answered with).
SCRIPT = [
    *(("SET", None), ("GET", None), ("GET", None)),
    *(("SET", None), ("GET", None)),  # 1 MiB
    *(("HSET", None), ("HGETALL", None), ("RPUSH", None), ("LRANGE", None), ("EVAL", None)),
    *(("LPUSH", "WRONGTYPE"), ("NOSUCHCOMMAND", "ERR")),
    *(("MULTI", None), ("SET", None), ("INCR", None), ("LPUSH", None), ("EXEC", "WRONGTYPE")),
    *BATCH,
    *(("BLPOP", None), ("BLPOP", None)),  # the first in vain, the second until the test pushes
    *[("PUBLISH", None)] * 3,
    *(("SELECT", None), ("GET", None), ("SELECT", None)),
    *(("AUTH", None), ("AUTH", "WRONGPASS")),
]
# On the connection that subscribes.
SUBSCRIPTION = [("SUBSCRIBE", None), ("UNSUBSCRIBE", None)]
# What libraries send by themselves, before or between.
OWN = ("HELLO", "CLIENT", "PING", "COMMAND", "QUIT")


def _python(name):
    return lambda: [sys.executable, APPS / "redis-python" / name]


def _built(name, *command):
    """What test-env/redis-clients made; skips the test where it did not."""

    def find():
        if not (CLIENTS / f"{name}.stamp").exists():
            failure = CLIENTS / f"{name}.failure"
            pytest.skip(failure.read_text().strip() if failure.exists() else "test-env/redis-clients makes this client")
        return list(command)

    return find


# By name: gives the command, to which port and log are added.
PROGRAMS = {
    "redis-py": _python("sync.py"),
    "redis-py-asyncio": _python("asynchronous.py"),
    "node-redis": _built("node", "node", APPS / "redis-node" / "client.js"),
    "go-redis": _built("go", CLIENTS / "go" / "redis-client"),
    "jedis": _built("java", "java", "-cp", f"{CLIENTS}/java/classes:{CLIENTS}/java/jars/*", "RedisClient"),
}


class Client:
    """A program that has connected, and waits to be told to go on."""

    def __init__(self, name, directory, port):
        self.log = directory / f"{name}.log"
        self.output = directory / f"{name}.output"
        environment = {
            **os.environ,
            "SECRET": SECRET,
            "PYTHONDONTWRITEBYTECODE": "1",
            "NODE_PATH": str(CLIENTS / "node" / "node_modules"),
        }
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [str(word) for word in (*PROGRAMS[name](), port, self.log)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=environment,
            )

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        return self.output.read_text(errors="replace")

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, self.text()
            return "ready\n" in self.text()

        wait_until(ready, "the client to be ready", timeout=60)
        return self

    def run(self, server):
        """The script, to its end; returns its connections."""
        self.process.stdin.write(b"go on\n")
        self.process.stdin.close()
        try:
            server.push_to_the_blocked("queue")
        except TimeoutError as failure:
            raise AssertionError(f"{failure}\n{self.text()}") from None
        assert self.process.wait(60) == 0, self.text()
        return read_log(self.log)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def told(commands):
    """(command, error) of what the script, not the library, asked for."""
    return [(command.name, command.error) for command in commands if command.name not in OWN]


def check_script(connections):
    """The log has the script, whole, and every command was answered."""
    everything = [connection.commands() for connection in connections.values()]
    for commands in everything:
        for command in commands:
            assert len(command.replies) == command.wanted, command
    main = [told(commands) for commands in everything if ("SET", None) in told(commands)]
    assert main == [[("GET", None), *SCRIPT]]
    assert SUBSCRIPTION in [told(commands) for commands in everything]


def check_statistics(connections, server):
    """The server counted what the log says, and the test's own push."""
    commands = [command for connection in connections.values() for command in connection.commands()]
    counted = Counter(command.name for command in commands if not command.unknown)
    assert server.admin.calls() == counted + Counter(["RPUSH"])
