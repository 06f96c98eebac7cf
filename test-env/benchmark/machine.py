# SPDX-License-Identifier: Apache-2.0
"""Where a run took place: without that, its figures mean nothing."""

import os
import re
import time
from datetime import datetime, timezone
from pathlib import Path


def cpu_model():
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else os.uname().machine


def memory_total():
    found = re.search(r"^MemTotal:\s*(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found.group(1)) * 1024


def processor_times():
    """Ticks of all processors: in all, and idle (waiting for disks included)."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return sum(ticks[:8]), ticks[3] + ticks[4]


def busy_share(seconds=1.0):
    """Of the processors' time, before we take any."""
    total, idle = processor_times()
    time.sleep(seconds)
    total_now, idle_now = processor_times()
    return 1 - (idle_now - idle) / max(1, total_now - total)


def describe_machine(busy):
    return {
        "cpu": cpu_model(),
        "cpus": f"{len(os.sched_getaffinity(0))} of {os.cpu_count()}",
        "memory": f"{memory_total() / 2**30:.1f} GiB",
        "kernel": f"{os.uname().release} {os.uname().machine}",
        "busy before": f"{100 * busy:.0f} %",
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": os.environ.get("BENCH_COMMAND", "test-env/bench"),
    }
