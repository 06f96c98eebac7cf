# SPDX-License-Identifier: Apache-2.0
"""What the agent grows with: connections, processes, endpoints, time."""

import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

from benchmark.estimate import slope
from benchmark.loads import PacedLoad, run_pace
from benchmark.process import MEGABYTE, Agent, Process, Sink, cpu, start_server

CONNECTIONS = (10, 1000, 20_000)
CONNECTIONS_PER_PROCESS = 15_000  # of the 20,000 descriptors that many systems allow at most
STEADY_RATE = 10_000
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
    subprocess.run(["sh", "-c", f"seq {count} | xargs -P 2 -n 1 true"], check=True, timeout=600)


def count_row(bench, name, count, options, make):
    """Memory after make() of a tenth, of a half and of all of `count`, and CPU; what is bounded grows no more then."""
    sizes = []
    with Agent(*options) as agent:
        make(count // 10, "first")
        agent.wait_settled()
        used, began = cpu(agent.pid), time.monotonic()
        for part in ("second", "third"):
            sizes.append(memory(agent))
            make(count // 2, part)
            agent.wait_settled()
        used, took = cpu(agent.pid) - used, time.monotonic() - began
        sizes.append(memory(agent))
    bench.result(f"growth.{name}.memory_added", sizes[2] - sizes[1], "MB")
    bench.result(f"growth.{name}.cpu", used / count / 1e3, "µs")
    return [*sizes, sizes[2] - sizes[1], used / count / 1e3, 100 * used / took / 1e9, losses_text(agent)]


def add_counts(bench, sink):
    """Processes under the default selection, which is all of them; paths at both ends of the connections."""
    server = start_server(bench, 0)
    processes = bench.pick(quick=1000, default=10_000)
    paths = bench.pick(quick=100_000, default=1_000_000)
    everything = ("--endpoint", sink.endpoint)

    def make_paths(count, name):
        run_pace(server.port, 0, 300, path=f"/{name}-", requests=count, distinct=True)

    row = count_row(bench, "processes", processes, everything, lambda count, _: short_lived(count))
    rows = [[f"{processes:,} short-lived processes", *row]]
    row = count_row(bench, "endpoints", paths, (*everything, "--port", server.port), make_paths)
    rows.append([f"{paths:,} distinct paths", *row])
    columns = ("what", "MB after a tenth", "a half", "all", "added by the second half")
    columns += ("agent CPU µs each", "% of a core", "losses")
    bench.table("Growth: processes and endpoints", columns, rows, ["RSS + map memory."])


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


def add_steady(bench, sink):
    """The first half of the time is for what fills once."""
    seconds = bench.pick(quick=14, default=45, long=1200)
    server = start_server(bench, 0)
    options = ("--endpoint", sink.endpoint, "--port", server.port)
    with Agent(*options) as agent, PacedLoad(server.port, STEADY_RATE) as load:
        samples = sample_steady(agent, seconds)
        requests = load.finish()["requests"]
    settled = samples[len(samples) // 2 :]
    middle = len(settled) // 2
    first, last = (median(megabytes for _, megabytes, _ in part) for part in (settled[:middle], settled[middle:]))
    per_minute = [60 * slope([(sample[0], sample[figure]) for sample in settled]) for figure in (1, 2)]
    bench.result("growth.steady.memory_added", last - first, "MB")
    bench.result("growth.steady.slope", per_minute[0], "MB/min")
    row = [f"{seconds} s, {requests:,} requests", first, last, *per_minute, losses_text(agent)]
    columns = ("run", "MB, third quarter", "last quarter", "MB/min", "% of a core/min", "losses")
    note = "RSS + map memory, medians of quarters; the slope is that of the later half."
    bench.table("Growth: a steady 10,000 requests/s, both ends", columns, [row], [note])
    points = [(at, megabytes) for at, megabytes, _ in samples]
    bench.plot("growth-steady", "10,000 requests/s, both ends", "line", "s", "RSS + maps, MB", {"agent": points})


def run(bench):
    sink = bench.cleanup.enter_context(Sink())
    for part in (add_connections, add_counts, add_steady):
        bench.say(f"    {part.__name__.removeprefix('add_')}")
        part(bench, sink)
