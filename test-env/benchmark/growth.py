# SPDX-License-Identifier: Apache-2.0
"""What the agent grows with: connections, processes, endpoints, time."""

import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

from benchmark.estimate import slope
from benchmark.loads import PacedLoad, run_pace
from benchmark.process import MEGABYTE, Agent, Process, Sink, run_command, start_server
from common.proc import cpu

CONNECTIONS = (10, 1000, 20_000)
CONNECTIONS_PER_PROCESS = 15_000  # of the 20,000 descriptors that many systems allow at most
STEADY_RATE = 10_000
PATH_RATE = 15_000  # not saturated: what queues for want of time is not to count as growth
SAMPLES = 240  # of a steady run


def memory(agent):
    return sum(agent.memory()) / MEGABYTE


def open_idle(stack, port, count):
    """Connections that have been used once; closed with the stack."""
    for first in range(0, count, CONNECTIONS_PER_PROCESS):
        words = (sys.executable, "-m", "benchmark.idle", port, min(CONNECTIONS_PER_PROCESS, count - first))
        idle = stack.enter_context(Process(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        if idle.process.stdout.readline() != "open\n":
            raise RuntimeError(f"could not open {count} connections")


def idle_share(agent, seconds):
    """Percent of a core."""
    before = cpu(agent.pid)
    time.sleep(seconds)
    return 100 * (cpu(agent.pid) - before) / (seconds * 1e9)


def losses_text(agent):
    return ", ".join(f"{name} {count}" for name, count in sorted(agent.losses.items())) or "0"


def connections_row(bench, sink, port, count):
    with Agent("--endpoint", sink.endpoint, "--port", port) as agent:
        before = memory(agent)
        with ExitStack() as stack:
            open_idle(stack, port, count)
            agent.wait_settled()
            during = memory(agent)
            share = idle_share(agent, bench.pick(quick=0.5, default=3))
        agent.wait_settled()
        after = memory(agent)
    bench.result(f"growth.connections.{count}.memory_added", during - before, "MB")
    bench.result(f"growth.connections.{count}.cpu", share, "% of a core")
    return [f"{count:,}", before, during, (during - before) / count * 1e3, share, after, losses_text(agent)]


def add_connections(bench, sink):
    # Two processes: 20,000 connections are more than the descriptors of one.
    server = start_server(bench, 0, processes=2)
    rows = [connections_row(bench, sink, server.port, count) for count in CONNECTIONS]
    columns = ("idle connections", "MB before", "MB open", "KB/connection", "% of a core", "MB closed", "losses")
    note = "RSS + map memory. Both ends of each are traced. What the kernel keeps of a connection is with its socket."
    bench.table("Growth: open connections, each used once", columns, rows, [note])


def short_lived(count):
    run_command("sh", "-c", f"seq {count} | xargs -P 2 -n 1 true", timeout=600)


def count_cells(bench, name, count, agent, make):
    """Memory after make() of a tenth, of a half and of all of `count`, and CPU; what is bounded grows no more then."""
    make(count // 10, "first")
    agent.wait_settled()
    used, began, sizes = cpu(agent.pid), time.monotonic(), []
    for part in ("second", "third"):
        sizes.append(memory(agent))
        make(count // 2, part)
        agent.wait_settled()
    used, took = cpu(agent.pid) - used, time.monotonic() - began
    sizes.append(memory(agent))
    bench.result(f"growth.{name}.memory_added", sizes[2] - sizes[1], "MB")
    bench.result(f"growth.{name}.cpu", used / count / 1e3, "µs")
    return [*sizes, sizes[2] - sizes[1], used / count / 1e3, 100 * used / took / 1e9]


def sample_steady(agent, seconds):
    """[(s, MB, % of a core since the sample before), …]"""
    samples = []
    began = before = time.monotonic()
    used = cpu(agent.pid)
    while before - began < seconds:
        time.sleep(seconds / SAMPLES)
        now, used_now = time.monotonic(), cpu(agent.pid)
        samples.append((now - began, memory(agent), 100 * (used_now - used) / (now - before) / 1e9))
        before, used = now, used_now
    return samples


def steady_cells(bench, agent, port):
    """The first half of the time is for what fills once."""
    seconds = bench.pick(quick=14, default=45, long=1200)
    with PacedLoad(port, STEADY_RATE) as load:
        samples = sample_steady(agent, seconds)
        requests = load.finish()["requests"]
    settled = samples[len(samples) // 2 :]
    middle = len(settled) // 2
    first, last = (median(megabytes for _, megabytes, _ in part) for part in (settled[:middle], settled[middle:]))
    per_minute = [60 * slope([(sample[0], sample[figure]) for sample in settled]) for figure in (1, 2)]
    bench.result("growth.steady.memory_added", last - first, "MB")
    bench.result("growth.steady.slope", per_minute[0], "MB/min")
    points = [(at, megabytes) for at, megabytes, _ in samples]
    bench.plot("growth-steady", "10,000 requests/s, both ends", "line", "s", "RSS + maps, MB", {"agent": points})
    return [f"{seconds} s, {requests:,} requests", first, last, *per_minute]


def run_processes(bench, sink):
    """The default selection, which is every process."""
    count = bench.pick(quick=1000, default=10_000)
    bench.say(f"    {count} processes")
    with Agent("--endpoint", sink.endpoint) as agent:
        cells = count_cells(bench, "processes", count, agent, lambda number, _: short_lived(number))
    return [f"{count:,} short-lived processes", *cells, losses_text(agent)]


def run_requests(bench, sink):
    """The steady run comes first: it fills what fills once. Rows for it and for the endpoints."""
    server = start_server(bench, 0)
    count = bench.pick(quick=60_000, default=1_000_000)

    def request_paths(number, name):
        run_pace(server.port, PATH_RATE, 300, path=f"/{name}-", requests=number, distinct=True)

    with Agent("--endpoint", sink.endpoint, "--port", server.port) as agent:
        bench.say("    steady")
        steady = steady_cells(bench, agent, server.port)
        bench.say(f"    {count} paths")
        paths = count_cells(bench, "endpoints", count, agent, request_paths)
    losses = losses_text(agent)
    return [*steady, losses], [f"{count:,} distinct paths", *paths, losses]


def run(bench):
    sink = bench.cleanup.enter_context(Sink())
    bench.say("    connections")
    add_connections(bench, sink)
    processes = run_processes(bench, sink)
    steady, paths = run_requests(bench, sink)
    columns = ("run", "MB, third quarter", "last quarter", "MB/min", "% of a core/min", "losses")
    note = "RSS + map memory, medians of quarters; the slope is that of the later half."
    bench.table("Growth: a steady 10,000 requests/s, both ends", columns, [steady], [note])
    columns = ("what", "MB after a tenth", "a half", "all", "added by the second half")
    columns += ("agent CPU µs each", "% of a core", "losses")
    note = "RSS + map memory. The paths are requested of the agent that the steady run has left behind."
    bench.table("Growth: processes and endpoints", columns, [processes, paths], [note])
