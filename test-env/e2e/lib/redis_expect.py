# SPDX-License-Identifier: Apache-2.0
"""What the spans of Redis' commands must say, by what their client wrote down."""

import itertools

from common.expect import check_linked
from lib.expect import check_instant

CONTAINERS = ("ACL", "CLIENT", "COMMAND", "CONFIG", "SCRIPT", "XGROUP")
HIDDEN = ("AUTH", "HELLO", "ACL SETUSER", "CONFIG SET")  # of their arguments nothing is shown
UNKNOWN = ("NOSUCHCOMMAND",)
SHOWN = 16  # arguments; of more " ..." tells


def operation(command):
    """db.operation.name."""
    if command.name in UNKNOWN:
        return "_OTHER"
    if command.name in CONTAINERS:
        return f"{command.name} {command.words[1].decode().upper()}"
    return command.name


def query_text(command):
    """db.query.text without keys; None: there is none, as its first word might be anything."""
    name = operation(command)
    if name == "_OTHER":
        return None
    if name in HIDDEN:
        return name
    arguments = command.arguments + 1 - len(name.split())
    shown = min(arguments, SHOWN + 1 - len(name.split()))
    return name + " ?" * shown + (" ..." if arguments > shown else "")


class Namespaces:
    """db.namespace along a connection, whose beginning the agent saw or did not see."""

    def __init__(self, seen=True):
        self.allowed = {"0"} if seen else {"0", None}

    def of(self, command):
        """Those that may be said of the command; SELECT itself is asked in one, and answered in another."""
        before = self.allowed
        if command.name == "SELECT" and not command.error:
            self.allowed = {command.words[1].decode()}
            return before | self.allowed
        return before


def check_span(span, command, port, namespaces):
    assert span.attr["db.system.name"] == "redis", span
    assert span.name in (operation(command), f"{operation(command)} 127.0.0.1:{port}"), (command, span)
    assert span.attr.get("db.query.text") == query_text(command), (command, span)
    assert span.attr.get("db.namespace") in namespaces, (command, span)
    assert span.attr.get("db.response.status_code") == command.error, (command, span)
    assert span.attr.get("error.type") == command.error, (command, span)
    assert span.status == (2 if command.error else 0), (command, span)
    assert span.attr["server.address"] == "127.0.0.1" and span.attr["server.port"] == port, span
    assert by_span(span) == by_command(command), (command, span)
    assert span.attr["network.transport"] == "tcp", span
    assert span.attr["network.peer.address"] == span.attr["network.local.address"] == "127.0.0.1", span


def check_client_times(span, command):
    """From the call that sent the command's first byte to the one that received the last of the answer."""
    check_instant(span.start, command.sent, f"start of {command}")
    check_instant(span.end, command.ended, f"end of {command}")


def by_span(span):
    """What tells commands apart whose spans begin and end at one instant."""
    sizes = (span.attr.get(f"wirespan.{message}.size") for message in ("request", "response"))
    return span.attr["db.operation.name"], str(span.attr.get("error.type")), *sizes


def by_command(command):
    return operation(command), str(command.error), command.request_size, command.response_size


def in_order(spans):
    """By time; within an instant, which is all that is known of a pipeline's commands, by what tells them apart."""
    return sorted(spans, key=lambda span: (span.start, span.end, by_span(span)))


def expected_order(clients, commands):
    """The commands in the order of in_order(clients)."""
    result, remaining = [], list(commands)
    for _, group in itertools.groupby(clients, key=lambda span: (span.start, span.end)):
        count = len(list(group))
        result += sorted(remaining[:count], key=by_command)
        del remaining[:count]
    return result + remaining


def check_connection(result, clients, commands, port, namespaces):
    """The spans of one connection, at both ends, in order."""
    allowed = {id(command): namespaces.of(command) for command in commands}
    clients = in_order(clients)
    commands = expected_order(clients, commands)
    assert list(map(by_span, clients)) == list(map(by_command, commands))
    before = 0
    for client, command in zip(clients, commands):
        [server] = result.children(client)
        for span in (server, client):
            check_span(span, command, port, allowed[id(command)])
        check_client_times(client, command)
        assert client.attr.get("db.operation.batch.size", 1) == command.batch, (command, client)
        assert "db.operation.batch.size" not in server.attr, server
        check_linked(server, client)
        assert server.start >= before, f"the server answered in another order: {server}"
        before = server.start


def by_connection(spans):
    """{the client's port: its spans in order}."""
    result = {}
    for span in spans:
        result.setdefault(span.client_port, []).append(span)
    return result


def check_result(result, server, client, connections, since=0):
    """Of everything in the log that began after `since` (CLOCK_MONOTONIC) there are two spans, and no others."""
    port = server.port
    servers, clients = result.servers(port), by_connection(result.clients(port))
    expected = {
        number: [command for command in connection.commands() if command.sent.began >= since]
        for number, connection in connections.items()
    }
    expected = {number: commands for number, commands in expected.items() if commands}
    assert set(clients) == set(expected), result.errors
    for number, commands in expected.items():
        namespaces = Namespaces(seen=connections[number].began() >= since)
        check_connection(result, clients[number], commands, port, namespaces)
    assert {(span.service, span.pid) for span in servers} == {("redis-server", server.pid)}
    assert {span.pid for spans in clients.values() for span in spans} == {client.pid}
    total = sum(map(len, expected.values()))
    assert len(result.spans) == 2 * total, result.errors
    assert result.losses == {}, result.errors
    assert result.ignored == {}, result.errors
    return total
