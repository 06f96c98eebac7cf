# SPDX-License-Identifier: Apache-2.0
"""The ways to be traced that are compared, and what a load costs under each of them."""

from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from benchmark.hook_cost_attached import Reference, agent_mode
from benchmark.process import MEGABYTE, Agent, Sink, cpu

# Losses that are each an exchange less; the rest say what else became of it.
HEAD_LOSSES = ("ring_full_request_head", "ring_full_response_head")


class Variant(NamedTuple):
    name: str
    ends: int = 0  # traced ends of each connection; 0: no agent
    export: bool = False
    empty_hooks: bool = False


UNTRACED = Variant("untraced")
EMPTY = Variant("empty hooks", empty_hooks=True)
NONE_SERVER = Variant("server, --format none", ends=1)
NONE_BOTH = Variant("both ends, --format none", ends=2)
EXPORT_SERVER = Variant("server, full export", ends=1, export=True)
EXPORT_BOTH = Variant("both ends, full export", ends=2, export=True)


class Target(NamedTuple):
    """A server under load: `pids` are the processes that answer, `executable` a glob that selects them."""

    port: int
    pids: tuple
    executable: str


# It takes an agent to find out.
hooks_mode = cache(agent_mode)


@contextmanager
def traced(variant, target):
    """What stands beside the load: (agent or None, sink or None)."""
    if variant.empty_hooks:
        with Reference("--hooks", hooks_mode(), "empty"):
            yield None, None
    elif not variant.ends:
        yield None, None
    else:
        selection = ["--exe", target.executable] if variant.ends == 1 else ["--port", target.port]
        if not variant.export:
            with Agent("--format", "none", *selection) as agent:
                yield agent, None
        else:
            with Sink() as sink, Agent("--endpoint", sink.endpoint, *selection) as agent:
                yield agent, sink


def measure(variant, target, load):
    """Runs load() under the variant: its figures, and those of everybody who took part in it."""
    with traced(variant, target) as (agent, sink):
        server_before = sum(map(cpu, target.pids))
        threads_before = agent.cpu_by_thread() if agent else (0, 0)
        figures = load()
        server = sum(map(cpu, target.pids)) - server_before
        requests = figures["requests"]
        figures.update(rate=requests / figures["seconds"], server_cpu=server / requests / 1e3)
        figures["load_cpu"] = figures["cpu"] / requests / 1e3
        if not agent:
            return figures
        resident, maps = agent.memory()
        agent.wait_settled()
        threads = [after - before for after, before in zip(agent.cpu_by_thread(), threads_before)]
        figures.update(rss=resident / MEGABYTE, maps=maps / MEGABYTE, memory=(resident + maps) / MEGABYTE)
        figures["sink_cpu"] = cpu(sink.pid) / requests / 1e3 if sink else 0.0
        agent.stop()
        spans = sink.counts()[2] if sink else None
    figures.update(account(variant, requests, spans, agent.losses))
    capture, export = threads
    figures.update(capture_cpu=capture / requests / 1e3, export_cpu=export / requests / 1e3)
    figures["agent_cpu"] = (capture + export) / max(1, figures["exchanges"]) / 1e3
    return figures


def account(variant, requests, spans, losses):
    """What became of the exchanges, of which each request has one per traced end."""
    expected = requests * variant.ends
    heads = sum(losses.get(name, 0) for name in HEAD_LOSSES)
    export = sum(count for name, count in losses.items() if name.startswith("export_"))
    others = {k: v for k, v in losses.items() if k not in HEAD_LOSSES and not k.startswith("export_")}
    missing = None if spans is None else expected - spans
    return {
        "expected": expected,
        "spans": spans,
        "exchanges": max(0, expected - heads) if spans is None else spans,
        "heads_lost": heads,
        "export_lost": export,
        "others_lost": others,
        "losses": sum(losses.values()),
        # A lost request head and its lost response head are one exchange: the counters may say more, never less.
        "unaccounted": None if missing is None else max(0, missing - heads - export),
    }
