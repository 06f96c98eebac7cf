# SPDX-License-Identifier: Apache-2.0
"""Which spans are shown: what is left out is counted, and nothing else changes."""

import pytest

from common.agent import Result
from common.otlp import parse_lines
from common.wait import wait_until
from lib.agent import run_command
from lib.curl import curl
from lib.processes import python_command

CHAIN = 4  # spans of a request: curl's, two of the service in front, one of nginx behind


@pytest.fixture
def chain(start_process, start_nginx, free_ports):
    """The ports of a service and of the nginx that it calls; /fail fails there."""
    front, back = free_ports(2)
    start_nginx(back, "location / { return 200 hello; } location /fail { return 500; }")
    start_process(python_command("hello_chain.py", front, back), front)
    return front, back


def replay(recording, *arguments):
    done = run_command("replay", str(recording), "--format", "json", "--seed", "7", *arguments)
    assert done.returncode == 0, done.stderr
    return Result(parse_lines(done.stdout), done.stderr)


def test_health_checks(start_agent, hooks, chain, tmp_path):
    """They are neither shown nor lost, by both commands; the recording has them."""
    recording = tmp_path / "recording"
    ports = ",".join(str(port) for port in chain)
    agent = start_agent(*hooks, "--port", ports, "--record", recording, "--exclude-path", "/health*")
    for path in ("/health", "/healthz?full=1", "/shop"):
        curl(chain[0], path)
    live = agent.stop()
    everything = replay(recording)
    assert len(everything.spans) == 3 * CHAIN and "filtered_path" not in everything.ignored
    for result in (live, replay(recording, "--exclude-path", "/health*")):
        assert {span.path for span in result.spans} == {"/shop"} and len(result.spans) == CHAIN
        assert result.ignored["filtered_path"] == 2 * CHAIN and result.losses == {}


@pytest.fixture
def recorded(start_agent, chain, tmp_path):
    """A recording of three requests, one of which failed at the back; and all its spans."""
    recording = tmp_path / "recording"
    agent = start_agent("--port", f"{chain[0]},{chain[1]}", "--record", recording)
    for path in ("/a", "/fail", "/b"):
        curl(chain[0], path)
    agent.stop()
    return recording, replay(recording).spans


def check(recorded, arguments, reason, wanted):
    """Who stays is as before, ids and parents and all; who does not is counted."""
    recording, spans = recorded
    result = replay(recording, *arguments)
    kept = [span for span in spans if wanted(span)]
    assert 0 < len(kept) < len(spans)
    assert {span.span_id: span for span in result.spans} == {span.span_id: span for span in kept}
    assert result.ignored[reason] == len(spans) - len(kept)
    return result


@pytest.mark.parametrize("kind", ["server", "client"])
def test_kind(recorded, kind):
    check(recorded, ["--kind", kind], "filtered_kind", lambda span: span.kind == kind)


def test_errors(recorded):
    """The parent of what failed had no error itself: it is still named."""
    result = check(recorded, ["--errors-only"], "filtered_success", lambda span: span.status == 2)
    assert sorted((span.service, span.kind) for span in result.spans) == [("hello_chain", "client"), ("nginx", "server")]
    [call] = result.clients()
    assert call.parent_id and not result.parent(call) and result.parent(result.servers()[0]) == call


def test_duration(recorded):
    limit = sorted(span.end - span.start for span in recorded[1])[len(recorded[1]) // 2]
    arguments = ["--min-duration", f"{limit / 1000}us"]
    check(recorded, arguments, "filtered_duration", lambda span: span.end - span.start >= limit)


def test_unsampled_is_not_filtered(recorded, monkeypatch):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    result = replay(recorded[0], "--errors-only")
    assert result.spans == [] and result.ignored == {"unsampled": 3 * CHAIN}


def test_console(start_agent, chain):
    """Trees and table hold what is wanted, and a tree does not wait for a parent that is not."""
    agent = start_agent("--port", f"{chain[0]},{chain[1]}", "--format", "console", "--kind", "server")
    curl(chain[0], "/shop")
    wait_until(lambda: "nginx" in agent.output.read_text(), "the tree", timeout=15)
    assert "  2 spans  " in agent.output.read_text()
    agent.process.terminate()
    assert agent.process.wait(30) == 0
    assert "client" not in agent.output.read_text()
    assert "wirespan: ignored: filtered_kind 2\n" in agent.errors()
