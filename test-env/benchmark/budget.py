# SPDX-License-Identifier: Apache-2.0
"""What tracing may cost, and whether this run met it."""

from typing import NamedTuple


class Line(NamedTuple):
    what: str
    at_most: bool  # else at least
    limit: float
    unit: str
    results: tuple  # each has to meet the limit
    warms_up: bool = False  # what --quick sees of it is its beginning


CHURN = ("growth.processes.memory_added", "growth.endpoints.memory_added")
BUDGET = (
    Line("traced send or receive, against a look-up and an equal record", True, 1.2, "×", ("hook_cost.traced_ratio",)),
    Line("unselected process, against the empty hook", True, 2, "×", ("hook_cost.unselected_ratio",)),
    Line("unrelated system call, beyond the empty tracepoints", True, 10, "ns", ("hook_cost.unrelated_added",)),
    Line("CPU added inside nginx per request, server side", True, 0.35, "µs", ("nginx.server.saturated_cpu_added",)),
    Line("saturated, full export: requests/s, server side", False, 0.78, "×", ("nginx.server.saturated_ratio",)),
    Line("saturated, full export: requests/s, both ends", False, 0.65, "×", ("nginx.both.saturated_ratio",)),
    Line(
        "p99 at 13k requests/s (server side, both ends)",
        *(True, 1.15, "×"),
        ("nginx.server.paced_p99_ratio", "nginx.both.paced_p99_ratio"),
    ),
    Line(
        "the same, of each tenth of a second, which stalls of the machine spoil one by one",
        *(True, 1.15, "×"),
        ("nginx.server.paced_window_p99_ratio", "nginx.both.paced_window_p99_ratio"),
    ),
    Line(
        "agent CPU per exchange, full export, saturated (server side, both ends)",
        *(True, 2.5, "µs"),
        ("nginx.server.saturated_agent_cpu", "nginx.both.saturated_agent_cpu"),
    ),
    Line(
        "agent CPU per exchange, full export, 13k requests/s (server side, both ends)",
        *(True, 5, "µs"),
        ("nginx.server.paced_agent_cpu", "nginx.both.paced_agent_cpu"),
    ),
    Line("RSS + map memory at 10k requests/s", True, 40, "MB", ("fixed_rate.10000.memory",)),
    Line("memory added by a steady run (its last quarter)", True, 1, "MB", ("growth.steady.memory_added",), True),
    Line("memory added by churn (the later half of processes, of paths)", True, 1, "MB", CHURN, True),
    Line("engine from a recording", False, 1.0, "M exchanges/s/core", ("engine.exchanges_per_second",)),
    Line("losses at 20k requests/s", True, 0, "", ("fixed_rate.20000.losses",)),
    Line(
        "saturated: requests without span or counted loss (server side, both ends)",
        *(True, 0, ""),
        ("nginx.server.saturated_unaccounted", "nginx.both.saturated_unaccounted"),
    ),
    Line("redis-benchmark -P 1, full export: commands/s, server side", False, 0.6, "×", ("redis.server.p1_ratio",)),
    Line(
        "redis-benchmark -P 1: commands without span or counted loss (server side, both ends)",
        *(True, 0, ""),
        ("redis.server.p1_unaccounted", "redis.both.p1_unaccounted"),
    ),
    Line("start to first traced request", True, 0.5, "s", ("start.first_traced",)),
)


def verdict(line, values, mode):
    if None in values:
        return "not measured"
    if line.warms_up and mode == "quick":
        return "too short"
    met = all(value <= line.limit if line.at_most else value >= line.limit for value in values)
    return "met" if met else "NOT MET"


def judge(results, mode):
    """A row per line: what, limit, measured, verdict."""
    rows = []
    for line in BUDGET:
        values = [results.get(name, {}).get("value") for name in line.results]
        measured = None if None in values else " / ".join(f"{value:.3g}" for value in values)
        sign = "≤" if line.at_most else "≥"
        rows.append((line.what, f"{sign} {line.limit:g} {line.unit}".rstrip(), measured, verdict(line, values, mode)))
    return rows
