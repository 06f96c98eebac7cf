# SPDX-License-Identifier: Apache-2.0
"""What breaks "one reply per command" on a real redis-server: no reply is taken for another command's."""

import signal

import pytest

from common.wait import wait_until
from lib.redis_raw import RawClient, check_steps
from lib.redis_server import SECRET, RedisServer
from lib.resp import pack


@pytest.fixture
def redis_server(redis_server):
    """With a key that many commands are wrong for."""
    redis_server.admin("SET", "text", "a value")
    return redis_server


@pytest.fixture
def converse(redis_server, start_agent, hooks, port, cleanup):
    """converse(function): function(client, server) under the agent; what was said, and both ends' spans."""

    def run(function, losses=()):
        agent = start_agent(*hooks, "--port", port)
        client = RawClient(port)
        cleanup.callback(client.close)
        number = client.port
        function(client, redis_server)
        client.close()
        result = agent.stop()
        assert set(result.losses) <= set(losses), result.errors
        return (result, *check_steps(result, port, number, client.steps))

    return run


def test_replies_turned_off(converse):
    def talk(client, server):
        client.ask("GET", "text")
        client.tell("CLIENT", "REPLY", "OFF", operation="CLIENT REPLY")
        client.tell("LPUSH", "text", "x")
        client.tell("GET", "text")
        client.ask("CLIENT", "REPLY", "ON", operation="CLIENT REPLY")
        client.ask("GET", "text")
        client.ask("LPUSH", "text", "x")

    converse(talk)


def test_replies_turned_off_within_a_pipeline(converse):
    def talk(client, server):
        commands = [("GET", "text"), ("CLIENT", "REPLY", "OFF"), ("LPUSH", "text", "x"), ("CLIENT", "REPLY", "ON")]
        operations = ["GET", "CLIENT REPLY", "LPUSH", "CLIENT REPLY", "STRLEN"]
        client.send(b"".join(pack(*words) for words in (*commands, ("STRLEN", "text"))), *operations)
        answered = [step for number, step in enumerate(client.steps) if number not in (1, 2)]
        assert [client.read(step).text for step in answered] == [b"a value", b"OK", b"7"]
        client.ask("GET", "text")

    converse(talk)


def test_replies_skipped(converse):
    def talk(client, server):
        client.tell("CLIENT", "REPLY", "SKIP", operation="CLIENT REPLY")
        client.tell("LPUSH", "text", "x")
        client.ask("STRLEN", "text")
        client.ask("LPUSH", "text", "x")

    converse(talk)


def test_transactions(converse):
    def talk(client, server):
        client.ask("MULTI")
        client.ask("SET", "a", "1")
        client.ask("SET", "a")  # too few arguments
        assert client.ask("EXEC").error == "EXECABORT"
        client.ask("MULTI")
        client.ask("GET", "text")
        client.ask("DISCARD")
        client.ask("WATCH", "text")
        server.admin("SET", "text", "another")
        client.ask("MULTI")
        client.ask("GET", "text")
        assert client.ask("EXEC").text is None
        client.ask("EXEC")
        client.ask_in_one_go(("MULTI",), ("LPUSH", "text", "x"), ("GET", "text"), ("EXEC",), ("STRLEN", "text"))

    converse(talk)


def test_inline_commands(converse):
    def talk(client, server):
        for line, operation in (
            (b"PING\r\n", "PING"),
            (b'SET key "a b \\x41"\r\n', "SET"),
            (b"get key\n", "GET"),
            (b"\r\nLPUSH text x\r\n", "LPUSH"),
            (f"AUTH ada {SECRET}\r\n".encode(), "AUTH"),
            (f"{SECRET}\r\n".encode(), "_OTHER"),
        ):
            client.send(line, operation)
            client.read(client.steps[-1])

    result, servers, clients = converse(talk)
    assert SECRET not in repr((servers, clients)) + result.errors


@pytest.mark.parametrize("version", [2, 3])
def test_subscriptions(converse, version):
    """Of several channels, and of all: acknowledged one by one; messages are no answers."""

    def talk(client, server):
        client.ask("HELLO", version)
        client.ask("PSUBSCRIBE", "a*", "b*", "c*", replies=3)
        client.ask("SUBSCRIBE", "one")
        for channel in ("one", "about", "two", "bee"):
            server.admin("PUBLISH", channel, "-ERR a message")
        for _ in range(3):
            client.read()
        client.ask("PING")
        client.ask("PUNSUBSCRIBE", "a*")
        client.ask("PUNSUBSCRIBE", replies=2)
        client.over(1)
        client.ask("UNSUBSCRIBE")
        client.over(2)
        client.ask("UNSUBSCRIBE")  # of none: acknowledged once
        client.ask("STRLEN", "text")
        client.ask("LPUSH", "text", "x")

    converse(talk)


