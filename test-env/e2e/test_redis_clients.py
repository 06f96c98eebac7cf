# SPDX-License-Identifier: Apache-2.0
"""Real clients of Redis: commands, errors, order and times are those that the client wrote down."""

import time

import pytest

from lib.agent import run_command
from lib.redis_expect import check_result
from lib.redis_script import PROGRAMS, Client, check_script, check_statistics
from lib.redis_server import SECRET


@pytest.fixture
def start_client(tmp_path, port, cleanup):
    """start_client(name): one of PROGRAMS, connected."""

    def start(name):
        client = Client(name, tmp_path, port)
        cleanup.callback(client.kill)
        return client.wait_ready()

    return start


def check_secrecy(directory, recording):
    """No output shows the password, nor what was typed with it."""
    outputs = [path.read_text() for path in (*directory.glob("spans-*"), *directory.glob("agent-*"))]
    assert len(outputs) == 2
    for options in (["--format", "console"], ["--format", "json", "--show-db-keys", "--verbose"]):
        done = run_command("replay", str(recording), *options)
        assert done.returncode == 0 and "SELECT" in done.stdout, done.stderr
        outputs += [done.stdout, done.stderr]
    for output in outputs:
        assert SECRET not in output and "hunter2" not in output


@pytest.mark.parametrize("name", PROGRAMS)
def test_script(name, redis_server, start_client, start_agent, hooks, port, tmp_path):
    recording = tmp_path / "recording"
    agent = start_agent(*hooks, "--port", port, "--record", recording)
    client = start_client(name)
    connections = client.run(redis_server)
    result = agent.stop()
    check_script(connections)
    check_statistics(connections, redis_server)
    check_result(result, redis_server, client, connections)
    check_secrecy(tmp_path, recording)


@pytest.mark.parametrize("name", PROGRAMS)
def test_pool_older_than_the_agent(name, redis_server, start_client, start_agent, port):
    """Its connections are known, calm and used before: nothing on them is missed, nor taken for something else."""
    client = start_client(name)
    agent = start_agent("--port", port)
    ready = time.monotonic_ns()
    connections = client.run(redis_server)
    result = agent.stop()
    check_script(connections)
    check_result(result, redis_server, client, connections, since=ready)
