# SPDX-License-Identifier: Apache-2.0
"""What is told of the rounds with nginx."""

import os

from benchmark import tracing
from benchmark.estimate import estimate, paired_difference, paired_ratio

KINDS = {"saturated": "saturated (wrk, 16 connections)", "paced": "at 13k requests/s"}
IN_FLIGHT = 32  # requests of 16 connections that are cut off where the load ends, at both ends
LOADED = {tracing.EXPORT_SERVER: "server", tracing.EXPORT_BOTH: "both"}


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


def speed_rows(samples):
    for variant in samples:
        yield [
            variant.name,
            *(whole(middle(samples, variant, "rate")), ratio(samples, variant, "rate")),
            *(whole(middle(samples, variant, "p50")), ratio(samples, variant, "p50")),
            *(whole(middle(samples, variant, "p99")), ratio(samples, variant, "p99")),
        ]


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
    columns = ("variant", "requests/s", "ratio", "p50 µs", "ratio", "p99 µs", "ratio")
    bench.table(f"{title}: speed", columns, speed_rows(samples), notes)
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
        variant.name: {share: estimate(figures(samples, variant, share)) for share in ("p50", "p99")}
        for variant in samples
    }
    bench.plot(name, title, "bar", "", "latency, µs", bars)


def unaccounted(sample):
    """Beyond what the end of a load cuts off."""
    return max(0, sample["unaccounted"] - IN_FLIGHT) if sample["unaccounted"] is not None else None


def add_results(bench, kind, samples):
    for variant, name in LOADED.items():
        prefix = f"nginx.{name}.{kind}"
        bench.result(f"{prefix}_ratio", ratio(samples, variant, "rate"), "×")
        bench.result(f"{prefix}_p50_ratio", ratio(samples, variant, "p50"), "×")
        bench.result(f"{prefix}_p99_ratio", ratio(samples, variant, "p99"), "×")
        bench.result(f"{prefix}_agent_cpu", estimate(figures(samples, variant, "agent_cpu")), "µs")
        bench.result(f"{prefix}_cpu_added", added(samples, variant, "server_cpu"), "µs")
        bench.result(f"{prefix}_unaccounted", max(map(unaccounted, samples[variant])), "exchanges")
    bench.result(f"nginx.{kind}_nginx_cpu", middle(samples, tracing.UNTRACED, "server_cpu"), "µs")
    bench.result(f"nginx.{kind}_rate", middle(samples, tracing.UNTRACED, "rate"), "requests/s")


def account_rows(title, samples):
    """Of all rounds together."""
    for variant in LOADED:
        rounds = samples[variant]
        others = {}
        for sample in rounds:
            for name, count in sample["others_lost"].items():
                others[name] = others.get(name, 0) + count
        yield [
            f"{title}: {variant.name}",
            *(sum(sample[name] for sample in rounds) for name in ("expected", "spans", "heads_lost", "export_lost")),
            ", ".join(f"{name} {count}" for name, count in sorted(others.items())) or "0",
            sum(map(unaccounted, rounds)),
        ]


def add_accounts(bench, rows):
    columns = ("load", "exchanges", "spans", "heads lost (ring full)", "lost at export", "other losses", "unaccounted")
    note = (
        "An exchange is a request with its response at one end. A lost request head and the head of its response are "
        f"one exchange less. Of each load up to {IN_FLIGHT} exchanges are cut off at its end."
    )
    bench.table("nginx: what became of each exchange", columns, rows, [note])
