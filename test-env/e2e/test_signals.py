# SPDX-License-Identifier: Apache-2.0
"""What shells, log rotation and lost terminals send: capture goes on, or ends with all that it has seen."""

import os
import signal
import subprocess

import pytest

from common.otlp import parse_lines
from common.paths import BINARY
from common.wait import wait_until
from lib.curl import curl
from lib.processes import python_command


@pytest.fixture
def request_path(start_process, port):
    """request_path(path): one exchange at the port."""
    start_process(python_command("hello.py", port), port)

    return lambda path: curl(port, path)


def paths(file):
    """Of the server spans in a file of JSON lines, which is whole."""
    text = file.read_text() if file.exists() else ""
    return [span.path for span in parse_lines(text[: text.rfind("\n") + 1]) if span.kind == "server"]


def test_output_is_added_to_and_opened_again(start_agent, request_path, port, tmp_path):
    file, moved = tmp_path / "spans", tmp_path / "spans.1"
    agent = start_agent("--port", port, "--output", file)
    request_path("/first")
    agent.process.send_signal(signal.SIGINT)
    assert agent.process.wait(30) == 0
    agent = start_agent("--port", port, "--output", file)
    request_path("/second")
    wait_until(lambda: paths(file) == ["/first", "/second"], "what is added")
    file.rename(moved)
    request_path("/third")
    wait_until(lambda: paths(moved)[2:] == ["/third"], "what comes before the signal")
    agent.process.send_signal(signal.SIGHUP)
    wait_until(file.exists, "a new file")
    request_path("/fourth")
    wait_until(lambda: paths(file) == ["/fourth"], "what comes behind the signal")
    agent.process.send_signal(signal.SIGTERM)
    assert agent.process.wait(30) == 0
    assert paths(moved) == ["/first", "/second", "/third"] and paths(file) == ["/fourth"]


def test_signals_that_do_not_end(start_agent, request_path, port):
    agent = start_agent("--port", port)
    sent = ((signal.SIGHUP, "ready"), (signal.SIGUSR1, "stats: losses: none"), (signal.SIGUSR2, "means nothing here"))
    for number, said in sent:
        agent.process.send_signal(number)
        wait_until(lambda said=said: f"{said}" in agent.errors(), "what it says to that")
        request_path(f"/{number.name}")
    result = agent.stop()
    assert {span.path for span in result.servers()} == {f"/{number.name}" for number, _ in sent}
    assert result.losses == {}


@pytest.mark.parametrize("arguments", [["record"], ["run", "--format", "none", "--record"]])
def test_a_recorder_is_not_ended_either(arguments, request_path, port, tmp_path, cleanup):
    file, errors = tmp_path / "recording", tmp_path / "errors"
    with open(errors, "wb") as stream:
        recorder = subprocess.Popen(
            [BINARY, *arguments, file, "--port", str(port)], stdin=subprocess.DEVNULL, stderr=stream
        )
    cleanup.callback(recorder.kill)
    wait_until(lambda: "wirespan: ready" in errors.read_text(), "the recorder", timeout=30)
    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        recorder.send_signal(number)
    wait_until(lambda: "means nothing" in errors.read_text(), "the signals to be taken")
    request_path("/recorded")
    recorder.send_signal(signal.SIGTERM)
    assert recorder.wait(30) == 0
    replayed = subprocess.run([BINARY, "replay", file, "--format", "json"], capture_output=True, text=True, check=True)
    assert [span.path for span in parse_lines(replayed.stdout) if span.kind == "server"] == ["/recorded"]


def on_terminal(arguments, ignoring_hangup, cleanup):
    """The agent as a shell without job control starts it: (process, the terminal's other end)."""
    master, slave = os.openpty()
    trap = "trap '' HUP; " if ignoring_hangup else ""
    # Whoever runs the tests by nohup ignores SIGHUP, and a shell cannot take that back.
    shell = ["env", "--default-signal=HUP", "sh", "-c", f'{trap}exec "$@"', "sh"]
    command = ["setsid", "--ctty", *shell, BINARY, *map(str, arguments)]
    agent = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    cleanup.callback(agent.kill)
    said = b""
    while b"wirespan: ready" not in said:
        said += os.read(master, 4096)
    return agent, master


def test_a_terminal_that_goes_ends_it_in_order(request_path, port, tmp_path, cleanup):
    file = tmp_path / "spans"
    agent, master = on_terminal(["run", "--port", port, "--format", "json", "--output", file], False, cleanup)
    request_path("/in-flight")
    os.close(master)
    assert agent.wait(30) == 0
    assert paths(file) == ["/in-flight"]


def test_a_terminal_that_goes_is_survived_where_that_is_wanted(request_path, port, tmp_path, cleanup):
    """As by nohup. What cannot be printed any more is counted, and takes no time."""
    file = tmp_path / "recording"
    agent, master = on_terminal(["run", "--port", port, "--record", file], True, cleanup)
    os.close(master)
    for number in range(20):
        request_path(f"/{number}")
    assert agent.poll() is None
    times = (tmp_path / f"/proc/{agent.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    assert sum(map(int, times)) < 5 * os.sysconf("SC_CLK_TCK"), "it spins"
    agent.send_signal(signal.SIGTERM)
    assert agent.wait(30) == 1, "what was to be printed was not"
    replayed = subprocess.run([BINARY, "replay", file, "--format", "json"], capture_output=True, text=True, check=True)
    found = [span.path for span in parse_lines(replayed.stdout) if span.kind == "server"]
    assert found == [f"/{number}" for number in range(20)]


def test_a_file_that_cannot_be_written_is_told_at_once(start_agent, request_path, port):
    agent = start_agent("--port", port, "--output", "/dev/full")
    for number in range(3):
        request_path(f"/{number}")
        wait_until(lambda: "cannot write to '/dev/full': No space left on device" in agent.errors(), "the warning")
    agent.process.send_signal(signal.SIGTERM)
    assert agent.process.wait(30) == 1
    assert agent.errors().count("cannot write to") == 1
    assert "loss: export_failed 6\n" in agent.errors()


def test_a_recording_is_not_written_over(tmp_path, port):
    file = tmp_path / "recording"
    file.write_text("precious")
    done = subprocess.run([BINARY, "record", file, "--port", str(port)], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "it is there already" in done.stderr
    assert file.read_text() == "precious"
