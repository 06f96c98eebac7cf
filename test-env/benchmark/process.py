# SPDX-License-Identifier: Apache-2.0
"""Processes: started, measured, and ended by their ids."""

import os
import select
import signal
import subprocess
import time
import urllib.request
from contextlib import suppress

from benchmark.bench import BINARY, PROGRAMS
from common.agent import counters
from common.ports import free_port, wait_for_port
from common.proc import children, cpu, map_memory, resident, task_cpu
from common.processes import Program, kill, spawn

MEGABYTE = 1e6


# In a process group of its own: Ctrl-C reaches the benchmark alone, which stops what it started in its order. Not in a
# session of its own: the scheduler would take that for a group with a claim to its own share of the processors.
OPTIONS = {"text": True, "errors": "replace", "process_group": 0}


def kill_children():
    """Those that nobody holds: an interruption came when they were started and their owner had not yet learnt of it."""
    for child in children(os.getpid()):
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            # It has not come to make its group.
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def run_command(*command, timeout):
    """What it said on standard output and standard error; it ends well, or not at all."""
    process = spawn(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **OPTIONS)
    try:
        output, errors = process.communicate(timeout=timeout)
    except BaseException:
        kill(process)
        raise
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {output}{errors}")
    return output, errors


class Process(Program):
    """A context manager that ends it."""

    def __init__(self, *command, **options):
        super().__init__(command, **OPTIONS, **options)
        try:
            self._wait_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_ready(self):
        """Until it can be used; where that fails or is interrupted, nothing stays behind."""

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
            return
        # What is on its way here tells what went wrong: it is not to be replaced.
        with suppress(subprocess.TimeoutExpired):
            self._end()

    def stop(self):
        self._ended(self._end())

    def _end(self, timeout=30.0):
        """Its last words on standard error, where they are piped."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.communicate(timeout=timeout)[1] or ""
        except BaseException:
            self.kill()
            raise

    def _ended(self, said):
        """What there is to learn from its last words; raises where it did not end as it should."""


class Watcher(Process):
    """One that attaches to the kernel and says NAME: ready on standard error."""

    def __init__(self, *command, name, **options):
        self.marker = f"{name}: ready\n"
        self.errors = ""
        self.began = time.monotonic_ns()
        super().__init__(*command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)

    def _wait_ready(self, timeout=30.0):
        stream = self.process.stderr.fileno()
        while self.marker not in self.errors:
            readable = select.select([stream], [], [], timeout)[0]
            said = os.read(stream, 4096).decode(errors="replace") if readable else ""
            self.errors += said
            if not said:
                raise RuntimeError(f"{' '.join(self.process.args)}: did not get ready: {self.errors}")
        self.ready = time.monotonic_ns()


class Agent(Watcher):
    """`wirespan run`; after stop(), `losses` has what it lost, by name."""

    def __init__(self, *arguments):
        # Nothing of the caller's own telemetry is to change what is measured.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        super().__init__(BINARY, "run", *arguments, name="wirespan", env=environment)
        self.losses = {}

    def cpu_by_thread(self):
        """Nanoseconds: the first thread captures and correlates, the others export."""
        first = task_cpu(self.pid, self.pid)
        return first, cpu(self.pid) - first

    def wait_settled(self, timeout=2.0):
        """Until what the load left behind is worked off: it computes hardly more than other processes' coming takes."""
        deadline = time.monotonic() + timeout
        last = cpu(self.pid)
        while time.monotonic() < deadline:
            time.sleep(0.1)
            now = cpu(self.pid)
            if now - last < 2e6:
                return
            last = now

    def memory(self):
        """Bytes: resident, and of the kernel's maps."""
        return resident(self.pid), map_memory(self.pid)

    def _ended(self, said):
        self.errors += said
        if self.process.returncode != 0:
            raise RuntimeError(f"the agent ended with {self.process.returncode}: {self.errors}")
        self.losses = counters("loss", self.errors)


class Sink(Process):
    """A collector that only counts."""

    def __init__(self):
        self.port = free_port()
        super().__init__(PROGRAMS / "load" / "bench_sink", self.port)

    def _wait_ready(self):
        wait_for_port(self.port)

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def counts(self):
        """Requests, bytes, spans."""
        with urllib.request.urlopen(self.endpoint) as answer:
            return tuple(map(int, answer.read().split()))


class Server(Process):
    """Answers each request `microseconds` later."""

    def __init__(self, microseconds, processes):
        self.port = free_port()
        super().__init__(PROGRAMS / "load" / "bench_server", self.port, microseconds, processes)

    def _wait_ready(self):
        wait_for_port(self.port)


def start_server(bench, microseconds, processes=1):
    """Stopped with the benchmark."""
    return bench.cleanup.enter_context(Server(microseconds, processes))
