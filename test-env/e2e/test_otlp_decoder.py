# SPDX-License-Identifier: Apache-2.0
"""Both encodings of one sample, read by Python's opentelemetry-proto: the same content, byte for byte."""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict

from common.paths import BINARY
from lib.wire import IDS, METRICS, REQUESTS, TRACES

SAMPLES = {"spans": TRACES, "metrics": METRICS}


def with_base64_ids(value):
    """What protobuf's own JSON wants where OTLP/JSON has hexadecimal ids, in lower case."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    for name in IDS:
        assert value.get(name, "") == value.get(name, "").lower()
    return {
        name: base64.b64encode(bytes.fromhex(content)).decode() if name in IDS else with_base64_ids(content)
        for name, content in value.items()
    }


@pytest.fixture
def encoded(tmp_path):
    """encoded(name): the bytes of a file that encode_sample writes."""
    program = Path(BINARY).parent / "otlp" / "encode" / "encode_sample"
    if not os.access(program, os.X_OK):
        pytest.skip(f"{program} was not built beside the agent")
    subprocess.run([program, tmp_path], check=True)
    return lambda name: (tmp_path / name).read_bytes()


@pytest.mark.parametrize("sample", SAMPLES)
def test_both_encodings_say_the_same(encoded, sample):
    protobuf = encoded(f"{sample}.pb")
    message = REQUESTS[SAMPLES[sample]].FromString(protobuf)
    # Strict: a member that the schema lacks is an error.
    from_json = ParseDict(with_base64_ids(json.loads(encoded(f"{sample}.json"))), REQUESTS[SAMPLES[sample]]())
    assert message == from_json
    # Fields in the schema's order, none twice, none unknown: what any other encoder makes of it.
    assert message.SerializeToString(deterministic=True) == protobuf
    assert from_json.SerializeToString(deterministic=True) == protobuf


def test_spans_are_the_sample(encoded):
    """So that two empty messages are no success."""
    message = REQUESTS[TRACES].FromString(encoded("spans.pb"))
    shop, stock = message.resource_spans
    assert [span.name for span in shop.scope_spans[0].spans] == ["GET /users/{id}", "GET \ufffd\ufffd/\ufffd", ""]
    child = stock.scope_spans[0].spans[0]
    assert child.parent_span_id == shop.scope_spans[0].spans[0].span_id == bytes.fromhex("f000000000000001")
    assert (child.flags, child.status.code, child.dropped_attributes_count) == (0x303, 2, 3)
    assert shop.scope_spans[0].scope.name == "wirespan"


def test_metrics_are_the_sample(encoded):
    (resource,) = REQUESTS[METRICS].FromString(encoded("metrics.pb")).resource_metrics
    metrics = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    assert metrics["sample.count"].sum.is_monotonic and metrics["sample.count"].sum.aggregation_temporality == 2
    (point,) = metrics["sample.duration"].histogram.data_points
    assert list(point.bucket_counts) == [2, 1, 0, 0, 2, 2] and point.count == sum(point.bucket_counts)
    assert metrics["sample.gauge"].gauge.data_points[0].as_int == -5
