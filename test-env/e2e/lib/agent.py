# SPDX-License-Identifier: Apache-2.0
"""The agent as tests run it."""

import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path

from lib.otlp import parse_lines
from lib.wait import wait_until

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("E2E_BINARY") or str(REPOSITORY / "build" / "wirespan")


class Result:
    """What the agent said in its life."""

    def __init__(self, spans, errors):
        self.spans = spans
        self.errors = errors
        self.losses = self._counters("loss")
        self.ignored = self._counters("ignored")
        self.not_read = self._not_read()
        self.by_id = {span.span_id: span for span in spans}

    def _counters(self, kind):
        found = re.findall(rf"^wirespan: {kind}: (\S+) (\d+)$", self.errors, re.MULTILINE)
        return {name: int(count) for name, count in found}

    def _not_read(self):
        """Connections by what they speak, service, pid, how they stand to the port, and the port."""
        row = r"^wirespan: not read: (\S+) (\d+): (\S+) \((?:\S+, )?pid (\d+).*\) (on|to|over) port (\d+)"
        return {
            (name, service, int(pid), where, int(port)): int(count)
            for name, count, service, pid, where, port in re.findall(row, self.errors, re.MULTILINE)
        }

    def spans_of(self, kind, port=None):
        chosen = [span for span in self.spans if span.kind == kind and port in (None, span.server_port)]
        # Pipelined requests can begin at one instant and end at one: then their paths tell.
        return sorted(chosen, key=lambda span: (span.start, span.end, span.path))

    def servers(self, port=None):
        return self.spans_of("server", port)

    def clients(self, port=None):
        return self.spans_of("client", port)

    def parent(self, span):
        return self.by_id.get(span.parent_id)

    def children(self, span):
        return [child for child in self.spans if child.parent_id == span.span_id]

    def paths(self, kind, port=None):
        return Counter(span.path for span in self.spans_of(kind, port))


class Agent:
    def __init__(self, directory, arguments, environment=None):
        self.output = directory / f"spans-{id(self)}.json"
        self.error_file = directory / f"agent-{id(self)}.log"
        command = [BINARY, "run", "--format", "json", "--output", str(self.output), *arguments]
        with open(self.error_file, "wb") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stderr=errors, env={**os.environ, **(environment or {})}
            )

    @property
    def pid(self):
        return self.process.pid

    def everything_said(self):
        return self.error_file.read_text(errors="replace")

    def errors(self):
        """But not of other agents: whoever tests may have one running."""
        return re.sub(r"^wirespan: warning: another agent .*\n", "", self.everything_said(), flags=re.MULTILINE)

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, f"the agent ended ({self.process.returncode}):\n{self.errors()}"
            return "wirespan: ready\n" in self.errors()

        wait_until(ready, "the agent to be ready", timeout=30)
        return self

    def spans_so_far(self):
        if not self.output.exists():
            return []
        whole_lines = self.output.read_text().rpartition("\n")[0]
        return parse_lines(whole_lines)

    def stop(self, how=signal.SIGINT, expected=0):
        """Ends the agent and returns everything it said; fails unless it ends cleanly, with the expected status."""
        self.process.send_signal(how)
        return self.wait(expected=expected)

    def wait(self, timeout=60, expected=0):
        status = self.process.wait(timeout)
        assert status == expected, f"the agent ended with {status}:\n{self.errors()}"
        text = self.output.read_text()
        assert text == "" or text.endswith("\n"), "the output ends within a line"
        return Result(parse_lines(text), self.errors())

    def kill(self):
        """For cleaning up: whatever state it is in."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def run_command(*arguments, timeout=60, **options):
    """Runs the agent's binary to its end."""
    return subprocess.run(
        [BINARY, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, **options
    )
