# SPDX-License-Identifier: Apache-2.0
"""What the commands say, and by which status they end."""

import json
import re
import signal
import subprocess
import time

import pytest

from common.paths import BINARY
from lib.agent import run_command
from lib.curl import curl
from lib.expect import check_pair
from lib.processes import python_command


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", [[], ["run"], ["record"], ["replay"], ["check"]])
def test_help(command, option):
    arguments = [*command, option]
    done = run_command(*arguments)
    assert done.returncode == 0 and done.stderr == ""
    assert "usage" in done.stdout.lower()
    if arguments[0] == "run":
        for option in ("--exe", "--pid", "--port", "--exclude-exe", "--format", "--output", "--duration", "--hooks"):
            assert option in done.stdout
    elif not command:
        assert "run" in done.stdout and "check" in done.stdout


@pytest.mark.parametrize("command", [[], ["run"], ["record"], ["replay"], ["check"]])
@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(command, option):
    done = run_command(*command, option)
    assert done.returncode == 0 and re.fullmatch(r"wirespan \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "usage"),
        (["frobnicate"], "frobnicate"),
        (["--frobnicate"], "frobnicate"),
        (["run", "--frobnicate"], "frobnicate"),
        (["run", "--port", "70000"], "70000"),
        (["run", "--port", "0"], "0"),
        (["run", "--port", "80,"], "port"),
        (["run", "--port"], "port"),
        (["run", "--pid", "ada"], "ada"),
        (["run", "--format", "xml"], "xml"),
        (["run", "--hooks", "kprobe"], "kprobe"),
        (["run", "--ring-size", "5Q"], "5Q"),
        (["run", "--duration", "-1"], "-1"),
        (["run", "stray"], "stray"),
        (["run", "--exe", "ngin[x"], "without its ']'"),
        (["run", "--endpoint", "http://127.0.0.1:9", "--interval", "1"], "no table is printed"),
        (["run", "--endpoint", "http://127.0.0.1:9", "--sort", "p99"], "no table is printed"),
        (["run", "--exclude-path", "/[a-"], "without its ']'"),
        (["record", "file", "--exe", "nginx", "--exclude-exe", "nginx"], "leaves all of it out"),
        (["replay", "file", "--kind", "internal"], "internal"),
        (["run", "--min-duration", "fast"], "fast"),
        (["record"], "file"),
        (["record", "file", "--format", "json"], "format"),
        (["replay"], "file"),
        (["replay", "file", "stray"], "stray"),
        (["replay", "file", "--seed", "ada"], "ada"),
        (["check", "--format", "xml"], "xml"),
        (["check", "-v"], "-v"),
        (["run", "--log-format", "xml"], "xml"),
        (["run", "--format", "json", "--sort", "rate"], "--sort"),
    ],
)
def test_wrong_usage(arguments, said):
    done = run_command(*arguments)
    assert done.returncode == 2, done
    assert said in done.stderr.lower() or said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["replay", "run --record"])
def test_recording_is_not_written_over(command, tmp_path):
    recording = tmp_path / "recording"
    recording.write_text("precious")
    (tmp_path / "same").symlink_to(recording)
    done = run_command(*command.split(), recording, "--output", tmp_path / "same")
    assert done.returncode == 2 and "--output" in done.stderr
    assert recording.read_text() == "precious"


def test_unwritable_output():
    done = run_command("run", "--format", "json", "--output", "/nonexistent/spans.json")
    assert done.returncode == 1
    assert "/nonexistent/spans.json" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_signal_delivers_what_is_in_flight(start_agent, start_process, port, how):
    start_process(python_command("hello.py", port), port)
    agent = start_agent("--port", port)
    curl(port, "/last")
    check_pair(agent.stop(how), port, path="/last", response_body=5)


def test_duration(start_agent, start_process, port):
    start_process(python_command("hello.py", port), port)
    agent = start_agent("--port", port, "--duration", "2")
    ready = time.monotonic()
    curl(port, "/timed")
    result = agent.wait(20)
    assert 1 < time.monotonic() - ready < 5
    check_pair(result, port, path="/timed", response_body=5)


def test_format_none(start_process, port):
    start_process(python_command("hello.py", port), port)
    done = run_command("run", "--port", str(port), "--format", "none", "--duration", "1")
    assert done.returncode == 0 and done.stdout == ""
    assert "wirespan: ready\n" in done.stderr
    assert done.stderr.count("nothing is kept") == 1, done.stderr


def test_a_second_agent_says_so_without_all_of_root(start_agent, port):
    """The capabilities that docs/deploy.md asks for let it see no maps but its own."""
    first = start_agent("--port", port)
    done = subprocess.run(
        ["setpriv", "--bounding-set=-all,+bpf,+perfmon,+sys_ptrace,+dac_read_search"]
        + [BINARY, "run", "--port", str(port), "--format", "none", "--duration", "0.1"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "another agent traces on this host (process " in done.stderr
    first.stop()


def test_a_second_agent_says_so(start_agent, port):
    """Whatever it traces, and by which hooks; the first one's end is none of a third one's business."""
    first = start_agent("--port", port, "--hooks", "syscall")
    second = start_agent("--port", port)
    assert f"another agent traces on this host (process {first.pid})" in second.everything_said()
    assert f"(process {second.pid})" not in first.everything_said()
    assert first.stop().losses == {} and second.stop().losses == {}
    for _ in range(2):
        third = start_agent("--port", port)
        for ended in (first, second):
            assert f"(process {ended.pid})" not in third.everything_said()
        third.stop()


def test_log_format(start_process, port):
    """Every line has time and level, also those of --stats and those at the end."""
    server = start_process(python_command("hello.py", port), port)
    selection = ["--port", str(port), "--pid", str(server.pid)]
    done = run_command(
        "run", "-v", *selection, "--format", "none", "--log-format", "json", "--stats", "0.5", "--duration", "1"
    )
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    for line in lines:
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert line["level"] in ("error", "warning", "info", "debug") and line["message"]
    said = [(line["level"], line["message"]) for line in lines]
    assert ("info", "ready") in said
    assert any(level == "info" and message.startswith("stats: ") for level, message in said)
    traced = [message for level, message in said if level == "debug" and f"process {server.pid} " in message]
    assert traced, "-v is --verbose"
    done = run_command("run", "--port", str(port), "--format", "none", "--log-format", "text", "--duration", "0.1")
    for line in done.stderr.splitlines():
        assert re.match(r"20\d\d-\d\d-\d\dT\S+Z (error|warning|info|debug) wirespan: ", line), line


def test_check_text():
    done = run_command("check")
    assert done.returncode == 0, done.stdout
    assert "BTF" in done.stdout and "libbpf" in done.stdout


def test_check_json():
    done = run_command("check", "--format", "json")
    assert done.returncode == 0
    assert isinstance(json.loads(done.stdout), dict)
