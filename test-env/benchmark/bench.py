# SPDX-License-Identifier: Apache-2.0
"""What a benchmark is given: how long it may take, where things are, what cleans up after it, and the report."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from common.paths import REPOSITORY

BUILD = Path(os.environ.get("BENCH_BUILD") or REPOSITORY / "build")
BINARY = BUILD / "wirespan"
PROGRAMS = BUILD / "test-env" / "benchmark"  # what load/ and bpf/ become
MODES = ("quick", "default", "long")


class Bench:
    def __init__(self, mode, work, report):
        self.mode = mode
        self.work = work  # an empty directory of this benchmark's own
        self.report = report
        self.cleanup = ExitStack()  # what a benchmark starts is stopped by this, however it ends
        self.result = report.result
        self.table = report.table
        self.plot = report.plot

    def pick(self, quick, default, long=None):
        """The one for this run's mode; without `long`, that is the default's."""
        return {"quick": quick, "default": default, "long": default if long is None else long}[self.mode]

    def say(self, text):
        """How far we are: standard output is for the tables."""
        print(text, file=sys.stderr, flush=True)
