# SPDX-License-Identifier: Apache-2.0
"""redis-server under redis-benchmark, a command at a time and sixteen, traced in every way."""

import csv
import re
import shutil
import socket
from functools import partial

from benchmark import tracing
from benchmark.estimate import alternate, estimate
from benchmark.loads import run_measured
from benchmark.nginx_tables import EXPORTING, TRACING, added, figures, middle, others_text, ratio, total, whole
from benchmark.process import Process
from benchmark.tracing import Target, measure
from common.paths import find_program
from common.ports import free_port, port_answers
from common.wait import wait_until

VARIANTS = (tracing.UNTRACED, *TRACING)
QUICK_VARIANTS = (tracing.UNTRACED, *EXPORTING)
PIPELINES = (1, 16)  # commands in one go
CONNECTIONS = 50  # redis-benchmark's own number
# A command is lost with its record, or its reply can't be told any more.
LOSSES = ("ring_full_request_head", "request_unpaired", "open_at_exit")


class CommandCounter:
    """Asks the server how many commands it has run, but these; over its Unix socket, which nobody traces."""

    def __init__(self, path):
        self.path = str(path)
        self.asked = 0

    def __call__(self):
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(self.path)
            asking.sendall(b"INFO stats\r\nQUIT\r\n")
            answer = b""
            while received := asking.recv(65536):
                answer += received
        commands = int(re.search(rb"total_commands_processed:(\d+)", answer).group(1))
        self.asked += 2
        return commands - self.asked


def socket_answers(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def start_redis(bench):
    """As a Target; stopped with the benchmark."""
    port, path = free_port(), bench.work / "socket"
    program = find_program("redis-server")
    if not program:
        raise RuntimeError("redis-server is not installed: run test-env/setup")
    # A copy, so that selecting its executable selects no other server of this machine.
    program = shutil.copy(program, bench.work / "redis-server")
    options = ["--port", port, "--bind", "127.0.0.1", "--unixsocket", path, "--dir", bench.work]
    server = Process(program, *options, "--save", "", "--appendonly", "no", "--logfile", bench.work / "log")
    bench.cleanup.enter_context(server)
    wait_until(lambda: port_answers(port) and socket_answers(path), "redis-server")
    return Target(port, (server.pid,), program, CommandCounter(path), LOSSES)


def run_redis_benchmark(port, pipeline, commands):
    """GETs of three bytes, as fast as it goes; latencies are those of a whole pipeline."""
    options = ["-p", port, "-c", CONNECTIONS, "-P", pipeline, "-n", commands, "-t", "get", "--csv"]
    text, cpu = run_measured(["redis-benchmark", *map(str, options)], timeout=120)
    [row] = csv.DictReader(text.splitlines())
    return {
        "requests": commands,
        "seconds": commands / float(row["rps"]),
        "p50": float(row["p50_latency_ms"]) * 1e3,
        "p99": float(row["p99_latency_ms"]) * 1e3,
        "cpu": cpu,
    }


def add_tables(bench, pipeline, samples):
    title = f"redis-benchmark -P {pipeline}"
    measured = {"rate": "commands/s", "p50": "p50 µs", "p99": "p99 µs"}
    speed, cost = [], []
    for variant in samples:
        pairs = [(whole(middle(samples, variant, name)), ratio(samples, variant, name)) for name in measured]
        speed.append([variant.name, *(figure for pair in pairs for figure in pair)])
        cost.append(
            [
                variant.name,
                middle(samples, variant, "server_cpu"),
                added(samples, variant, "server_cpu"),
                estimate(figures(samples, variant, "agent_cpu")),
            ]
        )
    bench.table(f"{title}: speed", ("variant", *(c for name in measured.values() for c in (name, "ratio"))), speed)
    bench.table(f"{title}: cost", ("variant", "redis CPU µs/command", "added", "agent CPU µs/exchange"), cost)


def add_results(bench, pipeline, samples):
    for variant, name in EXPORTING.items():
        prefix = f"redis.{name}.p{pipeline}"
        bench.result(f"{prefix}_ratio", ratio(samples, variant, "rate"), "×")
        bench.result(f"{prefix}_cpu_added", added(samples, variant, "server_cpu"), "µs")
        bench.result(f"{prefix}_agent_cpu", estimate(figures(samples, variant, "agent_cpu")), "µs")
        for count in ("unaccounted", "surplus"):
            bench.result(f"{prefix}_{count}", max(figures(samples, variant, count)), "exchanges")
    bench.result(f"redis.p{pipeline}_rate", middle(samples, tracing.UNTRACED, "rate"), "commands/s")


def account_rows(pipeline, samples):
    """Of all rounds together."""
    for variant in filter(TRACING.get, samples):
        counts = ("expected", "spans", "heads_lost", "export_lost")
        yield [
            f"-P {pipeline}: {variant.name}",
            *(total(samples, variant, name) for name in counts),
            others_text(samples, variant),
            *(total(samples, variant, name) for name in ("unaccounted", "surplus")),
        ]


def run(bench):
    target = start_redis(bench)
    variants = bench.pick(quick=QUICK_VARIANTS, default=VARIANTS)
    rounds = bench.pick(quick=2, default=3, long=9)
    commands = bench.pick(quick=50_000, default=100_000)
    accounts = []
    for pipeline in PIPELINES:
        bench.say(f"    -P {pipeline}: {rounds} rounds")
        load = partial(run_redis_benchmark, target.port, pipeline, commands * (4 if pipeline > 1 else 1))
        samples = alternate(variants, rounds, partial(measure, target=target, load=load))
        add_tables(bench, pipeline, samples)
        add_results(bench, pipeline, samples)
        accounts += account_rows(pipeline, samples)
    columns = ("load", "exchanges", "spans", "commands lost", "lost at export", "other losses")
    bench.table("Redis: what became of each exchange", (*columns, "unaccounted", "surplus"), accounts)
