# SPDX-License-Identifier: Apache-2.0
"""What is told of the rounds with nginx."""

import os
from collections import Counter

from benchmark import tracing
from benchmark.estimate import estimate, paired_difference, paired_ratio

KINDS = {"saturated": "saturated (wrk, 16 connections)", "paced": "at 13k requests/s"}
EXPORTING = {tracing.EXPORT_SERVER: "server", tracing.EXPORT_BOTH: "both"}
TRACING = {tracing.NONE_SERVER: "server.none", tracing.NONE_BOTH: "both.none", **EXPORTING}


def figures(samples, variant, name):
    return [sample.get(name) for sample in samples[variant]]


def middle(samples, variant, name):
    found = estimate(figures(samples, variant, name))
    return found and found.value


def ratio(samples, variant, name):
    if variant == tracing.UNTRACED:
        return None
    return paired_ratio(figures(samples, variant, name), figures(samples, tracing.UNTRACED, name))


def added(samples, variant, name):
    if variant == tracing.UNTRACED:
        return None
    return paired_difference(figures(samples, variant, name), figures(samples, tracing.UNTRACED, name))


def whole(value):
    return None if value is None else f"{value:,.0f}"


def add_speed(bench, title, kind, samples, notes):
    measured = {"rate": "requests/s", "p50": "p50 µs", "p99": "p99 µs"}
    if kind == "paced":
        measured["window_p99"] = "p99 of 0.1 s, µs"
        notes = [*notes, "p99 of 0.1 s: of each tenth of a second; the median of them."]
    columns = [column for name in measured.values() for column in (name, "ratio")]
    rows = []
    for variant in samples:
        pairs = [(whole(middle(samples, variant, name)), ratio(samples, variant, name)) for name in measured]
        rows.append([variant.name, *(figure for pair in pairs for figure in pair)])
    bench.table(f"{title}: speed", ("variant", *columns), rows, notes)


def cost_rows(samples):
    for variant in samples:
        yield [
            variant.name,
            middle(samples, variant, "server_cpu"),
            added(samples, variant, "server_cpu"),
            estimate(figures(samples, variant, "agent_cpu")),
            *(middle(samples, variant, memory) for memory in ("rss", "maps")),
        ]


def parts_rows(samples):
    """Processor time per request, all of the machine's: 1/rate × processors, part by part."""
    processors = len(os.sched_getaffinity(0))
    for variant in samples:
        names = ("server_cpu", "load_cpu", "capture_cpu", "export_cpu", "sink_cpu")
        parts = [middle(samples, variant, name) or 0.0 for name in names]
        total = processors * 1e6 / middle(samples, variant, "rate")
        yield [variant.name, *parts, max(0.0, total - sum(parts)), total]


def add_tables(bench, content, kind, samples, notes):
    title = f"nginx, {content}, {KINDS[kind]}"
    add_speed(bench, title, kind, samples, notes)
    columns = ("variant", "nginx CPU µs/request", "added", "agent CPU µs/exchange", "RSS MB", "maps MB")
    bench.table(f"{title}: cost", columns, cost_rows(samples))
    if kind == "saturated":
        columns = ("variant", "nginx", "wrk", "agent: capture", "agent: export", "collector", "rest", "sum")
        bench.table(f"{title}: where the processors' time goes, µs/request", columns, parts_rows(samples))
    add_plot(bench, f"nginx-{'return' if 'return' in content else 'file'}-{kind}", title, kind, samples)


def add_plot(bench, name, title, kind, samples):
    if kind == "saturated":
        bars = {
            variant.name: {"": ratio(samples, variant, "rate")} for variant in samples if variant.name != "untraced"
        }
        bench.plot(name, title, "bar", "", "requests/s, of untraced", bars)
        return
    bars = {
        variant.name: {share: estimate(figures(samples, variant, share)) for share in ("p50", "window_p99", "p99")}
        for variant in samples
    }
    bench.plot(name, title, "bar", "", "latency, µs", bars)


def add_results(bench, kind, samples):
    for variant, name in EXPORTING.items():
        prefix = f"nginx.{name}.{kind}"
        bench.result(f"{prefix}_ratio", ratio(samples, variant, "rate"), "×")
        bench.result(f"{prefix}_p50_ratio", ratio(samples, variant, "p50"), "×")
        bench.result(f"{prefix}_p99_ratio", ratio(samples, variant, "p99"), "×")
        if kind == "paced":
            bench.result(f"{prefix}_window_p99_ratio", ratio(samples, variant, "window_p99"), "×")
        bench.result(f"{prefix}_agent_cpu", estimate(figures(samples, variant, "agent_cpu")), "µs")
        bench.result(f"{prefix}_cpu_added", added(samples, variant, "server_cpu"), "µs")
        for count in ("unaccounted", "surplus"):
            bench.result(f"{prefix}_{count}", max(figures(samples, variant, count)), "exchanges")
    for variant, name in TRACING.items():
        bench.result(f"nginx.{name}.{kind}_losses", sum(figures(samples, variant, "losses")), "")
    bench.result(f"nginx.{kind}_nginx_cpu", middle(samples, tracing.UNTRACED, "server_cpu"), "µs")
    bench.result(f"nginx.{kind}_rate", middle(samples, tracing.UNTRACED, "rate"), "requests/s")


def total(samples, variant, name):
    counts = figures(samples, variant, name)
    return None if None in counts else sum(counts)


def others_text(samples, variant):
    others = Counter()
    for losses in figures(samples, variant, "others_lost"):
        others.update(losses)
    return ", ".join(f"{name} {count}" for name, count in sorted(others.items())) or "0"


def account_rows(title, samples):
    """Of all rounds together."""
    for variant in TRACING:
        yield [
            f"{title}: {variant.name}",
            *(total(samples, variant, name) for name in ("expected", "spans", "heads_lost", "export_lost")),
            others_text(samples, variant),
            *(total(samples, variant, name) for name in ("unaccounted", "surplus")),
        ]


def add_accounts(bench, rows):
    columns = ("load", "exchanges", "spans", "heads lost (ring full)", "lost at export", "other losses")
    columns += ("unaccounted", "surplus")
    note = (
        "An exchange is a request with its response at one end. Requests are counted by nginx, so that those are among "
        "them whose answer the load did not wait for at its end. A lost request head and the head of its response are "
        "counted once, and are one exchange less. *unaccounted*: exchanges without span or counted loss, *surplus*: "
        "spans without exchange, each summed over the rounds."
    )
    bench.table("nginx: what became of each exchange", columns, rows, [note])
