# SPDX-License-Identifier: Apache-2.0
"""wrk against nginx."""

import re
import subprocess

from lib.processes import APPS

# The path tells which response is its own: apps/unique.lua.
UNIQUE = """
    location ~ /0$ { return 200 $uri; }
    location ~ /1$ { return 201 $uri; }
    location ~ /2$ { return 404 $uri; }
    location ~ /3$ { return 503 $uri; }
"""
STATUS_OF = {"0": 200, "1": 201, "2": 404, "3": 503}


class Load:
    """A run of wrk in the background."""

    def __init__(self, port, seconds, connections=16, threads=1, script=None, path="/"):
        command = ["wrk", f"-c{connections}", f"-t{threads}", f"-d{seconds}s"]
        if script:
            command += ["-s", str(APPS / script)]
        self.process = subprocess.Popen(
            [*command, f"http://127.0.0.1:{port}{path}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.timeout = seconds + 30

    @property
    def pid(self):
        return self.process.pid

    def finish(self):
        """How many requests were answered; `errors` has what wrk complained of."""
        self.text, _ = self.process.communicate(timeout=self.timeout)
        assert self.process.returncode == 0, self.text
        self.errors = re.findall(r"Socket errors:.*|Non-2xx.*", self.text)
        return int(re.search(r"(\d+) requests in", self.text).group(1))

    def stop(self):
        self.process.kill()
        self.process.communicate()
