# SPDX-License-Identifier: Apache-2.0
"""What the agent grows with: connections, processes, endpoints, time."""

import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

from benchmark.estimate import slope
from benchmark.loads import pace_command, pace_result, run_pace
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


def processes_row(bench, sink):
    count = bench.pick(quick=1000, default=10_000)
    with Agent("--endpoint", sink.endpoint) as agent:
        short_lived(count // 10)
        agent.wait_settled()
        before, used = memory(agent), cpu(agent.pid)
        began = time.monotonic()
        short_lived(count)
        took = time.monotonic() - began
        agent.wait_settled()
        used = cpu(agent.pid) - used
        after = memory(agent)
    bench.result("growth.processes.memory_added", after - before, "MB")
    bench.result("growth.processes.cpu", used / count / 1e3, "µs/process")
    what = f"{count:,} short-lived processes"
    return [what, before, after, after - before, used / count / 1e3, 100 * used / took / 1e9, losses_text(agent)]


def endpoints_row(bench, sink, port):
    count = bench.pick(quick=100_000, default=1_000_000)
    with Agent("--endpoint", sink.endpoint, "--port", port) as agent:
        run_pace(port, 0, 60, path="/same", requests=count // 10)
        agent.wait_settled()
        before, used = memory(agent), cpu(agent.pid)
        load = run_pace(port, 0, 120, path="/endpoint-", requests=count, distinct=True)
        after = memory(agent)
        agent.wait_settled()
        used = cpu(agent.pid) - used
    made = load["requests"]
    bench.result("growth.endpoints.memory_added", after - before, "MB")
    what = f"{made:,} distinct paths"
    share = 100 * used / load["seconds"] / 1e9
    return [what, before, after, after - before, used / made / 1e3, share, losses_text(agent)]


def add_counts(bench, sink):
    server = start_server(bench, 0)
    rows = [processes_row(bench, sink), endpoints_row(bench, sink, server.port)]
    columns = ("what", "MB before", "MB after", "added", "agent CPU µs each", "% of a core", "losses")
    bench.table("Growth: processes and endpoints", columns, rows, ["RSS + map memory, after a tenth as many before."])


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
    """The first quarter of the time is for what fills once."""
    seconds = bench.pick(quick=5, default=45, long=1200)
    server = start_server(bench, 0)
    with Agent("--endpoint", sink.endpoint, "--port", server.port) as agent:
        command = pace_command(server.port, STEADY_RATE, seconds + 1)
        with Process(*command, stdout=subprocess.PIPE) as load:
            samples = sample_steady(agent, seconds)
            requests = pace_result(load.process.stdout.read())["requests"]
    quarter = len(samples) // 4
    settled = samples[quarter:]
    first, last = (median(megabytes for _, megabytes, _ in part) for part in (settled[:quarter], settled[-quarter:]))
    per_minute = [60 * slope([(sample[0], sample[figure]) for sample in settled]) for figure in (1, 2)]
    bench.result("growth.steady.memory_added", last - first, "MB")
    bench.result("growth.steady.slope", per_minute[0], "MB/min")
    row = [f"{seconds} s, {requests:,} requests", first, last, *per_minute, losses_text(agent)]
    columns = ("run", "MB at first", "MB at last", "MB/min", "% of a core/min", "losses")
    note = "RSS + map memory, medians of the second and the last quarter, and the slope through all but the first."
    bench.table("Growth: a steady 10,000 requests/s, both ends", columns, [row], [note])
    points = [(at, megabytes) for at, megabytes, _ in samples]
    bench.plot("growth-steady", "10,000 requests/s, both ends", "line", "s", "RSS + maps, MB", {"agent": points})


def run(bench):
    sink = bench.cleanup.enter_context(Sink())
    for part in (add_connections, add_counts, add_steady):
        bench.say(f"    {part.__name__.removeprefix('add_')}")
        part(bench, sink)
