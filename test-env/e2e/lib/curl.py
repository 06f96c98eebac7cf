# SPDX-License-Identifier: Apache-2.0
"""curl: a client that is a process of its own."""

import os
import subprocess


def curl(port, path="/", *options):
    """One exchange, whatever its status; what is answered goes nowhere."""
    command = ["curl", "-sS", "-o", os.devnull, *options, f"http://127.0.0.1:{port}{path}"]
    subprocess.run(command, check=True, timeout=30)
