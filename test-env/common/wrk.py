# SPDX-License-Identifier: Apache-2.0
"""wrk: its command line, and what it says."""

import re


def wrk_command(port, path, seconds, connections=16, threads=1, options=()):
    """As fast as it goes; whole seconds."""
    return ["wrk", f"-c{connections}", f"-t{threads}", f"-d{seconds}s", *options, f"http://127.0.0.1:{port}{path}"]


def completed(text):
    """How many requests were answered."""
    return int(re.search(r"(\d+) requests in", text)[1])


def complaints(text):
    return re.findall(r"Socket errors:.*|Non-2xx.*", text)
