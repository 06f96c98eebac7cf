# SPDX-License-Identifier: Apache-2.0
"""OTLP/JSON as the OTLP specification words it, checked strictly, and spans as tests like them."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

KINDS = {2: "server", 3: "client"}
ERROR = 2


@dataclass
class Span:
    trace_id: str
    span_id: str
    parent_id: str | None
    kind: str
    name: str
    start: int
    end: int
    status: int
    flags: int
    trace_state: str
    attr: dict
    resource: dict = field(repr=False)

    @property
    def duration(self):
        return (self.end - self.start) / 1e9

    @property
    def path(self):
        """Path with query, whichever end it is."""
        if self.kind == "server":
            query = self.attr.get("url.query")
            return self.attr.get("url.path", "") + (f"?{query}" if query else "")
        parts = urlsplit(self.attr.get("url.full", ""))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def service(self):
        return self.resource["service.name"]

    @property
    def pid(self):
        return self.attr["process.pid"]

    @property
    def server_port(self):
        """The port on the server's side of the connection."""
        side = "local" if self.kind == "server" else "peer"
        return self.attr[f"network.{side}.port"]

    @property
    def client_port(self):
        side = "peer" if self.kind == "server" else "local"
        return self.attr[f"network.{side}.port"]

    @property
    def answered(self):
        """Whether the response came whole: an error, if any, is what its status says."""
        status = self.attr.get("http.response.status_code")
        return status is not None and self.attr.get("error.type", str(status)) == str(status)

    def contains(self, inner):
        return self.start <= inner.start and inner.end <= self.end


def _fail(where, what):
    raise AssertionError(f"invalid OTLP/JSON: {where}: {what}")


def _members(value, where, required, optional=()):
    if not isinstance(value, dict):
        _fail(where, f"no object: {value!r}")
    names = set(value)
    if not set(required) <= names or not names <= set(required) | set(optional):
        _fail(where, f"members {sorted(names)}")
    return value


def _text(value, where):
    if not isinstance(value, str):
        _fail(where, f"no string: {value!r}")
    return value


def _hexadecimal(value, digits, where):
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{digits}}}", value) or set(value) == {"0"}:
        _fail(where, f"no id of {digits} hexadecimal digits: {value!r}")
    return value


def _integer_text(value, where):
    """64-bit integers are decimal strings."""
    if not isinstance(value, str) or not re.fullmatch("0|-?[1-9][0-9]*", value):
        _fail(where, f"no decimal string: {value!r}")
    return int(value)


def _number(value, where, allowed=None):
    if type(value) is not int or value < 0 or (allowed is not None and value not in allowed):
        _fail(where, f"not allowed: {value!r}")
    return value


def _any_value(value, where):
    if not isinstance(value, dict) or len(value) != 1:
        _fail(where, f"no AnyValue: {value!r}")
    [(kind, content)] = value.items()
    if kind == "stringValue":
        return _text(content, where)
    if kind == "intValue":
        return _integer_text(content, where)
    if kind == "doubleValue" and type(content) in (int, float):
        return float(content)
    if kind == "boolValue" and isinstance(content, bool):
        return content
    if kind == "arrayValue":
        values = _members(content, where, (), ("values",)).get("values", [])
        return [_any_value(item, where) for item in values]
    return _fail(where, f"no AnyValue: {value!r}")


def _attributes(values, where):
    result = {}
    for item in values:
        _members(item, where, ("key", "value"))
        key = _text(item["key"], where)
        if not key or key in result:
            _fail(where, f"key empty or twice: {key!r}")
        result[key] = _any_value(item["value"], f"{where}: {key}")
    return result


def _span(value, resource):
    where = f"span {value.get('name')!r}" if isinstance(value, dict) else "span"
    _members(
        value,
        where,
        ("traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes"),
        ("parentSpanId", "traceState", "flags", "status", "droppedAttributesCount"),
    )
    start = _integer_text(value["startTimeUnixNano"], where)
    end = _integer_text(value["endTimeUnixNano"], where)
    if not 0 < start <= end:
        _fail(where, f"ends {end} before it starts {start}")
    status = _members(value.get("status", {}), where, (), ("code", "message"))
    if "message" in status and status.get("code") != ERROR:
        _fail(where, "a status message without an error")
    return Span(
        trace_id=_hexadecimal(value["traceId"], 32, where),
        span_id=_hexadecimal(value["spanId"], 16, where),
        parent_id=_hexadecimal(value["parentSpanId"], 16, where) if "parentSpanId" in value else None,
        kind=KINDS[_number(value["kind"], where, KINDS)],
        name=_text(value["name"], where),
        start=start,
        end=end,
        status=_number(status.get("code", 0), where, (0, 1, 2)),
        flags=_number(value.get("flags", 0), where),
        trace_state=_text(value.get("traceState", ""), where),
        attr=_attributes(value["attributes"], where),
        resource=resource,
    )


def _resource_spans(value):
    _members(value, "resourceSpans", ("resource", "scopeSpans"), ("schemaUrl",))
    _members(value["resource"], "resource", ("attributes",), ("droppedAttributesCount",))
    resource = _attributes(value["resource"]["attributes"], "resource")
    if not resource.get("service.name"):
        _fail("resource", "no service.name")
    for scope_spans in value["scopeSpans"]:
        _members(scope_spans, "scopeSpans", ("scope", "spans"), ("schemaUrl",))
        scope = _members(scope_spans["scope"], "scope", ("name",), ("version",))
        if scope["name"] != "wirespan" or not scope_spans["spans"]:
            _fail("scopeSpans", f"scope {scope}, {len(scope_spans['spans'])} spans")
        for span in scope_spans["spans"]:
            yield _span(span, resource)


def parse(line):
    """The spans of one line: an ExportTraceServiceRequest."""
    request = _members(json.loads(line), "request", ("resourceSpans",))
    if not request["resourceSpans"]:
        _fail("request", "empty")
    spans = []
    for resource_spans in request["resourceSpans"]:
        spans.extend(_resource_spans(resource_spans))
    return spans


def span_ids(text):
    """Without all the rest, for many."""
    return re.findall(r'"spanId":"([0-9a-f]{16})"', text)


def parse_lines(text):
    """All spans of whole lines; checks that ids are unique and that known parents share the trace."""
    spans = [span for line in text.splitlines() for span in parse(line)]
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans), "a span id twice"
    for span in spans:
        parent = by_id.get(span.parent_id)
        assert parent is None or parent.trace_id == span.trace_id, f"{span}: trace of its parent differs"
    return spans
