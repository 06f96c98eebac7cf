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
BEGINNING = ("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE")
SUBSCRIBING = (*BEGINNING, "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE")
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


def reply_error(name, reply):
    """The prefix of an error; of a transaction's, the first among its replies'."""
    errors = [reply.error, *(item.error for item in reply.items if name == "EXEC")]
    return next(filter(None, errors), None)


@dataclass
class Command:
    """A command that a client sent on a connection, and what it was answered."""

    words: list  # bytes
    request_size: int
    sent: Call  # its first byte
    batch: int = 1  # so many commands were sent in its call, whole, and nothing else
    replies: list = field(default_factory=list)  # Values; of a subscription its acknowledgements
    received: Call | None = None  # the last byte of the last reply
    ended: Call | None = None  # the same; of a subscription, the one by which it was over

    @property
    def name(self):
        return self.words[0].decode().upper()

    @property
    def arguments(self):
        return len(self.words) - 1

    @property
    def error(self):
        return reply_error(self.name, self.replies[0]) if self.replies else None

    @property
    def unknown(self):
        """Whether the server knows no such command: then its statistics don't either."""
        return self.error == "ERR" and self.replies[0].text.startswith(b"ERR unknown ")

    @property
    def response_size(self):
        """Of the reply on the wire."""
        return sum(reply.size for reply in self.replies)

    @property
    def wanted(self):
        """How many replies it is answered with."""
        subscribes = self.name in SUBSCRIBING and not self.error
        return max(1, self.arguments) if subscribes else 1

    def __repr__(self):
        words = b" ".join(self.words)
        return f"<{words[:60]!r}, {self.arguments} arguments: {self.error or f'{self.response_size} bytes'}>"


class Connection:
    """One of the client's, by its own port."""

    def __init__(self):
        self.sent, self.received = Stream(), Stream()
        self.pushes = []

    def began(self):
        return self.sent.calls[0].began

    def commands(self):
        """In order, answered or not. Only for connections that always reply: `CLIENT REPLY` changes that."""
        commands = self._sent_commands()
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
            current.received = current.ended = self.received.call_at(value.end - 1)
        self._end_subscriptions(commands)
        return commands

    def _sent_commands(self):
        commands, by_call = [], {}
        for value in parse_all(self.sent.data):
            command = Command([item.text for item in value.items], value.size, self.sent.call_at(value.begin))
            commands.append(command)
            by_call.setdefault(id(command.sent), []).append(command)
        for batch in by_call.values():
            if sum(command.request_size for command in batch) == batch[0].sent.length:
                for command in batch:
                    command.batch = len(batch)
        return commands

    @staticmethod
    def _end_subscriptions(commands):
        """With the one that names all their channels."""
        for number, command in enumerate(commands):
            later = [other for other in commands[number:] if other.name == f"UN{command.name}" and other.received]
            if command.name in BEGINNING and later:
                command.ended = later[-1].received

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
