# SPDX-License-Identifier: Apache-2.0
"""What a hook adds to a call, in ns: nothing, empty programs, the least that a tracer does, and the agent."""

import json
import os
from contextlib import contextmanager
from statistics import median, quantiles
from typing import NamedTuple

from benchmark.bench import PROGRAMS
from benchmark.estimate import Estimate, alternate, estimate, paired_difference
from benchmark.hook_cost_attached import CALL_HOOKS, Reference, agent_mode, same_hooks, strangers
from benchmark.hook_cost_programs import run_times, statistics
from benchmark.process import Agent, run_command

CALLS = PROGRAMS / "bpf" / "bench_calls"
SIZES = {256: "256 B", 16384: "16 KB"}
TRACED = ("--exe", f"*/{CALLS.name}")
UNSELECTED = ("--exe", "*/nobody-is-called-so")
MODES = {"socket": "the sockets' tracepoints", "syscall": "the system calls' tracepoints"}
VARIANTS = ("none", "empty", "submit", "copy", "real", "unselected")
RATIOS = (("real", "submit"), ("real", "copy"), ("unselected", "empty"))
DISTURBED = "disturbed"
ROUNDS_MIN = 2
SETTLE = 200  # ms from the calling process's start to its first call
TITLES = dict(zip(VARIANTS, ("no hooks (ns)", "empty", "look-up + record", "the same, filled", "traced", "unselected")))
COLUMNS = (
    *("call", *TITLES.values()),
    *("traced / record", "traced / filled", "unselected / empty"),
)
NOTES = (
    "From the third column on: what is added to the second, medians of differences within a round.",
    "*look-up + record*: finds what it keeps of the socket and submits a record as large as the agent's; *filled*: it "
    "also asks for time and thread and reads the caller's bytes. A round's figure is the lower quartile of its blocks "
    "of calls.",
    "Ratios compare what is added: they are those of the medians; in brackets the smallest and the largest of a round. "
    "There is none where the median of what the base adds is not above 0.",
    f"The calling process opens its connection {SETTLE} ms after its start, as agents judge processes only after a "
    "while.",
)


def quiet(blocks):
    """The lower quartile: what else happens on a machine only ever adds time."""
    return quantiles(blocks, n=4)[0]


def run_tool(*command):
    output, _ = run_command(*command, timeout=120)
    return json.loads(output)


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

    def place(self):
        """For the table's notes."""
        if self.pin:
            return "The calls have a processor to themselves; the agent, and what it is compared with, have the rest."
        return "The calls and the agent share a processor."

    def tcp(self, size):
        # A block's records are to fit into a part of the ring.
        block = ["--blocks", self.blocks, "--trips", 100 if size <= 4096 else 40, "--pause", 5, "--settle", SETTLE]
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
    """Runs the variants, and minds what would make them wrong."""

    def __init__(self, calls, hooks, records):
        self.calls = calls
        self.hooks = ("--hooks", hooks)
        self.records = records
        # In this measurement somebody else's programs were attached, or records found no room, and so cost less.
        self.disturbed = False

    @contextmanager
    def attached(self, variant, size):
        """The process that is attached meanwhile."""
        if variant == "none":
            yield None
            self.disturbed |= bool(strangers(set()))
        elif variant in ("real", "unselected"):
            with Agent("--format", "none", *self.hooks, *(TRACED if variant == "real" else UNSELECTED)) as agent:
                yield agent
                self.disturbed |= bool(strangers({agent.pid}))
            self.disturbed |= any(name.startswith("ring_full") for name in agent.losses)
        else:
            with Reference(*self.hooks, "--record", self.records[size].size, variant) as reference:
                yield reference
                self.disturbed |= bool(strangers({reference.pid}))
            self.disturbed |= reference.lost > 0

    def measure(self, variant):
        """{call: ns}. One agent serves all sizes; a reference has its record's size."""
        found = {}
        self.disturbed = bool(strangers(set()))
        for sizes in [[size] for size in SIZES] if variant in ("submit", "copy") else [list(SIZES)]:
            with self.attached(variant, sizes[0]):
                for size in sizes:
                    found.update(self.calls.figures(size))
        return {**found, DISTURBED: self.disturbed}


