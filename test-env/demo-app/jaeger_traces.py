# SPDX-License-Identifier: Apache-2.0
"""What Jaeger has of the demo: prints its largest trace. Usage: jaeger_traces.py QUERY_URL

Waits for a trace frontend (server) -> frontend (client) -> backend (server); exits 1 if none comes.
"""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

PATIENCE = 15  # seconds
KINDS = {2: "server", 3: "client"}
WANTED = [("frontend", "server"), ("frontend", "client"), ("backend", "server")]


def query_url(url):
    now = datetime.now(timezone.utc)
    since, until = (f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}" for minutes in (-10, 1))
    # Versions of Jaeger differ in how they spell these, and leave out what they don't know.
    wanted = [("serviceName", "service_name", "frontend"), ("startTimeMin", "start_time_min", since)]
    wanted += [("startTimeMax", "start_time_max", until), ("searchDepth", "num_traces", 100)]
    query = [(f"query.{name}", value) for *names, value in wanted for name in names]
    return f"{url}/api/v3/traces?{urllib.parse.urlencode(query)}"


def get_spans(url):
    """(service, span) of all traces that the front end is in; none while Jaeger has none."""
    try:
        with urllib.request.urlopen(query_url(url), timeout=10) as answer:
            result = json.load(answer)["result"]
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 404:
                return
        raise
    for resource_spans in result["resourceSpans"]:
        attributes = {item["key"]: item["value"] for item in resource_spans["resource"]["attributes"]}
        for scope_spans in resource_spans["scopeSpans"]:
            for span in scope_spans["spans"]:
                yield attributes["service.name"]["stringValue"], span


def get_traces(url):
    traces = {}
    for service, span in get_spans(url):
        traces.setdefault(span["traceId"], {})[span["spanId"]] = (service, span)
    return traces


def branch(spans, span_id):
    """The (service, kind) from the top down to this span."""
    if span_id not in spans:
        return []
    service, span = spans[span_id]
    return [*branch(spans, span.get("parentSpanId")), (service, KINDS[span["kind"]])]


def print_trace(spans):
    for span_id in sorted(spans, key=lambda span_id: int(spans[span_id][1]["startTimeUnixNano"])):
        service, span = spans[span_id]
        depth = len(branch(spans, span_id)) - 1
        duration = (int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])) / 1e6
        who = f"{'   ' * depth}{service:<{30 - 3 * depth}} {KINDS[span['kind']]}"
        print(f"  {who}  {span['name']:<28} {duration:8.2f} ms")


def main():
    url = sys.argv[1]
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        traces = get_traces(url)
        if any(branch(spans, span_id)[-3:] == WANTED for spans in traces.values() for span_id in spans):
            trace_id, spans = max(traces.items(), key=lambda item: len(item[1]))
            print(f"{len(traces)} traces of the front end are in Jaeger. The largest, {url}/api/v3/traces/{trace_id}:")
            print_trace(spans)
            return 0
        time.sleep(0.2)
    return 1


sys.exit(main())
