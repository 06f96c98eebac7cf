# SPDX-License-Identifier: Apache-2.0
"""What a hook adds to a call, in ns: nothing, empty programs, the least that a tracer does, and the agent."""

import json
import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from benchmark.bench import PROGRAMS
from benchmark.estimate import Estimate, alternate, estimate, paired_difference
from benchmark.process import Agent, Watcher

CALLS = PROGRAMS / "bpf" / "bench_calls"
SIZES = {256: "256 B", 16384: "16 KB"}
TRACED = ("--exe", f"*/{CALLS.name}")
UNSELECTED = ("--exe", "*/nobody-is-called-so")
VARIANTS = ("none", "empty", "submit", "copy", "real", "unselected")
COLUMNS = (
    *("call", "no hooks (ns)", "empty", "look-up + record", "the same, filled", "traced", "unselected"),
    *("traced / record", "traced / filled", "unselected / empty"),
)
NOTES = (
    "From the third column on: what is added to the second, medians of differences within a round.",
    "*look-up + record*: finds what it keeps of the socket and submits a record as large as the agent's; *filled*: it "
    "also asks for time and thread and reads the caller's bytes. Ratios compare what is added.",
)


class Reference(Watcher):
    """The agent's hooks with other programs; after stop(), `lost` has how many records found no room."""

    def __init__(self, *arguments):
        super().__init__(PROGRAMS / "bpf" / "bench_hooks", *arguments, name="bench_hooks")

    def _ended(self, said):
        self.lost = int(re.search(r"lost (\d+)$", said, re.MULTILINE).group(1))


def hooks_of(process):
    """The tracepoints that a process has attached programs to."""
    texts = []
    for file in Path(f"/proc/{process.pid}/fdinfo").iterdir():
        texts.append(file.read_text())
    return sorted(name for text in texts for name in re.findall(r"^tp_name:\s*(\S+)$", text, re.MULTILINE))


def quiet(blocks):
    """The lower quartile: what else happens on a machine only ever adds time."""
    return quantiles(blocks, n=4)[0]


def run_tool(*command):
    words = [str(word) for word in command]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout)


class Calls:
    """The program that makes the calls: on a CPU of its own, where there are two."""

    def __init__(self, bench):
        self.blocks = bench.pick(quick=20, default=30, long=60)
        cpus = sorted(os.sched_getaffinity(0))
        self.pin = ["--cpu", cpus[0]] if len(cpus) > 1 else []
        if self.pin:
            # Inherited by agents and by what they are compared with.
            os.sched_setaffinity(0, cpus[1:])
            bench.cleanup.callback(os.sched_setaffinity, 0, cpus)

    def tcp(self, size):
        # A block's records are to fit into a part of the ring.
        block = ["--blocks", self.blocks, "--trips", 100 if size <= 4096 else 40, "--pause", 5]
        return run_tool(CALLS, *self.pin, *block, "--size", size, "tcp")

    def getppid(self):
        return run_tool(CALLS, *self.pin, "--blocks", self.blocks, "getppid")

    def figures(self, size):
        """{call: ns}"""
        tcp = self.tcp(size)
        found = {f"{call} {SIZES[size]}": quiet(tcp[call]) for call in ("send", "receive")}
        if size == min(SIZES):
            found["getppid"] = quiet(self.getppid()["getppid"])
        return found


def check_hooks(hooks):
    """What is called empty hooks has to be those of the agent."""
    with Reference("--hooks", hooks, "empty") as empty, Agent("--format", "none", "--hooks", hooks) as agent:
        wanted, found = hooks_of(agent), hooks_of(empty)
    if wanted != found:
        raise RuntimeError(f"the agent attaches to {wanted}, bench_hooks to {found}")
    return wanted


def agent_hooks():
    """How the agent attaches here: "socket" or "syscall"."""
    with Agent("--format", "none") as agent:
        return "syscall" if "sys_exit" in hooks_of(agent) else "socket"


class Records(NamedTuple):
    """Those that the agent makes of the calls of one size."""

    size: int  # bytes, of one
    per_call: float


def agent_records(bench, calls, hooks, size):
    recording = bench.work / f"{size}.wsr"
    with Agent("--format", "none", "--hooks", hooks, "--record", recording, *TRACED) as agent:
        made = calls.tcp(size)["calls"]
        agent.wait_settled()
    found = run_tool(PROGRAMS / "bpf" / "bench_records", recording, size)
    if not found["records"]:
        raise RuntimeError(f"the agent made no records of {size} bytes: {agent.errors}")
    return Records(round(found["bytes"] / found["records"] / 8) * 8, found["records"] / made)


