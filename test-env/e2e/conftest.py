# SPDX-License-Identifier: Apache-2.0
"""Fixtures: the agent, servers and namespaces, each stopped when its test ends, however it ends."""

import contextlib
import os
import signal

import pytest

pytest.register_assert_rewrite("common", "lib")

from common.paths import BINARY  # noqa: E402
from common.ports import free_port  # noqa: E402
from lib.agent import Agent  # noqa: E402
from lib.collector import collector_command  # noqa: E402
from lib.fault_collector import FaultCollector  # noqa: E402
from lib.jaeger import Jaeger, JaegerPorts, jaeger_command  # noqa: E402
from lib.netns import Namespace  # noqa: E402
from lib.processes import Process, nginx_command  # noqa: E402
from lib.raw import RawServer, connect  # noqa: E402
from lib.redis_server import RedisServer  # noqa: E402


def pytest_sessionstart(session):
    if os.geteuid() != 0:
        pytest.exit("the end-to-end tests need root: use test-env/test", 2)
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"{BINARY} is missing: use test-env/test", 2)


@pytest.fixture
def cleanup():
    """An ExitStack that is unwound after the test."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture(params=["socket", "syscall"])
def hooks(request):
    """Both kinds of attachment: the socket's own tracepoints, and the system calls'."""
    return ["--hooks", request.param]


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def start_agent(tmp_path, cleanup):
    """start_agent(*arguments, environment={}): a ready agent."""

    def start(*arguments, environment=None):
        agent = Agent(tmp_path, [str(word) for word in arguments], environment)
        cleanup.callback(agent.kill)
        return agent.wait_ready()

    return start


@pytest.fixture
def start_process(tmp_path, cleanup):
    """start_process(command, port=None): a process, answering at its port."""

    def start(command, port=None, address="127.0.0.1", **options):
        process = Process(command, tmp_path / f"process-{len(list(tmp_path.iterdir()))}.log", **options)
        cleanup.callback(process.stop)
        return process.wait_for_port(port, address) if port else process

    return start


@pytest.fixture
def start_nginx(tmp_path, start_process):
    """start_nginx(port, server, ...): nginx with a server block of that content."""

    def start(port, server, **options):
        return start_process(nginx_command(tmp_path, port, server, **options), port)

    return start


@pytest.fixture
def redis_server(tmp_path, port, start_process):
    """A redis-server at `port`, with nothing in it."""
    return RedisServer(tmp_path, port, start_process)


@pytest.fixture
def serve(cleanup):
    """serve(port, handler): a RawServer."""

    def start(port, handler, **options):
        server = RawServer(port, handler, **options)
        cleanup.callback(server.close)
        return server

    return start


@pytest.fixture
def namespace(cleanup):
    """namespace(): a new network namespace."""

    def create():
        created = Namespace()
        cleanup.callback(created.delete)
        return created

    return create


@pytest.fixture
def exchange(start_agent, hooks, serve, port):
    """exchange(handler, client): one connection under the agent, both ends in this process.

    Returns what the agent said, and the timed sockets of server and client.
    """

    def run(handler, client):
        agent = start_agent(*hooks, "--port", port)
        server = serve(port, handler)
        connected = connect(port)
        try:
            client(connected)
        finally:
            connected.close()
        [accepted] = server.finish()
        return agent.stop(), accepted, connected

    return run


@pytest.fixture
def free_ports():
    """free_ports(count): several ports."""
    return lambda count: [free_port() for _ in range(count)]


@pytest.fixture
def fault_collector(cleanup):
    """fault_collector(port, script, tls=None): a collector that misbehaves as told; without a script it behaves."""

    def start(port, script=(), tls=None):
        collector = FaultCollector(port, script, tls)
        cleanup.callback(collector.close)
        return collector

    return start


@pytest.fixture
def start_backend(tmp_path, cleanup):
    """start_backend(command, ports): a process that answers at all of them. Nothing of it is worth a slow end."""

    def start(command, ports):
        process = Process(command, tmp_path / f"backend-{ports[0]}.log")
        cleanup.callback(process.stop, signal.SIGKILL)
        for port in ports:
            process.wait_for_port(port)
        return process

    return start


@pytest.fixture
def start_collector(tmp_path, start_backend):
    """start_collector(port, exporters): the real one, which takes OTLP over HTTP."""
    return lambda port, exporters: start_backend(collector_command(tmp_path, port, exporters), [port])


@pytest.fixture
def jaeger(tmp_path, start_backend, free_ports):
    """A Jaeger with everything in memory."""
    ports = JaegerPorts(*free_ports(4))
    process = start_backend(jaeger_command(tmp_path, ports), [ports.query, ports.grpc, ports.http])
    return Jaeger(ports, process.pid)
