# SPDX-License-Identifier: Apache-2.0
"""What was recorded is traced again as it was live; of a damaged file, what is whole and nothing else."""

import os
import random
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from lib.agent import BINARY, Result, run_command
from lib.load import Load
from lib.otlp import parse_lines
from lib.processes import python_command
from lib.wait import wait_until

SECONDS = 3
DAMAGES = 100
# The first clock record may be among what is damaged: until the next one the clocks have drifted.
DRIFT = 1_000_000
# Depend on other exchanges, or are left out where they are not proven.
MAY_DIFFER = {"http.route", "wirespan.loss"}


def replay(file, *arguments, expected=0, **options):
    done = run_command("replay", str(file), "--format", "json", *arguments, **options)
    assert done.returncode == expected, done.stderr
    return done


def content(span):
    """All of a span but ids; no two of a test are alike."""
    return (
        span.kind,
        span.name,
        span.start,
        span.end,
        span.status,
        span.trace_state,
        tuple(sorted((key, str(value)) for key, value in span.attr.items())),
        tuple(sorted((key, str(value)) for key, value in span.resource.items())),
    )


def check_same(live, replayed):
    """The same spans, the same parents, the same traces."""
    there = {content(span): span for span in replayed.spans}
    assert len(there) == len(replayed.spans) == len(live.spans) > 0
    traces = {}
    for span in live.spans:
        twin = there[content(span)]
        assert traces.setdefault(span.trace_id, twin.trace_id) == twin.trace_id
        parent, twin_parent = live.parent(span), replayed.parent(twin)
        assert (parent and content(parent)) == (twin_parent and content(twin_parent)), span
        assert (span.parent_id is None) == (twin.parent_id is None), span
    assert len(set(traces.values())) == len(traces)


def identity(span):
    return span.kind, span.server_port, span.client_port, span.path, span.pid, span.attr["thread.id"]


def check_subset(live, spans):
    """No span and no link that the live run has not."""
    there = {identity(span): span for span in live.spans}
    by_id = {span.span_id: span for span in spans}
    assert len({identity(span) for span in spans}) == len(spans), "a span twice"
    for span in spans:
        twin = there[identity(span)]
        assert abs(span.start - twin.start) <= DRIFT and abs(span.end - twin.end) <= DRIFT, (span, twin)
        assert span.end - span.start == twin.end - twin.start, (span, twin)
        assert span.status == twin.status, (span, twin)
        for key, value in span.attr.items():
            assert key in MAY_DIFFER or twin.attr.get(key) == value, (key, span, twin)
        parent = by_id.get(span.parent_id)
        if parent:
            assert identity(parent) == identity(live.by_id[twin.parent_id]), (span, parent)


@pytest.fixture
def chain(start_nginx, start_process, free_ports):
    """nginx before Flask before nginx; returns the ports and a function that makes requests for some seconds."""
    front, flask, back = free_ports(3)
    start_nginx(back, "location / { return 200 back; }")
    start_process(python_command("chain.py", flask), flask, environment={"DOWNSTREAM": f"127.0.0.1:{back}"})
    start_nginx(front, f"location / {{ proxy_pass http://127.0.0.1:{flask}; }}")

    def request(stop, first):
        number = first
        while not stop.is_set():
            url = f"http://127.0.0.1:{front}/{number}"
            subprocess.run(["curl", "-sS", "-o", os.devnull, url], check=True, timeout=30)
            number += 2

    def load(seconds):
        stop = threading.Event()
        threads = [threading.Thread(target=request, args=(stop, first)) for first in (1, 2)]
        for thread in threads:
            thread.start()
        stop.wait(seconds)
        stop.set()
        for thread in threads:
            thread.join()

    return (front, flask, back), load


@pytest.fixture
def recorded(tmp_path, start_agent, chain):
    """A recording with what its agent said."""
    ports, load = chain
    file = tmp_path / "recording"
    agent = start_agent("--port", ",".join(map(str, ports)), "--record", file)
    load(SECONDS)
    live = agent.stop()
    assert len(live.spans) > 40 and any(span.parent_id for span in live.spans)
    return file, live


def test_replay_equals_the_live_run(recorded):
    file, live = recorded
    first, second = (replay(file, "--seed", "1") for _ in range(2))
    assert first.stdout == second.stdout
    result = Result(parse_lines(first.stdout), first.stderr)
    check_same(live, result)
    assert result.losses == live.losses
    # Without a seed, or with another, the ids are others.
    ids = {span.span_id for span in result.spans}
    for arguments in ((), ("--seed", "2")):
        other = Result(parse_lines(replay(file, *arguments).stdout), "")
        check_same(live, other)
        assert ids.isdisjoint(other.by_id)


