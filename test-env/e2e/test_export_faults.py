# SPDX-License-Identifier: Apache-2.0
"""Collectors that are away, refuse, hang or talk nonsense: what the OTLP specification says, said once, all counted."""

import re
import subprocess
import time

import pytest

from common.wait import wait_until
from lib.curl import curl
from lib.fault_collector import answer, break_off, hang, say_raw, take, take_and_say, take_part

AGAIN = 8  # more often than it may try in the seconds that a test takes, were it not to wait in between


def warnings(agent):
    return re.findall(r"^wirespan: (?:warning|error): (.*)$", agent.errors(), re.MULTILINE)


class Scene:
    """nginx, whose exchanges make two spans each, an agent, and a collector that need not be there."""

    def __init__(self, port, url, start_agent, environment, arguments=()):
        self.port = port
        self.sent = 0
        self.agent = start_agent(
            *("--port", port, *arguments),
            environment={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{url}/v1/traces", "OTEL_BSP_SCHEDULE_DELAY": "100"}
            | environment,
        )

    def exchange(self, count=1):
        """Makes exchanges and waits until the agent has written them to its file: capture goes on."""
        for _ in range(count):
            curl(self.port)
        self.sent += count
        wait_until(lambda: len(self.agent.spans_so_far()) == 2 * self.sent, "the spans in the file")

    def check_each_once(self, collector):
        """Everything arrived in the end, once. Returns what the agent said."""
        wait_until(lambda: len(collector.span_ids()) >= 2 * self.sent, "all spans at the collector", timeout=40)
        result = self.agent.stop()
        assert sorted(collector.spans(), key=str) == sorted(result.spans, key=str)
        assert result.losses == {}, result.errors
        return result


@pytest.fixture
def scene(start_agent, start_nginx, free_ports, fault_collector):
    """scene(script, ...): (Scene, FaultCollector)"""

    def make(script=(), tls=None, environment=None, arguments=()):
        port, collector_port = free_ports(2)
        start_nginx(port, "location / { return 200 hello; }")
        collector = fault_collector(collector_port, script, tls)
        return Scene(port, collector.url, start_agent, environment or {}, arguments), collector

    return make


def test_absent_at_start(start_agent, start_nginx, fault_collector, free_ports):
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    play = Scene(port, f"http://127.0.0.1:{collector_port}", start_agent, {})
    play.exchange(2)
    wait_until(lambda: warnings(play.agent), "the warning")
    play.exchange(2)
    collector = fault_collector(collector_port)
    result = play.check_each_once(collector)
    refused = [text for text in warnings(play.agent) if "refused" in text]
    assert len(refused) == 1, result.errors


def test_goes_away_and_comes_back(scene, fault_collector):
    play, collector = scene()
    play.exchange()
    wait_until(lambda: len(collector.span_ids()) == 2, "the first spans")
    collector.close()
    play.exchange(3)
    wait_until(lambda: warnings(play.agent), "the warning")
    back = fault_collector(int(collector.url.rpartition(":")[2]))
    wait_until(lambda: len(back.span_ids()) == 6, "what was made meanwhile", timeout=40)
    result = play.agent.stop()
    assert sorted(collector.span_ids() + back.span_ids()) == sorted(span.span_id for span in result.spans)
    assert result.losses == {}, result.errors


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retryable_statuses(scene, status):
    """The same request again, later."""
    play, collector = scene([answer(status), take])
    play.exchange()
    result = play.check_each_once(collector)
    first, second = collector.requests()[:2]
    assert second.content() == first.content()
    assert 0.45 <= second.at - first.at
    assert len([text for text in warnings(play.agent) if str(status) in text]) == 1, result.errors


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(scene, status):
    play, collector = scene([answer(status, {"Retry-After": "3"}), take])
    play.exchange()
    play.check_each_once(collector)
    first, second = collector.requests()[:2]
    assert 3 <= second.at - first.at < 10


@pytest.mark.parametrize("status", [301, 400, 401, 404, 413, 500, 501])
def test_statuses_that_are_final(scene, status):
    """Never the same request again; counted; said once however often it happens."""
    headers = {"Location": "/v1/elsewhere"} if status == 301 else {}
    play, collector = scene([answer(status, headers, b"not\x1b[31m this")] * 100)
    for number in range(3):
        play.exchange()
        wait_until(lambda: len(collector.requests()) > number, "the request")
    result = play.agent.stop(expected=1)
    bodies = [received.content() for received in collector.requests()]
    assert len(set(bodies)) == len(bodies), "a request twice"
    assert result.losses == {"export_refused": 6}, result.errors
    assert len([text for text in warnings(play.agent) if str(status) in text]) == 1, result.errors
    assert "\x1b" not in result.errors


def test_refuses_everything(start_agent, start_nginx, fault_collector, free_ports):
    """A web server at that port: said in one line, without its page, for spans and metrics; the end is a failure."""
    page = b"<!DOCTYPE html>\n<html><body><h1>Not Found</h1></body></html>"
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    collector = fault_collector(collector_port, [answer(404, {"Content-Type": "text/html"}, page)] * 100)
    metrics = {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"{collector.url}/v1/metrics"}
    play = Scene(port, collector.url, start_agent, metrics)
    play.exchange(2)
    wait_until(lambda: warnings(play.agent), "the warning")
    result = play.agent.stop(expected=1)
    [refused, end] = warnings(play.agent)
    assert refused == f"{collector.url}: the collector refuses spans, which are lost: HTTP 404"
    assert end == f"{collector.url} took no span: it refused all 4"
    assert result.losses == {"export_refused": 4}, result.errors


def test_partial_success(scene):
    play, collector = scene([take_part(1, "one is too old")] * 3)
    for number in range(3):
        play.exchange()
        wait_until(lambda: len(collector.requests()) > number, "the request")
    result = play.agent.stop()
    bodies = [received.content() for received in collector.requests()]
    assert len(set(bodies)) == len(bodies), "a partial success is a success: never again"
    assert result.losses == {"export_rejected": 3}, result.errors
    assert len([text for text in warnings(play.agent) if "one is too old" in text]) == 1, result.errors


def test_warning_of_a_full_success(scene):
    """rejected_spans 0 with a message: nothing is lost, the message is shown."""
    play, collector = scene([take_part(0, "slow down soon")])
    play.exchange()
    result = play.check_each_once(collector)
    assert len([text for text in warnings(play.agent) if "slow down soon" in text]) == 1, result.errors


@pytest.mark.parametrize("body, content_type", [(b"\xff\xfe\x00garbage", None), (b"<html>hello</html>", "text/html")])
def test_success_that_nobody_understands(scene, body, content_type):
    """Success all the same: sent again it would be there twice."""
    play, collector = scene([take_and_say(body, content_type)] * 3)
    for number in range(3):
        play.exchange()
        wait_until(lambda: len(collector.requests()) > number, "the request")
    result = play.check_each_once(collector)
    assert len(warnings(play.agent)) <= 1, result.errors


def test_answer_beyond_the_limit(scene):
    """More than 4 MiB is not read to its end, nor is the request made again."""
    play, collector = scene([answer(503, body=b"x" * (5 << 20))])
    play.exchange()
    wait_until(lambda: warnings(play.agent), "the warning")
    play.exchange()
    wait_until(lambda: len(collector.span_ids()) == 2, "the next spans")
    result = play.agent.stop()
    assert result.losses == {"export_refused": 2}, result.errors


@pytest.mark.parametrize(
    "fault",
    [hang, break_off, say_raw(b"\x00\x01\x02 garbage\r\n\r\n"), say_raw(b"")],
    ids=["hang", "cut", "garbage", "close"],
)
def test_no_answer(scene, fault):
    """Again, after a while; what is captured meanwhile waits its turn."""
    play, collector = scene([fault] * 2, environment={"OTEL_EXPORTER_OTLP_TIMEOUT": "500"})
    play.exchange()
    wait_until(lambda: warnings(play.agent), "the warning")
    play.exchange(2)
    result = play.check_each_once(collector)
    assert len(collector.requests()) + collector.broken <= AGAIN
    assert len(set(warnings(play.agent))) == len(warnings(play.agent)) <= 2, result.errors


def test_refuses_for_seconds(scene):
    """No busy loop: at most so many tries."""
    play, collector = scene([answer(503)] * 1000)
    play.exchange()
    began = time.monotonic()
    wait_until(lambda: len(collector.requests()) >= 4, "the fourth try", timeout=30)
    assert time.monotonic() - began >= (1 + 1.5 + 2.25) / 2 - 0.1
    collector.then(take)
    play.check_each_once(collector)


def make_certificates(directory):
    """(an authority that signed nothing here, certificate, key)"""
    for name in ("stranger", "server"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "2"]
            + ["-addext", "subjectAltName=IP:127.0.0.1"]
            + ["-keyout", directory / f"{name}.key", "-out", directory / f"{name}.pem"],
            check=True,
            capture_output=True,
        )
    return directory / "stranger.pem", directory / "server.pem", directory / "server.key"


