# SPDX-License-Identifier: Apache-2.0
"""Load on an HTTP server, and what its client found: {requests, seconds, p50, p99 (µs), cpu (ns of the client)}."""

import json
import re
import resource
import subprocess

from benchmark.bench import PROGRAMS
from benchmark.estimate import estimate
from benchmark.process import Process, run_command
from common.wrk import complaints, completed, wrk_command

UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1e9


def run_measured(command, timeout):
    """Output, and nanoseconds that the command ran."""
    before = children_cpu()
    output, _ = run_command(*command, timeout=timeout)
    return output, children_cpu() - before


def wrk_latency(text, share):
    value, unit = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE).groups()
    return float(value) * UNITS[unit]


def run_wrk(port, path, seconds, connections=16):
    """As fast as it goes, one thread; whole seconds."""
    command = wrk_command(port, path, seconds, connections, options=["--latency"])
    text, cpu = run_measured(command, seconds + 30)
    if complaints(text):
        raise RuntimeError(f"wrk met errors: {text}")
    took, unit = re.search(r" requests in ([\d.]+)(us|ms|s|m),", text).groups()
    return {
        "requests": completed(text),
        "seconds": float(took) * UNITS[unit] / 1e6,
        "p50": wrk_latency(text, 50),
        "p99": wrk_latency(text, 99),
        "cpu": cpu,
    }


def pace_command(port, rate, seconds, connections=16, path="/", warm_up=0.1, **options):
    """`options`: others of bench_pace; True stands for one without argument."""
    words = [PROGRAMS / "load" / "bench_pace", "--port", port, "--rate", rate, "--seconds", seconds]
    words += ["--connections", connections, "--path", path, "--warm-up", min(warm_up, seconds / 2)]
    for name, value in options.items():
        words += [f"--{name}"] if value is True else [f"--{name}", value]
    return [str(word) for word in words]


def pace_result(text):
    found = json.loads(text)
    if found["failed"]:
        raise RuntimeError(f"{found['failed']} requests failed")
    windows = estimate(found["windows"])
    return {**found, "requests": found["answered"], "window_p99": windows and windows.value}


class PacedLoad(Process):
    """Goes on beside what is measured until finish(), at most MAX_SECONDS."""

    MAX_SECONDS = 3600

    def __init__(self, port, rate, **options):
        super().__init__(*pace_command(port, rate, self.MAX_SECONDS, **options), stdout=subprocess.PIPE)

    def finish(self):
        self.process.terminate()
        return pace_result(self.process.stdout.read())


def run_pace(port, rate, seconds, **options):
    """At a fixed rate (0: as fast as it goes), whatever becomes of the answers."""
    text, cpu = run_measured(pace_command(port, rate, seconds, **options), seconds + 60)
    return {**pace_result(text), "cpu": cpu}
