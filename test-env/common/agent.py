# SPDX-License-Identifier: Apache-2.0
"""What the agent said in its life: the spans it wrote, and its summary on standard error."""

import re
from collections import Counter


def counters(kind, errors):
    """Of the summary: {name: count} of its lines of a kind, as "loss"."""
    found = re.findall(rf"^wirespan: {kind}: (\S+) (\d+)$", errors, re.MULTILINE)
    return {name: int(count) for name, count in found}


def _not_read(errors):
    """Connections by what they speak, service, pid, how they stand to the port, and the port."""
    row = r"^wirespan: not read: (\S+) (\d+): (\S+) \((?:\S+, )?pid (\d+).*\) (on|to|over) port (\d+)"
    return {
        (name, service, int(pid), where, int(port)): int(count)
        for name, count, service, pid, where, port in re.findall(row, errors, re.MULTILINE)
    }


class Result:
    def __init__(self, spans, errors):
        self.spans = spans
        self.errors = errors
        self.losses = counters("loss", errors)
        self.ignored = counters("ignored", errors)
        self.not_read = _not_read(errors)
        self.by_id = {span.span_id: span for span in spans}

    def spans_of(self, kind, port=None):
        chosen = [span for span in self.spans if span.kind == kind and port in (None, span.server_port)]
        # Pipelined requests can begin at one instant and end at one: then their paths tell.
        return sorted(chosen, key=lambda span: (span.start, span.end, span.path))

    def servers(self, port=None):
        return self.spans_of("server", port)

    def clients(self, port=None):
        return self.spans_of("client", port)

    def parent(self, span):
        return self.by_id.get(span.parent_id)

    def children(self, span):
        return [child for child in self.spans if child.parent_id == span.span_id]

    def paths(self, kind, port=None):
        return Counter(span.path for span in self.spans_of(kind, port))
