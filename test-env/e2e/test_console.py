# SPDX-License-Identifier: Apache-2.0
"""What a person sees: a tree for each trace, a table of latencies, what was lost."""

import fcntl
import os
import re
import signal
import struct
import subprocess
import termios

import pytest

from common.paths import BINARY
from common.wait import wait_until
from lib.curl import curl
from lib.processes import python_command


def test_tree_and_table(start_agent, start_process, start_nginx, free_ports):
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 403 no; }")
    start_process(python_command("hello_chain.py", port, downstream), port)
    agent = start_agent("--port", f"{port},{downstream}", "--format", "console")
    for number in range(3):
        curl(port, f"/users/{number}")
    agent.process.send_signal(signal.SIGINT)
    assert agent.process.wait(30) == 0
    text = agent.output.read_text()
    assert "\x1b" not in text, "colour, though this is no terminal"

    traces = re.findall(r"^trace [0-9a-f]{32} .*\n(?:.+\n)+", text, re.MULTILINE)
    assert len(traces) == 3, text
    for number, trace in enumerate(traces):
        title, *rows = trace.splitlines()
        assert "4 spans" in title
        expected = [
            rf"0 ns  curl +client  GET /users/{{id}} .* 127\.0\.0\.1:{port} +200 ",
            rf"  └─ hello_chain +server  GET /users/{{id}} .* /users/{number} +200 ",
            rf"  {' ' * 3}└─ hello_chain +client  GET /users/{{id}} .* 127\.0\.0\.1:{downstream} +403 ",
            rf"  {' ' * 6}└─ nginx +server  GET /users/{{id}} .* /users/{number} +403 ",
        ]
        assert len(rows) == 4
        for row, pattern in zip(rows, expected):
            assert re.search(pattern + r" *[\d.]+ [nµm]?s", row), f"{pattern}\n{row}"

    table = text[text.rindex(traces[-1]) + len(traces[-1]) :]
    for service, kind, errors in (
        ("curl", "client", 0),
        ("hello_chain", "server", 0),
        ("hello_chain", "client", 3),
        ("nginx", "server", 0),
    ):
        pattern = rf"^{service} +{kind} +GET /users/{{id}} +3 +{errors} +(?:[\d.]+ [nµm]?s *){{4}}$"
        assert re.search(pattern, table, re.MULTILINE), f"{pattern}\n{table}"
    assert re.search(r"count +errors +p50 +p95 +p99 +max", table, re.IGNORECASE), table
    assert table.endswith("no losses\n"), table


class Terminal:
    """A terminal of some columns, and all that was written to it."""

    def __init__(self, columns):
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.set_blocking(self.master, False)
        self.written = b""

    def text(self):
        try:
            while more := os.read(self.master, 65536):
                self.written += more
        except BlockingIOError:
            pass
        return self.written.decode().replace("\r\n", "\n")

    def close(self):
        os.close(self.master)
        os.close(self.slave)


def test_a_span_is_a_line_of_the_terminal(start_process, start_nginx, free_ports, cleanup):
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 403 no; }")
    start_process(python_command("hello_chain.py", port, downstream), port)
    terminal = Terminal(80)
    cleanup.callback(terminal.close)
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "TERM")}
    agent = subprocess.Popen(
        [BINARY, "run", "--port", f"{port},{downstream}"],
        stdin=subprocess.DEVNULL, stdout=terminal.slave, stderr=subprocess.PIPE, text=True,
        env=environment | {"TERM": "dumb"},
    )  # fmt: skip
    cleanup.callback(agent.kill)
    while "wirespan: ready" not in agent.stderr.readline():
        assert agent.poll() is None
    curl(port, "/a/path/that/goes/on/for/longer/than/any/terminal/has/room/for/in/one/of/its/lines/the/end")
    wait_until(lambda: "4 spans" in terminal.text(), "the trace")
    agent.send_signal(signal.SIGINT)
    assert agent.wait(30) == 0
    lines = terminal.text().splitlines()
    assert max(map(len, lines)) <= 80, terminal.text()
    title = next(number for number, line in enumerate(lines) if line.startswith("trace "))
    for row, status in zip(lines[title + 1 : title + 5], (200, 200, 403, 403)):
        assert re.search(rf"GET …?\S+…\S+ .*{status} +[\d.]+ [nµm]?s$", row), row
    assert lines[title + 5] == ""
    table = "\n".join(lines[title + 6 :])
    assert re.search(r"^hello_chain +client +GET \S*…\S* +1 +1 ", table, re.MULTILINE), table


def test_summary(start_agent, start_nginx, port):
    start_nginx(port, "location /ok { return 200 ok; } location /no { return 500 no; }")
    agent = start_agent("--port", port, "--format", "summary", "--interval", "0.2", "--sort", "errors")

    def table(*endpoints):
        """Of requests to those: at nginx and curl, what failed first."""
        rows = [
            rf"{service} +{kind} +GET /{path} +{count} +{errors} .*"
            for path, count, errors in endpoints
            for service, kind in (("curl", "client"), ("nginx", "server"))
        ]
        return r"(?m)^20\S+Z to 20\S+Z  \d+ spans\nservice .*\n" + r"\n".join(rows) + r"\n\n"

    curl(port, "/ok")
    wait_until(lambda: re.search(table(("ok", 1, 0)), agent.output.read_text()), "the first table")
    curl(port, "/no")
    wait_until(lambda: re.search(table(("no", 1, 1)), agent.output.read_text()), "a table of what came since")
    agent.process.send_signal(signal.SIGINT)
    assert agent.process.wait(30) == 0
    text = agent.output.read_text()
    assert re.search(table(("no", 1, 1), ("ok", 1, 0)) + r"no losses\n\Z", text), text
    assert "trace " not in text


@pytest.mark.parametrize("kind, shown", [("pipe", "json"), ("terminal", "console")])
def test_sending_does_not_wait_for_a_reader(kind, shown, start_nginx, free_ports, fault_collector, cleanup):
    port, collector_port = free_ports(2)
    start_nginx(port, "location / { return 200 hello; } keepalive_requests 100000;")
    collector = fault_collector(collector_port)
    reader, unread = os.pipe() if kind == "pipe" else os.openpty()
    if kind == "pipe":
        fcntl.fcntl(unread, fcntl.F_SETPIPE_SZ, 4096)
    for end in (reader, unread):
        cleanup.callback(os.close, end)
    agent = subprocess.Popen(
        [BINARY, "run", "--port", str(port), "--format", shown, "--endpoint", collector.url, "--stats", "1"],
        stdin=subprocess.DEVNULL, stdout=unread, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    cleanup.callback(agent.kill)
    while "wirespan: ready" not in agent.stderr.readline():
        assert agent.poll() is None
    urls = [f"http://127.0.0.1:{port}/{number}" for number in range(1000)]
    subprocess.run(["curl", "-sS", *urls], check=True, capture_output=True, timeout=60)
    wait_until(lambda: len(collector.span_ids()) == 2000, "all spans at the collector")
    # The loss shows while it lasts, and the next spans are not held up either.
    while not re.search(r"stats: losses:.* output_unread \d+", agent.stderr.readline()):
        assert agent.poll() is None
    subprocess.run(["curl", "-sS", *urls], check=True, capture_output=True, timeout=60)
    wait_until(lambda: len(collector.span_ids()) == 4000, "more spans at the collector")
    agent.send_signal(signal.SIGINT)
    errors = agent.communicate(timeout=15)[1]
    assert agent.returncode == 0, errors
    assert re.findall(r"loss: (\w+) ", errors) == ["output_unread"], errors
    assert "sent 4000 spans" in errors
