# SPDX-License-Identifier: Apache-2.0
"""wrk against nginx."""

import subprocess

from common.processes import Program
from common.wrk import complaints, completed, wrk_command
from lib.processes import APPS

# The path tells which response is its own: apps/unique.lua.
UNIQUE = """
    location ~ /0$ { return 200 $uri; }
    location ~ /1$ { return 201 $uri; }
    location ~ /2$ { return 404 $uri; }
    location ~ /3$ { return 503 $uri; }
"""
STATUS_OF = {"0": 200, "1": 201, "2": 404, "3": 503}


class Load(Program):
    """A run of wrk in the background."""

    def __init__(self, port, seconds, connections=16, threads=1, script=None, path="/"):
        options = ["-s", APPS / script] if script else []
        command = wrk_command(port, path, seconds, connections, threads, options)
        super().__init__(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.timeout = seconds + 30

    def finish(self):
        """How many requests were answered; `errors` has what wrk complained of."""
        self.text, _ = self.process.communicate(timeout=self.timeout)
        assert self.process.returncode == 0, self.text
        self.errors = complaints(self.text)
        return completed(self.text)
