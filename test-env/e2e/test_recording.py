# SPDX-License-Identifier: Apache-2.0
"""What was recorded is traced again as it was live; of a damaged file, what is whole and nothing else."""

import itertools
import os
import random
import secrets
import signal
import subprocess
import threading
import urllib.request
from pathlib import Path

import pytest

from common.agent import Result
from common.otlp import parse_lines
from common.paths import BINARY
from common.wait import wait_until
from lib.agent import run_command
from lib.curl import curl
from lib.load import Load
from lib.processes import python_command

# Of a recording: what is asked for at once, and how often. Each of them is in blocks of its own, or nearly.
REQUESTS = 20
ROUNDS = 3
DAMAGES = 100
# The first clock record may be among what is damaged: until the next one the clocks have drifted.
DRIFT = 1_000_000
# Depend on other exchanges, or are left out where they are not proven.
MAY_DIFFER = {"http.route", "url.template", "wirespan.link.missing", "wirespan.loss"}
# Of a file system that is soon full; and bytes of a path, of which nothing can be compressed but what both ends see.
DISK_SIZE = 256 << 10
LONG_PATH = 3000


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
    """nginx before Flask before nginx; returns the ports and a function that makes REQUESTS requests."""
    front, flask, back = free_ports(3)
    start_nginx(back, "location / { return 200 back; }")
    start_process(python_command("chain.py", flask), flask, environment={"DOWNSTREAM": f"127.0.0.1:{back}"})
    start_nginx(front, f"location / {{ proxy_pass http://127.0.0.1:{flask}; }}")

    numbers = itertools.count(1)

    def request(count):
        for _, number in zip(range(count), numbers):
            curl(front, f"/{number}")

    def load():
        threads = [threading.Thread(target=request, args=(REQUESTS // 2,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return (front, flask, back), load


def recorded_so_far(file):
    """What can be replayed of a file that has no end (yet)."""
    return {identity(span) for span in parse_lines(replay(file, expected=1).stdout)}


def wait_for_block(agent, file):
    """Until all that was told by now is in the file, too, which gets a block each second. Returns it."""
    told = {identity(span) for span in agent.spans_so_far()}
    wait_until(lambda: told <= recorded_so_far(file), "what was traced to be in the recording")
    return told


@pytest.fixture
def recorded(tmp_path, start_agent, chain):
    """A recording with what its agent said."""
    ports, load = chain
    file = tmp_path / "recording"
    agent = start_agent("--port", ",".join(map(str, ports)), "--record", file)
    for _ in range(ROUNDS):
        load()
        wait_for_block(agent, file)
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
    cleanup.callback(load.kill)
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


def test_record_writes_no_spans(tmp_path, start_process, cleanup, port):
    start_process(python_command("hello.py", port), port)
    file, output, errors = (tmp_path / name for name in ("recording", "output", "errors"))
    with open(output, "wb") as stdout, open(errors, "wb") as stderr:
        command = [BINARY, "record", file, "--port", str(port)]
        recorder = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    cleanup.callback(recorder.wait)
    cleanup.callback(recorder.kill)
    wait_until(lambda: "wirespan: ready\n" in errors.read_text(), "the recorder to be ready", timeout=30)
    curl(port, "/recorded")
    recorder.send_signal(signal.SIGINT)
    assert recorder.wait(60) == 0, errors.read_text()
    assert output.read_text() == ""
    assert file.stat().st_mode & 0o077 == 0
    spans = parse_lines(replay(file).stdout)
    assert sorted((span.kind, span.path) for span in spans) == [("client", "/recorded"), ("server", "/recorded")]


def test_a_killed_recorder_loses_little(start_agent, chain, tmp_path):
    ports, load = chain
    file = tmp_path / "killed"
    agent = start_agent("--port", ",".join(map(str, ports)), "--record", file)
    load()
    wait_until(lambda: len(agent.spans_so_far()) > REQUESTS, "spans of the requests")
    told = wait_for_block(agent, file)
    load()
    agent.process.send_signal(signal.SIGKILL)
    agent.process.wait()
    done = replay(file, expected=1)
    assert "has no end" in done.stderr
    assert told <= {identity(span) for span in parse_lines(done.stdout)}


@pytest.fixture
def small_disk(tmp_path, cleanup):
    """A directory with room for DISK_SIZE bytes."""
    directory = tmp_path / "disk"
    directory.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", directory]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    # Lazily: also when somebody still has a file open there.
    cleanup.callback(subprocess.run, ["umount", "--lazy", directory], check=True)
    return directory


def test_a_full_disk_does_not_stop_tracing(small_disk, start_agent, start_process, port):
    start_process(python_command("hello.py", port), port)
    file = small_disk / "recording"
    agent = start_agent("--port", port, "--record", file)

    def request(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            answer.read()

    def is_told(path):
        return {span.kind for span in agent.spans_so_far() if span.path == path} == {"client", "server"}

    def is_full():
        request(f"/{secrets.token_urlsafe(LONG_PATH)}")
        return f"cannot record to '{file}': No space left on device; tracing goes on" in agent.errors()

    request("/before")
    wait_until(lambda: is_told("/before"), "what is traced before the disk is full")
    before = wait_for_block(agent, file)
    wait_until(is_full, "the disk to be full", timeout=60)
    request("/after")
    wait_until(lambda: is_told("/after"), "what is traced when the disk is full")
    live = agent.stop(expected=1)
    assert live.errors.count("cannot record") == 1
    assert live.losses.get("recording_failed", 0) > 0
    done = replay(file, expected=1)
    # The end is so small that there may be room for it.
    assert "blocks missing" in done.stderr or "has no end" in done.stderr
    spans = parse_lines(done.stdout)
    assert before <= {identity(span) for span in spans}
    assert len(spans) < len(live.spans)
    check_subset(live, spans)


def test_a_recording_that_cannot_be_begun_is_an_error(port):
    """Nobody is left to think that there will be one."""
    done = run_command("run", "--port", str(port), "--record", "/dev/full", "--format", "json")
    assert done.returncode == 1 and "cannot record to '/dev/full'" in done.stderr
    assert done.stdout == "" and "wirespan: ready" not in done.stderr


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
