# SPDX-License-Identifier: Apache-2.0
"""Load on a redis-server, and what an agent's output holds of it, looked at span by span: there may be many."""

import itertools
import signal
import subprocess
from collections import Counter

from common.otlp import parse
from lib.agent import Result
from lib.raw import connect
from lib.resp import pack, parse_value

# Each command's reply tells which it was, as long as replies are not off by a multiple of their number.
MIXTURE = [
    (pack("GET", "text"), "GET", None),
    (pack("LPUSH", "text", "x"), "LPUSH", "WRONGTYPE"),
    (pack("INCR", "counter"), "INCR", None),
    (pack("INCRBY", "text", 2), "INCRBY", "ERR"),
    (pack("LRANGE", "list", 0, 9), "LRANGE", None),
    (pack("EVALSHA", "0" * 40, 0), "EVALSHA", "NOSCRIPT"),
    (pack("SCRIPT", "KILL"), "SCRIPT KILL", "NOTBUSY"),
]


def prepare(server):
    server.admin("SET", "text", "a value")
    server.admin("RPUSH", "list", *range(10))
    server.admin("CONFIG", "RESETSTAT")


def run_benchmark(port, count, pipeline, command, connections=10):
    """redis-benchmark to its end, as fast as it goes. It asks for two values of the configuration first."""
    options = ["-p", port, "-n", count, "-P", pipeline, "-c", connections, "-q"]
    done = subprocess.run(
        ["redis-benchmark", *map(str, options), *command], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Pipeliner:
    """A connection on which the mixture goes round, so many commands at a time in one call."""

    def __init__(self, port, pipeline):
        self.sock = connect(port).socket
        self.port = self.sock.getsockname()[1]
        self.pipeline = pipeline
        self.mixture = itertools.cycle(MIXTURE)
        self.asked = []  # (operation, error)
        self.data = b""

    def ask(self):
        chosen = list(itertools.islice(self.mixture, self.pipeline))
        self.sock.sendall(b"".join(data for data, _, _ in chosen))
        for _, operation, error in chosen:
            assert self._read().error == error
            self.asked.append((operation, error))

    def _read(self):
        while (value := parse_value(self.data)) is None:
            received = self.sock.recv(65536)
            assert received, "the server hung up"
            self.data += received
        self.data = self.data[value.end :]
        return value

    def close(self):
        self.sock.close()


class SpanCounter:
    """How many spans an agent has written so far."""

    def __init__(self, agent):
        self.path = agent.output
        self.offset = 0
        self.count = 0

    def __call__(self):
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]
        self.offset += len(data)
        self.count += data.count(b'"spanId"')
        return self.count


def end(agent):
    """What the agent said of losses; its spans are left to be looked at one by one."""
    agent.process.send_signal(signal.SIGINT)
    assert agent.process.wait(120) == 0, agent.errors()
    return Result([], agent.errors())


class Account:
    """What the spans of an agent's output are, both ends apart, and which of them are linked."""

    def __init__(self, path):
        self.operations = {"server": Counter(), "client": Counter()}  # (operation, error)
        self.by_connection = {"server": {}, "client": {}}  # {client's port: [(begin and end, (operation, error))]}
        clients, parents = {}, []
        with open(path) as file:
            for span in itertools.chain.from_iterable(map(parse, file)):
                what = (span.attr["db.operation.name"], span.attr.get("error.type"))
                self.operations[span.kind][what] += 1
                instants = (span.start, span.end)
                self.by_connection[span.kind].setdefault(span.client_port, []).append((instants, what))
                if span.kind == "client":
                    clients[span.span_id] = (span.client_port, what)
                elif span.parent_id:
                    parents.append((span.parent_id, (span.client_port, what)))
        self.linked = len(parents)
        self.linked_wrongly = [pair for pair in parents if clients.get(pair[0], pair[1]) != pair[1]]

    @property
    def spans(self):
        return sum(operations.total() for operations in self.operations.values())

    def check_order(self, kind, port, asked):
        """The connection's spans are these, in order as far as their times tell: a pipeline's begin and end at once."""
        spans = sorted(self.by_connection[kind].get(port, []), key=lambda span: span[0])
        assert len(spans) == len(asked)
        remaining = iter(asked)
        for instants, group in itertools.groupby(spans, key=lambda span: span[0]):
            found = Counter(what for _, what in group)
            assert found == Counter(itertools.islice(remaining, found.total())), (kind, port, instants)
