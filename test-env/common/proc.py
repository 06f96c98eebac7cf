# SPDX-License-Identifier: Apache-2.0
"""What /proc tells of a process."""

import re
from contextlib import suppress
from pathlib import Path


def tasks(pid):
    return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]


def task_cpu(pid, task):
    """Nanoseconds that a thread has run; the scheduler's own sum, exact where utime and stime count ticks."""
    return int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])


def cpu(pid):
    """Nanoseconds that the process's living threads have run."""
    return sum(task_cpu(pid, task) for task in tasks(pid))


def children(pid):
    """Of its first thread."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _status_bytes(pid, name):
    return int(re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1]) * 1024


def resident(pid):
    """Bytes."""
    return _status_bytes(pid, "VmRSS")


def peak(pid):
    """Bytes: the most that was resident at a time."""
    return _status_bytes(pid, "VmHWM")


def descriptors(pid):
    """What is told of each descriptor, by name; nothing of what is closed meanwhile. OSError where there is no process."""
    for file in Path(f"/proc/{pid}/fdinfo").iterdir():
        with suppress(OSError):
            yield dict(re.findall(r"^(\w+):[ \t]*(\S+)$", file.read_text(), re.MULTILINE))


def map_memory(pid):
    """Bytes of the kernel that the maps of a process take: each map once, however many descriptors it has."""
    maps = {found["map_id"]: int(found.get("memlock", 0)) for found in descriptors(pid) if "map_id" in found}
    return sum(maps.values())
