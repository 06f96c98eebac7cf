# SPDX-License-Identifier: Apache-2.0
"""What a client of Redis wrote down of its own sockets, read as commands and replies.

A line for each call that moved bytes: {"port": its own, "way": "send" or "receive", "begin", "end", "data"}, the times
in nanoseconds of CLOCK_MONOTONIC around the call, the data in base64.
"""

import base64
import bisect
import json
from dataclasses import dataclass, field

from lib.raw import Call
from lib.resp import Value, parse_all

# Each channel of these is acknowledged on its own.
SUBSCRIBING = ("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE")
MESSAGES = ("message", "pmessage", "smessage")


class Stream:
    """One direction of a connection: its bytes, and which call moved which."""

    def __init__(self):
        self.data = b""
        self.ends = []
        self.calls = []

    def add(self, call, data):
        self.data += data
        self.ends.append(len(self.data))
        self.calls.append(call)

    def call_at(self, position):
        return self.calls[bisect.bisect_right(self.ends, position)]


@dataclass
class Command:
    """A command that a client sent on a connection, and what it was answered."""

    words: list  # bytes
    sent: Call  # its first byte
    last_sent: Call
    replies: list = field(default_factory=list)  # Values; of a subscription its acknowledgements
    received: Call | None = None  # the last byte of the last reply

    @property
    def name(self):
        return self.words[0].decode().upper()

    @property
    def arguments(self):
        return len(self.words) - 1

    @property
    def error(self):
        return self.replies[0].error if self.replies else None

    @property
    def unknown(self):
        """Whether the server knows no such command: then its statistics don't either."""
        return self.error == "ERR" and self.replies[0].text.startswith(b"ERR unknown ")

    @property
    def size(self):
        """Of the reply on the wire."""
        return sum(reply.size for reply in self.replies)

    @property
    def wanted(self):
        """How many replies it is answered with."""
        subscribes = self.name in SUBSCRIBING and not self.error
        return max(1, self.arguments) if subscribes else 1

    def __repr__(self):
        words = b" ".join(self.words)
        return f"<{words[:60]!r}, {self.arguments} arguments: {self.error or f'{self.size} bytes'}>"


class Connection:
    """One of the client's, by its own port."""

    def __init__(self):
        self.sent, self.received = Stream(), Stream()
        self.pushes = []

    def commands(self):
        """In order, answered or not. Only for connections that always reply: `CLIENT REPLY` changes that."""
        commands = [self._command(value) for value in parse_all(self.sent.data)]
        waiting = iter(commands)
        current = None
        for value in parse_all(self.received.data):
            if current is None or len(current.replies) >= current.wanted:
                upcoming = None if self._is_message(value) else next(waiting, None)
                if upcoming is None:
                    self.pushes.append(value)
                    continue
                current = upcoming
            elif self._is_message(value):
                self.pushes.append(value)
                continue
            current.replies.append(value)
            current.received = self.received.call_at(value.end - 1)
        return commands

    def _command(self, value):
        words = [item.text for item in value.items]
        return Command(words, self.sent.call_at(value.begin), self.sent.call_at(value.end - 1))

    @staticmethod
    def _is_message(value: Value):
        if value.kind == ">":
            return value.word.upper() not in SUBSCRIBING
        return value.kind == "*" and value.word in MESSAGES


def read_log(path):
    """{port: Connection} of a client's log, in the order in which they were first used."""
    connections = {}
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        connection = connections.setdefault(entry["port"], Connection())
        data = base64.b64decode(entry["data"])
        call = Call(entry["way"], entry["begin"], entry["end"], len(data))
        (connection.sent if entry["way"] == "send" else connection.received).add(call, data)
    return connections
