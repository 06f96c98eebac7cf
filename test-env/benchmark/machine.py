# SPDX-License-Identifier: Apache-2.0
"""Where a run took place: without that, its figures mean nothing."""

import os
import re
from datetime import datetime, timezone
from pathlib import Path


def cpu_model():
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else os.uname().machine


def memory_total():
    found = re.search(r"^MemTotal:\s*(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found.group(1)) * 1024


def describe_machine():
    return {
        "cpu": cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory": f"{memory_total() / 2**30:.1f} GiB",
        "kernel": f"{os.uname().release} {os.uname().machine}",
        "load": round(os.getloadavg()[0], 2),
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": os.environ.get("BENCH_COMMAND", "test-env/bench"),
    }
