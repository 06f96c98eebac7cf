# SPDX-License-Identifier: Apache-2.0
"""The ways to be traced that are compared, and what a load costs under each of them."""

from contextlib import contextmanager
from functools import cache, partial
from typing import Callable, NamedTuple, Optional

from benchmark.estimate import estimate
from benchmark.hook_cost_attached import Reference, agent_mode
from benchmark.process import MEGABYTE, Agent, Sink
from common.proc import cpu

HELD = 0.98  # of a rate, that counts as holding it
# Losses that are each an exchange less: of a response only where the kernel did not count its request before. The rest
# say what else became of it.
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
    # How many requests it has read in its life. Without, those that the load's client saw answered are all.
    requests_read: Optional[Callable[[], int]] = None
    losses: tuple = HEAD_LOSSES  # those that are each an exchange less


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
    read_before = target.requests_read() if target.requests_read else None
    with traced(variant, target) as (agent, sink):
        server_before = sum(map(cpu, target.pids))
        threads_before = agent.cpu_by_thread() if agent else None
        figures = load()
        requests = figures["requests"]
        figures["rate"] = requests / figures["seconds"]
        figures["server_cpu"] = (sum(map(cpu, target.pids)) - server_before) / requests / 1e3
        figures["load_cpu"] = figures["cpu"] / requests / 1e3
        if agent:
            expected = partial(expected_exchanges, variant, target, requests, read_before)
            figures.update(agent_figures(agent, sink, threads_before, requests, expected, target.losses))
    return figures


def expected_exchanges(variant, target, requests, read_before):
    return variant.ends * (requests if read_before is None else target.requests_read() - read_before)


def agent_figures(agent, sink, threads_before, requests, expected, exchange_losses):
    """
    After a load: what the agent took and made of it. expected(), how many exchanges there were, is asked when the agent
    has ended: it would trace the question.
    """
    resident, maps = (size / MEGABYTE for size in agent.memory())
    agent.wait_settled()
    capture, export = (after - before for after, before in zip(agent.cpu_by_thread(), threads_before))
    exported = sink.counts()[2] if sink else 0
    collector = cpu(sink.pid) if sink else 0
    agent.stop()
    figures = account(expected(), sink.counts()[2] if sink else None, agent.losses, exchange_losses)
    # The last batch is sent when the agent ends: its price is that of those before.
    exchanges = max(1, figures["exchanges"])
    capture, export = capture / exchanges / 1e3, export / (exported or exchanges) / 1e3
    return {
        **figures,
        **{"rss": resident, "maps": maps, "memory": resident + maps},
        "agent_cpu": capture + export,
        "capture_cpu": capture * exchanges / requests,
        "export_cpu": export * exchanges / requests,
        "sink_cpu": collector / requests / 1e3,
    }


def unheld(rate, samples):
    """Why this machine's figures at this rate mean little; nothing where it holds it untraced."""
    reached = estimate([sample["rate"] for sample in samples[UNTRACED]]).value
    if reached >= HELD * rate:
        return []
    return [f"This machine does not hold {rate:,} requests/s untraced: it reached {reached:,.0f}."]


def account(expected, spans, losses, exchange_losses=HEAD_LOSSES):
    """What became of the exchanges that were expected: one per request and traced end. `spans`: None where unknown."""
    heads = sum(losses.get(name, 0) for name in exchange_losses)
    export = sum(count for name, count in losses.items() if name.startswith("export_"))
    others = {k: v for k, v in losses.items() if k not in exchange_losses and not k.startswith("export_")}
    missing = None if spans is None else expected - spans - heads - export
    return {
        "expected": expected,
        "spans": spans,
        "exchanges": max(0, expected - heads) if spans is None else spans,
        "heads_lost": heads,
        "export_lost": export,
        "others_lost": others,
        "losses": sum(losses.values()),
        "unaccounted": None if missing is None else max(0, missing),
        "surplus": None if missing is None else max(0, -missing),
    }