class Comparison:
    """Runs the variants, and minds what none of them may do."""

    def __init__(self, calls, hooks, records):
        self.calls = calls
        self.hooks = ("--hooks", hooks)
        self.records = records
        self.lost = {}

    @contextmanager
    def _attached(self, variant, size):
        if variant == "none":
            yield
        elif variant in ("real", "unselected"):
            with Agent("--format", "none", *self.hooks, *(TRACED if variant == "real" else UNSELECTED)) as agent:
                yield
            self._note_loss(variant, sum(n for name, n in agent.losses.items() if name.startswith("ring_full")))
        else:
            with Reference(*self.hooks, "--record", self.records[size].size, variant) as reference:
                yield
            self._note_loss(variant, reference.lost)

    def _note_loss(self, variant, count):
        self.lost[variant] = self.lost.get(variant, 0) + count

    def measure(self, variant):
        """One agent serves all sizes; a reference has its record's size."""
        found = {}
        if variant in ("submit", "copy"):
            for size in SIZES:
                with self._attached(variant, size):
                    found.update(self.calls.figures(size))
            return found
        with self._attached(variant, min(SIZES)):
            for size in SIZES:
                found.update(self.calls.figures(size))
        return found


def ratio(added, base):
    """Of two medians; the spread is that of the rounds."""
    rounds = [one / other for one, other in zip(added, base) if other > 0]
    if median(base) <= 0 or not rounds:
        return None
    return Estimate(median(added) / median(base), min(rounds), max(rounds))


class Row:
    """What the variants add to one call."""

    def __init__(self, call, samples):
        self.call = call
        self.none = [figures[call] for figures in samples["none"]]
        self.added = {
            variant: [figures[call] - none for figures, none in zip(samples[variant], self.none)]
            for variant in VARIANTS[1:]
        }
        self.is_socket = call != "getppid"

    def ratio(self, variant, base):
        return ratio(self.added[variant], self.added[base]) if self.is_socket else None

    def cells(self):
        times = [estimate(self.none), *(estimate(self.added[variant]) for variant in VARIANTS[1:])]
        ratios = [self.ratio(*pair) for pair in (("real", "submit"), ("real", "copy"), ("unselected", "empty"))]
        return (self.call, *(time.text(0) for time in times), *ratios)


def add_results(bench, rows, samples):
    sockets = [row for row in rows if row.is_socket]
    # The budget is for each of them: the worst counts.
    for name, pair in (("traced_ratio", ("real", "submit")), ("unselected_ratio", ("unselected", "empty"))):
        ratios = [found for found in (row.ratio(*pair) for row in sockets) if found]
        if ratios:
            bench.result(f"hook_cost.{name}", max(ratios, key=lambda found: found.value), "×")
    unrelated = {variant: [figures["getppid"] for figures in samples[variant]] for variant in VARIANTS}
    bench.result("hook_cost.unrelated_added", paired_difference(unrelated["real"], unrelated["empty"]), "ns")
    for row in rows:
        name = row.call.replace(" ", "")
        for variant, added in row.added.items():
            bench.result(f"hook_cost.{name}.{variant}_added", estimate(added), "ns")
    series = {variant: {row.call: estimate(row.added[variant]) for row in rows} for variant in VARIANTS[1:]}
    bench.plot("hook_cost", "Time added to a call", "bar", "", "ns", series)


def run(bench):
    calls = Calls(bench)
    hooks = agent_hooks()
    attached = check_hooks(hooks)
    records = {size: agent_records(bench, calls, hooks, size) for size in SIZES}
    comparison = Comparison(calls, hooks, records)
    samples = alternate(VARIANTS, bench.pick(quick=3, default=9, long=21), comparison.measure)
    rows = [Row(call, samples) for call in samples["none"][0]]
    sizes = ", ".join(f"{SIZES[size]}: {made.size} B, {made.per_call:.2f} a call" for size, made in records.items())
    notes = [f"Attached to {', '.join(attached)}. The agent's records: {sizes}.", *NOTES]
    if any(comparison.lost.values()):
        notes.append(f"Records that found no room, and so cost less: {comparison.lost}.")
    bench.table("Hook cost", COLUMNS, [row.cells() for row in rows], notes)
    add_results(bench, rows, samples)
