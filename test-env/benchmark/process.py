# SPDX-License-Identifier: Apache-2.0
"""Processes: started, measured, and ended by their ids."""

import re
import socket
import subprocess
import time
from pathlib import Path

MEGABYTE = 1e6


def tasks(pid):
    return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]


def task_cpu(pid, task):
    """Nanoseconds that a thread has run; the scheduler's own sum, exact where utime and stime count ticks."""
    return int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])


def cpu(pid):
    """Nanoseconds that the process's living threads have run."""
    return sum(task_cpu(pid, task) for task in tasks(pid))


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def resident(pid):
    """Bytes."""
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()).group(1)) * 1024


def map_memory(pid):
    """Bytes of the kernel that the maps of a process take: each map once, however many descriptors it has."""
    maps = {}
    for file in Path(f"/proc/{pid}/fdinfo").iterdir():
        try:
            text = file.read_text()
        except OSError:
            continue
        found = dict(re.findall(r"^(map_id|memlock):\s*(\d+)$", text, re.MULTILINE))
        if "map_id" in found:
            maps[found["map_id"]] = int(found.get("memlock", 0))
    return sum(maps.values())


def wait_until(condition, what, timeout=15.0, pause=0.005):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout} s for {what}")
        time.sleep(pause)


def port_answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


_ports = iter(range(21000, 32000))


def free_port():
    """Nobody listens on it, and no outgoing connection is given it."""
    for port in _ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("no free port")


class Process:
    """A program in the background; a context manager that ends it."""

    def __init__(self, *command, **options):
        self.command = [str(word) for word in command]
        self.process = subprocess.Popen(
            self.command, **{"stdin": subprocess.DEVNULL, "text": True, "errors": "replace", **options}
        )
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, timeout=30.0):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
