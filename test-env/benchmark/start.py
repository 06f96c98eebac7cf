# SPDX-License-Identifier: Apache-2.0
"""How long the agent takes to see, and what its coming does to everybody else."""

import re
import time

from benchmark.estimate import estimate, paired_difference
from benchmark.loads import PacedLoad
from benchmark.process import MEGABYTE, Agent, start_server
from common.proc import cpu, peak

RATE = 5000
INTERVAL = 0.01  # s
LEAD = 2.0  # s of load before the agent starts: at least as long as it takes to come
SETTLED = 0.1  # s after which the load is even
AFTER = 0.3  # s after it is ready that still count as its coming
SPAN_START = re.compile(r'"startTimeUnixNano":\s*"(\d+)"')


def first_span(path):
    """Wall-clock nanoseconds of the earliest request that was traced."""
    return min(map(int, SPAN_START.findall(path.read_text())))


def extremes(load, begin, seconds):
    """
    Of the intervals from an instant on: the slowest answer in ms, and the fewest answers, of what is due; (None, None)
    where the load was not even yet. They grow with the time that is looked at: compare equal times.
    """
    first = int((begin - load["begin_ns"]) / 1e9 / INTERVAL)
    if first < SETTLED / INTERVAL:
        return None, None
    intervals = load["intervals"][first : first + round(seconds / INTERVAL)]
    return max(slowest for _, slowest in intervals) / 1e3, min(done for done, _ in intervals) / (RATE * INTERVAL)


def measure(bench, port, number):
    output = bench.work / f"spans-{number}.json"
    with PacedLoad(port, RATE, interval=INTERVAL) as load:
        time.sleep(LEAD)
        wall = time.time_ns()
        with Agent("--port", port, "--format", "json", "--output", output) as agent:
            used, resident, maps = cpu(agent.pid), *agent.memory()
            most = peak(agent.pid)
            time.sleep(AFTER + 2 * INTERVAL)
        found = load.finish()
    coming = (agent.ready - agent.began) / 1e9 + AFTER
    pause_before, least_before = extremes(found, agent.began - coming * 1e9, coming)
    pause, least = extremes(found, agent.began, coming)
    return {
        "ready": (agent.ready - agent.began) / 1e9,
        "first_traced": (first_span(output) - wall) / 1e9,
        "cpu": used / 1e6,
        "memory": (resident + maps) / MEGABYTE,
        "peak": (most + maps) / MEGABYTE,
        "pause_before": pause_before,
        "pause": pause,
        "least_before": least_before,
        "least": least,
    }


def run(bench):
    server = start_server(bench, 0)
    samples = [measure(bench, server.port, number) for number in range(bench.pick(quick=2, default=7, long=15))]

    def figures(name):
        return [sample[name] for sample in samples]

    rows = [
        ("from exec to ready, s", estimate(figures("ready"))),
        ("from exec to the first traced request, s", estimate(figures("first_traced"))),
        ("agent CPU until ready, ms", estimate(figures("cpu"))),
        ("RSS + map memory when ready, MB", estimate(figures("memory"))),
        ("the same, at most until then, MB", estimate(figures("peak"))),
        ("slowest answer before, ms", estimate(figures("pause_before"))),
        ("slowest answer while it comes, ms", estimate(figures("pause"))),
        ("added", paired_difference(figures("pause"), figures("pause_before"))),
        ("fewest answers in 10 ms before, of what is due", estimate(figures("least_before"))),
        ("fewest answers in 10 ms while it comes", estimate(figures("least"))),
    ]
    notes = [
        f"Beside {RATE:,} requests/s on connections that are older than the agent; medians of {len(samples)} starts. "
        f"*while it comes*: from exec to {AFTER} s after it is ready; *before*: the same time right before "
        "(–: the load had not lasted that long)."
    ]
    bench.table("Start", ("what", "figure"), rows, notes)
    for name, unit in (("ready", "s"), ("first_traced", "s"), ("cpu", "ms"), ("memory", "MB"), ("peak", "MB")):
        bench.result(f"start.{name}", estimate(figures(name)), unit)
    bench.result("start.pause_added", paired_difference(figures("pause"), figures("pause_before")), "ms")