def test_tls(scene, tmp_path):
    _, certificate, key = make_certificates(tmp_path)
    play, collector = scene(tls=(certificate, key), environment={"OTEL_EXPORTER_OTLP_CERTIFICATE": str(certificate)})
    play.exchange()
    play.check_each_once(collector)
    assert warnings(play.agent) == []


def test_tls_with_a_wrong_authority(scene, tmp_path):
    stranger, certificate, key = make_certificates(tmp_path)
    play, collector = scene(tls=(certificate, key), environment={"OTEL_EXPORTER_OTLP_CERTIFICATE": str(stranger)})
    play.exchange()
    wait_until(lambda: warnings(play.agent), "the warning")
    play.exchange()
    wait_until(lambda: collector.failed_handshakes >= 2, "another try", timeout=30)
    result = play.agent.stop(expected=1)
    assert collector.requests() == [] and collector.failed_handshakes <= AGAIN
    assert result.losses == {"export_undelivered": 4}, result.errors
    assert len([text for text in warnings(play.agent) if "certificate" in text.lower()]) == 1, result.errors


def test_ends_in_time_without_a_collector(start_agent, start_nginx, free_ports):
    """The last flush has a limit; what it did not bring away has a name."""
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    play = Scene(port, f"http://127.0.0.1:{collector_port}", start_agent, {})
    play.exchange(2)
    began = time.monotonic()
    result = play.agent.stop(expected=1)
    assert time.monotonic() - began < 15
    assert result.losses == {"export_undelivered": 4}, result.errors
