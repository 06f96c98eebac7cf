# SPDX-License-Identifier: Apache-2.0
"""The engine from a recording, and each parser and encoder by itself."""

import json
import re
import resource
import shutil

from benchmark.bench import BINARY, BUILD
from benchmark.estimate import Estimate, estimate
from benchmark.loads import run_pace
from benchmark.nginx import start_nginx
from benchmark.process import Agent, run_command

ENGINE = BUILD / "correlate" / "bench_engine"
PARSERS = (
    BUILD / "correlate" / "protocol" / "http1" / "bench_http1",
    BUILD / "correlate" / "protocol" / "http1" / "bench_framing",
    BUILD / "correlate" / "link" / "bench_tracecontext",
    BUILD / "correlate" / "protocol" / "redis" / "bench_redis",
)
ENCODERS = BUILD / "otlp" / "encode" / "bench_encoder"
RATE = 10_000  # requests/s recorded: few enough to lose none


def run_cases(bench, program, *arguments):
    """{name: case} of a program on base/bench/harness.h."""
    options = bench.pick(quick=["--quick"], default=[])
    output, _ = run_command(program, *options, *arguments, timeout=600)
    cases = [json.loads(line) for line in output.splitlines()]
    return {case["name"]: case for case in cases}


def time_of(case):
    return Estimate(case["ns"], case["low"], case["high"])


def rate(time):
    """Millions a second, from ns."""
    return Estimate(*(1e3 / ns for ns in (time.value, time.high, time.low)))


def throughput_of(case):
    """MB/s."""
    return Estimate(*(case["bytes"] / case[name] * 1e3 for name in ("ns", "high", "low")))


def name_and_time(case):
    return case["name"], round(case["bytes"]), time_of(case).text(0)


def bench_parsers(bench):
    cases = {name: case for program in PARSERS for name, case in run_cases(bench, program).items()}
    rows = []
    for name, case in cases.items():
        rows.append((*name_and_time(case), throughput_of(case).text(0), case["allocations"]))
        bench.result(f"engine.parser.{name}", throughput_of(case), "MB/s")
    notes = ["A head, a chunk, a field's value, commands or replies each; *read*: from a stream that comes whole or in pieces."]
    bench.table("Parsers", ("what", "bytes", "ns", "MB/s", "allocations"), rows, notes)


def bench_encoders(bench):
    rows = []
    for name, case in run_cases(bench, ENCODERS).items():
        rows.append((*name_and_time(case), rate(time_of(case)), case["allocations"]))
        bench.result(f"engine.{name}", rate(time_of(case)), "M spans/s")
    notes = ["Spans of 25 attributes, 512 in a request; gzip includes encoding. Bytes: of a span, as it leaves."]
    bench.table("Encoders", ("what", "bytes", "ns", "M spans/s", "allocations"), rows, notes)


def record(bench):
    """A recording of nginx and its client, both ends traced, and what of it was lost."""
    target = start_nginx(bench)
    path = bench.work / "nginx.wsr"
    with Agent("--format", "none", "--port", target.port, "--record", path) as agent:
        run_pace(target.port, RATE, bench.pick(quick=2, default=5))
        agent.wait_settled()
    return path, agent.losses


def replay(*arguments):
    """Nanoseconds that `wirespan replay` computes, both threads."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run_command(BINARY, "replay", *arguments, timeout=600)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e9


def replay_exchange(path, exchanges):
    """Nanoseconds per exchange, without what starting the program takes."""
    return (replay(path, "--format", "none") - replay("--help")) / exchanges


def instructions(exchanges, *arguments):
    """That the engine executes per exchange, by callgrind; the same in every run. None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=engine_step")
    _, said = run_command(*callgrind, ENGINE, "--smoke", *arguments, timeout=1200)
    return int(re.search(r"Collected : (\d+)", said).group(1)) / exchanges


def engine_row(name, cases, counted, whole=None):
    case, copied = cases["engine/exchange"], cases["engine/exchange_copied"]
    times = [time and time.text(0) for time in (time_of(case), time_of(copied), whole)]
    speeds = (rate(time_of(case)), whole and rate(whole))
    numbers = (case["allocations"], counted and f"{counted:.0f}")
    return (name, cases["recording"]["exchanges"], *times, *speeds, *numbers)


def bench_recording(bench, path):
    """The table's row, and the size of an exchange's records."""
    cases = run_cases(bench, ENGINE, path)
    exchanges = cases["recording"]["exchanges"]
    counted = instructions(exchanges, path) if bench.pick(quick=False, default=False, long=True) else None
    whole = estimate([replay_exchange(path, exchanges) for _ in range(bench.pick(quick=3, default=7))])
    bench.result("engine.exchanges_per_second", rate(whole), "M/s")
    bench.result("engine.correlate_exchanges_per_second", rate(time_of(cases["engine/exchange"])), "M/s")
    bench.result("engine.allocations_per_exchange", cases["engine/exchange"]["allocations"], "")
    return engine_row("nginx, both ends", cases, counted, whole), cases["recording"]["bytes"] / exchanges


def run(bench):
    bench_parsers(bench)
    bench_encoders(bench)
    script = run_cases(bench, ENGINE)
    counted = instructions(script["recording"]["exchanges"])
    path, losses = record(bench)
    row, size = bench_recording(bench, path)
    columns = ("recording", "exchanges", "engine (ns)", "with copy (ns)", "`replay` (ns)")
    columns += ("engine: M/s", "`replay`: M/s", "allocations", "instructions")
    notes = [
        "CPU time per exchange. *engine*: records in memory to spans; *with copy*: of each span, as for the exporter; "
        "*replay*: all of `wirespan replay --format none` but its start: it reads and decompresses the file, too, and "
        "has the exporter's thread. Allocations and instructions are the engine's.",
        f"{size:.0f} B of records per exchange of nginx. Lost while recording: {losses or 'nothing'}.",
    ]
    bench.table("Engine", columns, [row, engine_row("scripted", script, counted)], notes)
    if counted:
        bench.result("engine.instructions_per_exchange", counted, "")
