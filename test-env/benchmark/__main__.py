# SPDX-License-Identifier: Apache-2.0
"""The command line behind test-env/bench."""

import argparse
import importlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from benchmark.bench import Bench
from benchmark.budget import judge
from benchmark.machine import busy_share, describe_machine
from benchmark.process import kill_children
from benchmark.report import Report

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)
BUSY = 0.15  # of the processors' time, before we take any
BENCHMARKS = ("hook_cost", "nginx", "redis", "fixed_rate", "engine", "growth", "start")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="test-env/bench", description="What Wirespan costs on this machine.")
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument("--quick", action="store_const", dest="mode", const="quick", help="two minutes, all tables")
    lengths.add_argument("--long", action="store_const", dest="mode", const="long", help="40 minutes, 20 steady")
    parser.add_argument("--only", metavar="NAME[,NAME]", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results here, too")
    parser.add_argument("--plots", metavar="DIR", type=Path, help="draw them into this directory")
    parser.add_argument("--cpus", metavar="N", type=int, help="use that many processors (default: 2)")
    parser.set_defaults(mode="default")
    arguments = parser.parse_args()
    arguments.names = list(BENCHMARKS) if arguments.only is None else arguments.only.split(",")
    unknown = set(arguments.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(map(repr, sorted(unknown)))}")
    available = len(os.sched_getaffinity(0))
    if arguments.cpus is None:
        arguments.cpus = min(2, available)
    if not 1 <= arguments.cpus <= available:
        parser.error(f"--cpus: from 1 to {available}, which there are")
    try:
        require_writable(arguments)
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    return arguments


def require_writable(arguments):
    """Told before hours of measuring, not behind them. OSError."""
    if arguments.json:
        arguments.json.open("a").close()
    if arguments.plots:
        arguments.plots.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=arguments.plots).close()


def run_benchmark(name, mode, report):
    """True when it came to its end; what it started is stopped in any case."""
    began = time.monotonic()
    print(f"==> {name}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="wirespan-bench-") as work:
        bench = Bench(mode, Path(work), report)
        try:
            with bench.cleanup:
                importlib.import_module(f"benchmark.{name}").run(bench)
        except Exception:
            traceback.print_exc()
            return False
    print(f"    {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return True


def write_json(path, machine, arguments, report, budget):
    columns = ("what", "limit", "measured", "verdict")
    content = {
        **machine,
        "mode": arguments.mode,
        "results": report.results,
        "tables": [vars(table) for table in report.tables],
        "budget": [dict(zip(columns, row)) for row in budget],
    }
    path.write_text(json.dumps(content, indent="\t", ensure_ascii=False) + "\n")


def interrupt(number, _):
    """Unwinds all `with` blocks, which stop what they hold; a second signal would leave some of it behind."""
    for each in INTERRUPTIONS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    arguments = parse_arguments()
    for number in INTERRUPTIONS:
        signal.signal(number, interrupt)
    # Of all that follows: what is traced, who asks, the agent and its collector share them.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.cpus])
    busy = busy_share()
    machine = describe_machine(busy)
    print("".join(f"{name}: {value}\n" for name, value in machine.items()))
    if busy > BUSY:
        print("bench: the machine is busy: little of what follows will be true", file=sys.stderr)
    report = Report()
    failed = [name for name in arguments.names if not run_benchmark(name, arguments.mode, report)]
    budget = judge(report.results, arguments.mode)
    report.table("Budget", ("what", "limit", "measured", "verdict"), budget)
    if arguments.json:
        write_json(arguments.json, machine, arguments, report, budget)
    if arguments.plots and not report.plots:
        print(f"bench: nothing is drawn of {', '.join(arguments.names)}", file=sys.stderr)
    elif arguments.plots:
        # Only here: it takes a second to load.
        importlib.import_module("benchmark.draw").draw_all(report.plots, arguments.plots)
    if failed:
        print(f"bench: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        kill_children()
