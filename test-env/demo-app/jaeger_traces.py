# SPDX-License-Identifier: Apache-2.0
"""What Jaeger has of the demo: prints its largest trace. Usage: jaeger_traces.py QUERY_URL

Waits for a trace frontend (server) -> frontend (client) -> backend (server); exits 1 if none comes.
"""

import sys
import urllib.parse
from datetime import datetime, timedelta, timezone

from common.jaeger import Query
from common.wait import wait_until
from wanted import WANTED


def search():
    """The path for all traces that the front end is in."""
    now = datetime.now(timezone.utc)
    since, until = (f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}" for minutes in (-10, 1))
    # Versions of Jaeger differ in how they spell these, and leave out what they don't know.
    wanted = [("serviceName", "service_name", "frontend"), ("startTimeMin", "start_time_min", since)]
    wanted += [("startTimeMax", "start_time_max", until), ("searchDepth", "num_traces", 100)]
    query = [(f"query.{name}", value) for *names, value in wanted for name in names]
    return f"?{urllib.parse.urlencode(query)}"


def branch(spans, span):
    """Those from the top down to this one; `spans` by their ids."""
    above = branch(spans, spans[span.parent_id]) if span.parent_id in spans else []
    return [*above, span]


def is_wanted(spans, span):
    return [(span.service, span.kind) for span in branch(spans, span)][-3:] == WANTED


def print_trace(spans):
    for span in sorted(spans.values(), key=lambda span: span.start):
        depth = len(branch(spans, span)) - 1
        who = f"{'   ' * depth}{span.service:<{30 - 3 * depth}} {span.kind}"
        print(f"  {who}  {span.name:<28} {1e3 * span.duration:8.2f} ms")


def main():
    jaeger = Query(sys.argv[1])

    def complete_traces():
        """Once the wanted one is among them."""
        traces = {}
        for span in jaeger.spans(search()):
            traces.setdefault(span.trace_id, {})[span.span_id] = span
        return any(is_wanted(spans, span) for spans in traces.values() for span in spans.values()) and traces

    try:
        traces = wait_until(complete_traces, "the trace")
    except TimeoutError:
        return 1
    trace_id, spans = max(traces.items(), key=lambda item: len(item[1]))
    print(f"{len(traces)} traces of the front end are in Jaeger. The largest, {jaeger.url}/api/v3/traces/{trace_id}:")
    print_trace(spans)
    return 0


sys.exit(main())
