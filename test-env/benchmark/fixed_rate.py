# SPDX-License-Identifier: Apache-2.0
"""A server that takes 5 ms over each request, at rates that leave the processors time."""

from functools import partial

from benchmark import tracing
from benchmark.estimate import alternate, estimate, paired_difference
from benchmark.loads import run_pace
from benchmark.process import start_server
from benchmark.tracing import Target, measure, unheld

WORK = 5000  # µs
RATES = (1000, 5000, 10_000, 20_000)
CONNECTIONS = 256  # 100 are busy at the highest rate
VARIANTS = (tracing.UNTRACED, tracing.EXPORT_SERVER, tracing.EXPORT_BOTH)
MEMORY_RATE = 10_000  # the budget's
COLUMNS = ("rate, variant", "p50 µs", "added", "p99 µs", "added", "agent CPU µs/exchange", "% of a core", "losses")


def row(rate, variant, samples):
    def figures(name, of=variant):
        return [sample.get(name) for sample in samples[of]]

    def added(name):
        return paired_difference(figures(name), figures(name, tracing.UNTRACED)) if variant.ends else None

    def added_text(name):
        found = added(name)
        return found and found.text(0)

    share = estimate([sample["agent_share"] for sample in samples[variant]]) if variant.ends else None
    losses = sum(figures("losses")) if variant.ends else None
    latencies = [f"{estimate(figures(p)).value:.0f}" for p in ("p50", "p99")]
    return [
        f"{rate:,}/s, {variant.name}",
        *(latencies[0], added_text("p50"), latencies[1], added_text("p99")),
        *(estimate(figures("agent_cpu")), share and share.text(1), losses),
    ]


def add_results(bench, rate, samples):
    base = samples[tracing.UNTRACED]
    for variant, name in ((tracing.EXPORT_SERVER, "server"), (tracing.EXPORT_BOTH, "both")):
        for p in ("p50", "p99"):
            difference = paired_difference([s[p] for s in samples[variant]], [s[p] for s in base])
            bench.result(f"fixed_rate.{rate}.{name}.{p}_added", difference, "µs")
        for figure, unit in (("agent_cpu", "µs"), ("agent_share", "%")):
            bench.result(f"fixed_rate.{rate}.{name}.{figure}", estimate([s[figure] for s in samples[variant]]), unit)
    traced = [sample for variant in VARIANTS if variant.ends for sample in samples[variant]]
    bench.result(f"fixed_rate.{rate}.losses", sum(sample["losses"] for sample in traced), "")
    memory = estimate([sample["memory"] for sample in samples[tracing.EXPORT_BOTH]])
    bench.result(f"fixed_rate.{rate}.memory", memory, "MB")


def run(bench):
    server = start_server(bench, WORK)
    target = Target(server.port, (server.pid,), "*/bench_server")
    seconds = bench.pick(quick=0.5, default=1.5, long=4)
    rounds = bench.pick(quick=1, default=3, long=5)

    def measure_at(rate, variant):
        found = measure(
            variant, target, lambda: run_pace(target.port, rate, seconds, connections=CONNECTIONS, warm_up=seconds / 5)
        )
        if variant.ends:
            used = (found["capture_cpu"] + found["export_cpu"]) * found["requests"] / 1e6
            found["agent_share"] = 100 * used / found["seconds"]
        return found

    rows, notes, tails = [], [], {variant.name: [] for variant in VARIANTS}
    for rate in RATES:
        bench.say(f"    {rate} requests/s: {rounds} rounds")
        samples = alternate(VARIANTS, rounds, partial(measure_at, rate))
        for variant in VARIANTS:
            rows.append(row(rate, variant, samples))
            tails[variant.name].append((rate, estimate([sample["p99"] for sample in samples[variant]]).value))
        notes += unheld(rate, samples)
        add_results(bench, rate, samples)
    bench.table("A server with 5 ms of work per request, at a fixed rate", COLUMNS, rows, notes)
    bench.plot("fixed-rate", "5 ms of work per request", "line", "requests/s", "p99, µs", tails)
