# SPDX-License-Identifier: Apache-2.0
"""Who is attached to what: the agent, what it is compared with, and whoever else is on this machine."""

import re
from pathlib import Path

from benchmark.bench import PROGRAMS
from benchmark.process import Agent, Watcher
from common.proc import descriptors

# What makes a call on a socket dearer, whoever attaches to it.
CALL_HOOKS = {"sock_recv_length", "sock_send_length", "tcp_sendmsg_locked", "tcp_rcv_space_adjust"}
CALL_HOOKS |= {"sys_enter", "sys_exit"}


class Reference(Watcher):
    """The agent's hooks with other programs; after stop(), `lost` has how many records found no room."""

    def __init__(self, *arguments):
        super().__init__(PROGRAMS / "bpf" / "bench_hooks", *arguments, name="bench_hooks")

    def _ended(self, said):
        self.lost = int(re.search(r"lost (\d+)$", said, re.MULTILINE).group(1))


def hooks_of(pid):
    """The tracepoints that a process has attached programs to; none of one that is gone."""
    try:
        return sorted(found["tp_name"] for found in descriptors(pid) if "tp_name" in found)
    except OSError:
        return []


def strangers(own):
    """Processes other than `own` that have programs where calls on sockets pass."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if pid not in own and CALL_HOOKS & set(hooks_of(pid))]


def agent_mode():
    """How the agent attaches here: "socket" or "syscall"."""
    with Agent("--format", "none") as agent:
        return "syscall" if "sys_exit" in hooks_of(agent.pid) else "socket"


def same_hooks(mode):
    """The tracepoints of the agent, after making sure that the empty hooks are the same."""
    with Reference("--hooks", mode, "empty") as empty, Agent("--format", "none", "--hooks", mode) as agent:
        wanted, found = hooks_of(agent.pid), hooks_of(empty.pid)
    if wanted != found:
        raise RuntimeError(f"the agent attaches to {wanted}, bench_hooks to {found}")
    return wanted
