# SPDX-License-Identifier: Apache-2.0
"""What a person sees: a tree for each trace, a table of latencies, what was lost."""

import re
import signal
import subprocess

from lib.processes import python_command


def test_tree_and_table(start_agent, start_process, start_nginx, free_ports):
    port, downstream = free_ports(2)
    start_nginx(downstream, "location / { return 403 no; }")
    start_process(python_command("hello_chain.py", port, downstream), port)
    agent = start_agent("--port", f"{port},{downstream}", "--format", "console")
    for number in range(3):
        subprocess.run(["curl", "-sS", f"http://127.0.0.1:{port}/users/{number}"], check=True, capture_output=True)
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