@pytest.mark.slow
def test_replay_waits_for_outputs(tmp_path, start_agent, start_nginx, fault_collector, free_ports, cleanup):
    """Far more spans than the queue holds: what a live run would lose, a replay waits for."""
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; }")
    file = tmp_path / "recording"
    agent = start_agent("--port", port, "--ring-size", "64M", "--record", file)
    load = Load(port, 1)
    cleanup.callback(load.stop)
    load.finish()
    live = agent.stop()
    small = {"env": {**os.environ, "OTEL_BSP_MAX_QUEUE_SIZE": "2048"}, "timeout": 300}
    first, second = (replay(file, "--seed", "1", **small) for _ in range(2))
    assert first.stdout == second.stdout
    assert "export_" not in first.stderr
    replayed = parse_lines(first.stdout)
    assert len(replayed) == len(live.spans) + live.losses.get("export_queue_full", 0) > 2048
    assert {content(span) for span in live.spans} <= {content(span) for span in replayed}
    sink = fault_collector(collector_port)
    endpoint = f"http://127.0.0.1:{collector_port}"
    sent = run_command("replay", str(file), "--seed", "1", "--endpoint", endpoint, **small)
    assert sent.returncode == 0, sent.stderr
    assert "export_" not in sent.stderr
    assert sorted(sink.span_ids()) == sorted(span.span_id for span in replayed)


def test_replay_needs_no_privileges(recorded):
    file, live = recorded
    if not all(directory.stat().st_mode & 0o001 for directory in Path(BINARY).parents):
        pytest.skip(f"{BINARY} lies where others may not look")
    file.chmod(0o644)
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all"]
    command = [*nobody, BINARY, "replay", "/dev/stdin", "--format", "json"]
    with open(file, "rb") as recording:
        done = subprocess.run(command, stdin=recording, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(parse_lines(done.stdout)) == len(live.spans)


@pytest.mark.slow
def test_replay_of_a_cut_file(recorded, tmp_path):
    file, live = recorded
    whole = file.read_bytes()
    damaged = tmp_path / "damaged"
    chance = random.Random(5)
    most = 0
    for _ in range(DAMAGES):
        size = chance.randrange(len(whole))
        damaged.write_bytes(whole[:size])
        done = replay(damaged, expected=1)
        assert "has no end" in done.stderr or "its header is damaged" in done.stderr or "no recording" in done.stderr
        spans = parse_lines(done.stdout)
        check_subset(live, spans)
        most = max(most, len(spans))
    assert most > len(live.spans) / 4


@pytest.mark.slow
def test_replay_of_a_file_with_a_flipped_bit(recorded, tmp_path):
    file, live = recorded
    whole = bytearray(file.read_bytes())
    damaged = tmp_path / "damaged"
    chance = random.Random(6)
    most = 0
    for _ in range(DAMAGES):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        whole[place] ^= bit
        damaged.write_bytes(whole)
        whole[place] ^= bit
        done = replay(damaged, expected=1)
        assert "wirespan: error:" in done.stderr
        spans = parse_lines(done.stdout)
        check_subset(live, spans)
        most = max(most, len(spans))
    assert most > len(live.spans) / 4


def test_record_writes_no_spans(tmp_path, start_process, port):
    start_process(python_command("hello.py", port), port)
    file = tmp_path / "recording"
    command = ["record", str(file), "--port", str(port), "--duration", "2"]
    done = []
    thread = threading.Thread(target=lambda: done.append(run_command(*command)))
    thread.start()
    # Its first block is written once it is ready.
    wait_until(lambda: file.exists() and file.stat().st_size > 1000, "the recording to begin")
    subprocess.run(["curl", "-sS", "-o", os.devnull, f"http://127.0.0.1:{port}/recorded"], check=True)
    thread.join()
    assert done[0].returncode == 0 and done[0].stdout == "" and "wirespan: ready\n" in done[0].stderr
    assert file.stat().st_mode & 0o077 == 0
    spans = parse_lines(replay(file).stdout)
    assert sorted((span.kind, span.path) for span in spans) == [("client", "/recorded"), ("server", "/recorded")]


def test_a_killed_recorder_loses_little(recorded, start_agent, chain, tmp_path):
    ports, load = chain
    file = tmp_path / "killed"
    agent = start_agent("--port", ",".join(map(str, ports)), "--record", file)
    load(SECONDS)
    live = len(agent.spans_so_far())
    agent.process.send_signal(signal.SIGKILL)
    agent.process.wait()
    done = replay(file, expected=1)
    assert "has no end" in done.stderr
    assert len(parse_lines(done.stdout)) >= live / 3


def test_a_full_disk_does_not_stop_tracing(start_agent, start_process, port):
    start_process(python_command("hello.py", port), port)
    done = run_command("run", "--port", str(port), "--record", "/dev/full", "--format", "json", "--duration", "1")
    assert done.returncode == 1 and "cannot record to '/dev/full'" in done.stderr


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"", "no recording"),
        (b"GET / HTTP/1.1\r\n\r\n" * 50, "no recording"),
        (b"\211WSREC\r\n\x04\x03\x02\x01\x02\x00" + bytes(500), "another version"),
        (b"\211WSREC\r\n\x01\x02\x03\x04\x00\x01" + bytes(500), "byte order"),
        (b"\211WSREC\r\n\x04\x03\x02\x01\x01\x00" + bytes(500), "header is damaged"),
    ],
)
def test_foreign_files(tmp_path, bytes_, said):
    file, output = tmp_path / "file", tmp_path / "spans"
    file.write_bytes(bytes_)
    done = replay(file, "--output", str(output), expected=1)
    assert str(file) in done.stderr and said in done.stderr
    assert not output.exists()