def undisturbed(samples):
    """The rounds that nobody disturbed, and a note on the others; all of them, where too few are left."""
    rounds = range(len(samples["none"]))
    calm = [i for i in rounds if not any(figures[i][DISTURBED] for figures in samples.values())]
    count = len(rounds) - len(calm)
    if count == 0:
        return samples, []
    why = "somebody else's programs were attached, too, or records found no room"
    if len(calm) < ROUNDS_MIN:
        return samples, [f"In {count} of {len(rounds)} rounds {why}: compare nothing."]
    kept = {variant: [figures[i] for i in calm] for variant, figures in samples.items()}
    return kept, [f"{count} of {len(rounds)} rounds are left out: {why}."]


def ratio(added, base):
    """Of two medians; the spread is that of the rounds whose base is above 0."""
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
        return (self.call, *(time.text(0) for time in times), *(self.ratio(*pair) for pair in RATIOS))

    def notes(self):
        """On the rounds that are not in a ratio's brackets."""
        left_out = {base: sum(added <= 0 for added in self.added[base]) for _, base in RATIOS}
        counts = [f"{TITLES[base]} {count} of {len(self.none)}" for base, count in left_out.items() if count]
        if not self.is_socket or not counts:
            return []
        return [f"{self.call}: rounds in which a base added nothing are not in the brackets: {', '.join(counts)}."]


def add_results(bench, rows, samples, prefix):
    sockets = [row for row in rows if row.is_socket]
    # The budget is for each of them: the worst counts.
    for name, pair in (("traced_ratio", ("real", "submit")), ("unselected_ratio", ("unselected", "empty"))):
        ratios = [found for found in (row.ratio(*pair) for row in sockets) if found]
        if ratios:
            bench.result(f"{prefix}.{name}", max(ratios, key=lambda found: found.value), "×")
    unrelated = {variant: [figures["getppid"] for figures in samples[variant]] for variant in VARIANTS}
    bench.result(f"{prefix}.unrelated_added", paired_difference(unrelated["real"], unrelated["empty"]), "ns")
    for row in rows:
        name = row.call.replace(" ", "")
        for variant, added in row.added.items():
            bench.result(f"{prefix}.{name}.{variant}_added", estimate(added), "ns")
    series = {variant: {row.call: estimate(row.added[variant]) for row in rows} for variant in VARIANTS[1:]}
    bench.plot(prefix, "Time added to a call", "bar", "", "ns", series)


def add_programs(bench, comparison, prefix):
    """Where the time goes: inside the programs, or on the way to them."""
    times = {}
    for variant in VARIANTS[1:]:
        with statistics(), comparison.attached(variant, min(SIZES)) as process:
            comparison.calls.tcp(min(SIZES))
            times[variant] = run_times(process.pid)
    hooks = sorted({hook for found in times.values() for hook in found} & CALL_HOOKS)
    rows = [(hook, *(times[variant].get(hook) for variant in VARIANTS[1:])) for hook in hooks]
    notes = [f"ns per run, {SIZES[min(SIZES)]} a call, by anybody. What measuring itself takes is in all of them."]
    bench.table("Inside the programs", ("hook", *COLUMNS[2:7]), rows, notes)
    for hook, *_ in rows:
        bench.result(f"{prefix}.program.{hook}", times["real"].get(hook), "ns")


def compare(bench, calls, mode, prefix):
    attached = same_hooks(mode)
    records = {size: agent_records(bench, calls, mode, size) for size in SIZES}
    comparison = Comparison(calls, mode, records)
    measured = alternate(VARIANTS, bench.pick(quick=3, default=13, long=21), comparison.measure)
    samples, caveats = undisturbed(measured)
    rows = [Row(call, samples) for call in samples["none"][0] if call != DISTURBED]
    sizes = ", ".join(f"{SIZES[size]}: {made.size} B, {made.per_call:.2f} a call" for size, made in records.items())
    notes = [f"Attached to {', '.join(attached)}. The agent's records: {sizes}.", *NOTES, calls.place(), *caveats]
    notes += [note for row in rows for note in row.notes()]
    bench.table(f"Hook cost, {MODES[mode]}", COLUMNS, [row.cells() for row in rows], notes)
    add_results(bench, rows, samples, prefix)
    add_programs(bench, comparison, prefix)


def run(bench):
    calls = Calls(bench)
    mode = agent_mode()
    compare(bench, calls, mode, "hook_cost")
    if bench.pick(quick=False, default=False, long=mode == "socket"):
        # What older kernels have to do with.
        compare(bench, calls, "syscall", "hook_cost.syscall")
