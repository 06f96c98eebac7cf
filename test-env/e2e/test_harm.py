# SPDX-License-Identifier: Apache-2.0
"""Applications never notice, not even when the agent is killed."""

import json
import signal
import subprocess

import pytest

from common.wait import wait_until
from lib.load import Load


def kernel_objects():
    """Ids of every program, map and link that the kernel holds."""
    found = set()
    for kind in ("prog", "map", "link"):
        found |= {(kind, item["id"]) for item in wait_until(lambda: listed(kind), f"bpftool {kind}")["all"]}
    return found


def listed(kind):
    """None where bpftool fails, as it does when something vanishes while it looks."""
    done = subprocess.run(["bpftool", "--json", kind, "list"], capture_output=True, text=True)
    return {"all": json.loads(done.stdout or "[]")} if done.returncode == 0 else None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_agent_ends_under_load(start_agent, hooks, start_nginx, port, cleanup, how):
    start_nginx(port, "location / { return 200 hello; }")
    before = kernel_objects()
    agent = start_agent(*hooks, "--port", port)
    assert kernel_objects() - before, "the agent has nothing in the kernel"
    load = Load(port, 4)
    cleanup.callback(load.kill)
    wait_until(lambda: agent.output.exists() and agent.output.stat().st_size > 0, "the first spans")
    agent.process.send_signal(how)
    status = agent.process.wait(30)
    assert status == (-signal.SIGKILL if how == signal.SIGKILL else 0), agent.errors()
    assert load.process.poll() is None, "the load ended before the agent"
    assert load.finish() > 1000
    assert load.errors == []
    wait_until(lambda: not kernel_objects() - before, "the kernel to forget the agent")
