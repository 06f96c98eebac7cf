# SPDX-License-Identifier: Apache-2.0
"""What arrives at a collector, decoded by what has nothing in common with the agent: Python's opentelemetry-proto."""

import base64
import gzip
import json

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from common import otlp

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
TRACES = "/v1/traces"
METRICS = "/v1/metrics"

REQUESTS = {TRACES: ExportTraceServiceRequest, METRICS: ExportMetricsServiceRequest}
IDS = ("traceId", "spanId", "parentSpanId")


def _with_hexadecimal_ids(value):
    """OTLP/JSON differs from protobuf's own JSON in this: ids are hexadecimal."""
    if isinstance(value, list):
        return [_with_hexadecimal_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(content).hex() if name in IDS else _with_hexadecimal_ids(content)
        for name, content in value.items()
    }


class Received:
    """A request to a collector."""

    def __init__(self, path, headers, body, at):
        self.path = path
        self.headers = headers
        self.body = body
        self.at = at

    @property
    def content_type(self):
        return self.headers["Content-Type"]

    def content(self):
        return gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body

    def message(self):
        return REQUESTS[self.path].FromString(self.content())

    def document(self):
        """As OTLP/JSON, however it was encoded."""
        if self.content_type == JSON:
            return json.loads(self.content())
        assert self.content_type == PROTOBUF, self.headers
        return _with_hexadecimal_ids(MessageToDict(self.message(), use_integers_for_enums=True))

    def spans(self):
        return otlp.parse(json.dumps(self.document()))

    def span_ids(self):
        """Without all the rest, for many."""
        if self.content_type == JSON:
            return otlp.span_ids(self.content().decode())
        return [
            span.span_id.hex()
            for resource_spans in self.message().resource_spans
            for scope_spans in resource_spans.scope_spans
            for span in scope_spans.spans
        ]


def success(content_type):
    """The body of an answer that takes everything."""
    return b"{}" if content_type == JSON else b""


def partial_success(content_type, rejected, text):
    if content_type == JSON:
        return json.dumps({"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": text}}).encode()
    answer = ExportTraceServiceResponse()
    answer.partial_success.rejected_spans = rejected
    answer.partial_success.error_message = text
    return answer.SerializeToString()
