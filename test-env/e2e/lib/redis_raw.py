# SPDX-License-Identifier: Apache-2.0
"""A client of Redis whose every call is timed, for what no library does; and what its spans must say."""

from dataclasses import dataclass

from common.expect import check_linked, check_parent
from lib.expect import CLOCK_TOLERANCE
from lib.raw import Call, connect
from lib.redis_log import reply_error
from lib.resp import pack, parse_value


@dataclass
class Step:
    operation: str
    sent: Call
    received: Call | None = None  # None: there was no reply
    ended: Call | None = None  # the same, but of what goes on after its reply
    error: str | None = None


class RawClient:
    """Takes down what it asked, each command as a Step."""

    def __init__(self, port):
        self.sock = connect(port)
        self.data = b""
        self.steps = []

    def send(self, data, *operations):
        """In one call; the steps wait for their replies in read()."""
        self.sock.send(data)
        self.steps += [Step(operation, self.sock.sends()[-1]) for operation in operations]

    def read(self, step=None):
        """The next value; the reply to `step`, where there is one."""
        while (value := parse_value(self.data)) is None:
            self.data += self.receive()
        self.data = self.data[value.end :]
        if step:
            step.received = step.ended = self.sock.receives()[-1]
            step.error = reply_error(step.operation, value)
        return value

    def receive(self):
        received = self.sock.receive()
        assert received, "the server hung up"
        return received

    def ask(self, *words, operation=None, replies=1):
        """A command with its replies; returns the last."""
        self.tell(*words, operation=operation)
        for _ in range(replies):
            value = self.read(self.steps[-1])
        return value

    def tell(self, *words, operation=None):
        """A command that is answered later, or never."""
        self.send(pack(*words), operation or words[0])

    def ask_in_one_go(self, *commands):
        """Sent in one call, answered in order. Each command's name is its first word."""
        self.send(b"".join(pack(*words) for words in commands), *(words[0] for words in commands))
        return [self.read(step) for step in self.steps[-len(commands) :]]

    def over(self, number):
        """What the step of this number began has ended by the last reply."""
        self.steps[number].ended = self.sock.receives()[-1]

    def wait_for_end(self):
        """Until the server hangs up."""
        assert self.sock.receive_rest() == b""

    @property
    def port(self):
        return self.sock.socket.getsockname()[1]

    def close(self):
        self.sock.close()


def within(instant, call):
    return call.before - CLOCK_TOLERANCE <= instant <= call.after + CLOCK_TOLERANCE


def matches(span, step):
    """Whether the client's span may be that step's."""
    return (
        span.attr["db.operation.name"] == step.operation
        and span.attr.get("db.response.status_code") == step.error
        and within(span.start, step.sent)
        and (not step.received or within(span.end, step.ended))
    )


def match(spans, steps):
    """[(span, step)] of the client's spans: each is a step's; only a step without reply may have none."""
    pairs, remaining = [], list(steps)
    for span in spans:
        step = next((step for step in remaining if matches(span, step)), None)
        assert step, f"nobody asked this: {span}; still open: {remaining}"
        remaining.remove(step)
        pairs.append((span, step))
    assert not [step for step in remaining if step.received], (spans, steps)
    return pairs


def check_steps(result, server_port, client_port, steps):
    """Both ends of what a RawClient did on its connection; their spans."""
    servers, clients = (
        [span for span in result.spans_of(kind, server_port) if span.client_port == client_port]
        for kind in ("server", "client")
    )
    for client, step in match(clients, steps):
        [server] = result.children(client)
        # What is not answered ends as it is sent, before it can arrive.
        (check_linked if step.received else check_parent)(server, client)
        for name in ("db.operation.name", "db.response.status_code", "db.query.text", "error.type"):
            assert server.attr.get(name) == client.attr.get(name), (server, client)
    assert len(servers) == len(clients)
    return servers, clients
