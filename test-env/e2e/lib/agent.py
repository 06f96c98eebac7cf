# SPDX-License-Identifier: Apache-2.0
"""The agent as tests run it."""

import os
import re
import signal
import subprocess

from common.agent import Result
from common.otlp import parse_lines
from common.paths import BINARY
from common.processes import Program
from common.wait import wait_until


class Agent(Program):
    def __init__(self, directory, arguments, environment=None):
        self.output = directory / f"spans-{id(self)}.json"
        self.error_file = directory / f"agent-{id(self)}.log"
        command = [BINARY, "run", "--format", "json", "--output", str(self.output), *arguments]
        with open(self.error_file, "wb") as errors:
            super().__init__(command, stderr=errors, env={**os.environ, **(environment or {})})

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


def run_command(*arguments, timeout=60, **options):
    """Runs the agent's binary to its end."""
    return subprocess.run(
        [BINARY, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, **options
    )