def test_commands_beside_a_subscription(converse):
    """RESP3 allows them: their replies and messages come between each other."""

    def talk(client, server):
        client.ask("HELLO", "3")
        client.ask("SUBSCRIBE", "one")
        for _ in range(3):
            server.admin("PUBLISH", "one", "a message")
            assert client.read().kind == ">"
            client.ask("STRLEN", "text")
        client.tell("BLPOP", "queue", "20")
        server.wait_for_blocked()
        server.admin("PUBLISH", "one", "a message")
        assert client.read().kind == ">"
        server.admin("RPUSH", "queue", "pushed")
        client.read(client.steps[-1])
        client.ask("UNSUBSCRIBE", "one")
        client.over(1)
        client.ask("LPUSH", "text", "x")

    converse(talk)


def test_invalidations(converse):
    """Pushes that nobody asked for."""

    def talk(client, server):
        client.ask("HELLO", "3")
        client.ask("CLIENT", "TRACKING", "ON", operation="CLIENT TRACKING")
        client.ask("GET", "text")
        server.admin("SET", "text", "another")
        assert client.read().word == "invalidate"
        client.ask("LPUSH", "text", "x")
        client.ask("GET", "text")

    converse(talk)


def test_monitor(converse):
    """One span; what it shows are no replies. RESET ends it."""

    def talk(client, server):
        client.ask("MONITOR")
        for number in range(3):
            server.admin("ECHO", f"monitored {number}")
            while b"monitored" not in client.read().text:
                pass
        client.tell("RESET")
        while client.read(client.steps[-1]).text != b"RESET":
            pass
        client.over(0)
        client.ask("LPUSH", "text", "x")

    converse(talk)


def test_blocked_within_a_pipeline(converse):
    def talk(client, server):
        client.send(pack("BLPOP", "queue", "20") + pack("STRLEN", "text"), "BLPOP", "STRLEN")
        server.push_to_the_blocked("queue")
        for step in client.steps:
            client.read(step)
        client.ask("LPUSH", "text", "x")

    _, [server_span, *_], _ = converse(talk)
    assert server_span.attr["db.operation.name"] == "BLPOP"


def test_errors(converse):
    """Prefixes of the server's own, and of scripts."""

    def talk(client, server):
        client.ask("EVALSHA", "0" * 40, 0)
        client.ask("EVAL", "return redis.error_reply('MYCODE of a script')", 0)
        client.ask("XREADGROUP", "GROUP", "g", "c", "STREAMS", "key", ">")
        client.ask("SCRIPT", "KILL", operation="SCRIPT KILL")
        client.ask("OBJECT", "ENCODING", operation="OBJECT ENCODING")

    _, servers, _ = converse(talk)
    assert [span.attr["error.type"] for span in servers] == ["NOSCRIPT", "MYCODE", "NOGROUP", "NOTBUSY", "ERR"]


def test_cut_in_pieces(converse):
    """Commands and replies that no call holds whole: a megabyte that looks like replies, a byte at a time."""

    def talk(client, server):
        client.ask("MSET", *(word for number in range(200) for word in (f"key {number}", number)))
        client.ask("MGET", *(f"key {number}" for number in range(200)))
        client.ask("SET", "large", b"\r\n-ERR" * 200_000)
        client.ask("GET", "large")
        first, *others = pack("STRLEN", "text")
        client.send(bytes([first]), "STRLEN")
        for byte in others:
            client.send(bytes([byte]))
        client.read(client.steps[-1])
        client.ask("LPUSH", "text", "x")

    converse(talk)


def test_ends(converse):
    def talk(client, server):
        client.ask("GET", "text")
        client.ask("QUIT")
        client.wait_for_end()

    converse(talk)


def test_protocol_error(converse):
    """It is answered, and the connection closed: what was no command is no span of another name."""

    def talk(client, server):
        client.ask("GET", "text")
        client.sock.send(b"*1\r\n$nonsense\r\n")
        client.read()
        client.wait_for_end()

    converse(talk, losses=("head_truncated",))


def test_shutdown(converse):
    """It is never answered."""

    def talk(client, server):
        client.ask("GET", "text")
        client.tell("SHUTDOWN", "NOSAVE")
        client.wait_for_end()

    _, servers, clients = converse(talk)
    assert [span.attr["db.operation.name"] for span in clients] == ["GET", "SHUTDOWN"]


def test_replication(redis_server, start_agent, start_process, hooks, free_ports, port, tmp_path):
    """What the replica is sent are no replies; what it says of it are no commands that wait for one."""
    [replica_port] = free_ports(1)
    agent = start_agent(*hooks, "--port", f"{port},{replica_port}")
    replica = RedisServer(tmp_path, replica_port, start_process, "--replicaof", f"127.0.0.1 {port}")
    wait_until(lambda: replica.admin.info("replication")["master_link_status"] == "up", "the replica to follow")
    client = RawClient(port)
    number = client.port
    for count in range(20):
        client.ask("SET", f"key {count}", count)
    client.ask("WAIT", 1, 20_000)
    client.close()
    replica.process.stop(signal.SIGTERM)
    result = agent.stop()
    check_steps(result, port, number, client.steps)
    others = [span for span in result.spans if span.client_port != number]
    assert {span.attr["db.operation.name"] for span in others} <= {"PING", "REPLCONF", "PSYNC", "AUTH"}, others
    assert not [span for span in others if span.server_port != port]
