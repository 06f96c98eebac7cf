# SPDX-License-Identifier: Apache-2.0
"""A virtual machine with one kernel, from its start to its end, and what it told on its console."""

import base64
import gzip
import json
import re
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property

from common.agent import Result
from common.otlp import parse_lines
from common.paths import BINARY, CACHE, TEST_ENV
from common.processes import kill, spawn

GUEST = TEST_ENV / "guest"
TIMEOUT = 240
LACKING = 3  # exit status of fetch-kernel
TRACES = ("auto", "socket", "syscall")

# setpriv: whatever becomes of us, it ends with us.
# icount: the machine's time goes by its instructions, two nanoseconds each, and not while it sleeps. By this one's
# clock everything in it, above all the first time, would take a hundred times as long as on a real machine.
QEMU = [
    *("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-machine", "pc", "-accel", "tcg,thread=single"),
    *("-icount", "shift=1,sleep=off", "-smp", "1", "-m", "1G"),
    *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
]
KERNEL_ARGUMENTS = "console=ttyS0 quiet panic=-1 reboot=t mitigations=off"


class Unavailable(Exception):
    """Here there is no such machine to be had; says why."""


@dataclass(frozen=True)
class Kernel:
    name: str
    suite: str
    # QEMU 7.2 may emulate cmpxchg16b wrongly; but from Linux 7.0 on, sockets have no storage without it.
    processor: str = "max,cx16=off"

    @property
    def directory(self):
        return CACHE / "kernels" / self.suite

    def fetch(self, again):
        """Downloads it, unless it is there."""
        if not again and (self.directory / "vmlinuz").exists():
            return
        done = subprocess.run(
            [GUEST / "fetch-kernel", self.suite, self.directory],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )
        if done.returncode == LACKING:
            raise Unavailable(done.stdout.strip())
        assert done.returncode == 0, f"cannot fetch the kernel of {self.suite}:\n{done.stdout}"


KERNELS = [
    Kernel("5.10", "bullseye"),
    Kernel("6.1", "bookworm"),
    Kernel("6.12", "trixie"),
    Kernel("newest", "sid", "max"),
]


@dataclass
class Section:
    text: str
    status: int


def _unpack(text):
    """Undoes gzip and uuencode -m, whose first and last line are its own."""
    return gzip.decompress(base64.b64decode("".join(text.splitlines()[1:-1]))).decode()


class Trace:
    """What one agent in the machine saw and said."""

    def __init__(self, machine, name):
        self.name = name
        self.agent = machine.section(f"{name} agent")
        self.remains = machine.section(f"{name} remains").text
        self.loaded = self.agent.status == 0
        self.tries = int(machine.section(f"{name} tries").text)
        if self.loaded:
            self.crowd = machine.section(f"{name} crowd").text.split()
            self.statuses = machine.section(f"{name} statuses").text.split()
            lines = machine.section(f"{name} programs").text.splitlines()
            self.spans_text = _unpack(machine.section(f"{name} spans").text)
            self.programs = {line.split()[0]: [int(word) for word in line.split()[1:]] for line in lines}

    @property
    def is_by_calls(self):
        return any(name.startswith("call_ends") for name in self.programs)

    @property
    def skipped(self):
        """How often the kernel skipped a hook, as the agent says."""
        return self.result.losses.get("hook_skipped", 0)

    def __repr__(self):
        return f"<trace {self.name}>"

    @cached_property
    def result(self):
        return Result(parse_lines(self.spans_text), self.agent.text)


class Machine:
    def __init__(self, kernel, console, seconds):
        self.kernel = kernel
        self.console = console
        self.seconds = seconds
        pattern = r"^@@ begin ([^\n]+)\n(.*?)\n*^@@ end \1 (\d+)$"
        found = re.findall(pattern, console, re.MULTILINE | re.DOTALL)
        self.sections = {name: Section(text, int(status)) for name, text, status in found}

    def section(self, name):
        assert name in self.sections, f"the machine did not tell '{name}'; the end of its console:\n{self.tail()}"
        return self.sections[name]

    def tail(self):
        return "\n".join(self.console.splitlines()[-100:])

    @cached_property
    def release(self):
        return self.section("release").text.strip()

    @cached_property
    def version(self):
        return tuple(int(number) for number in re.match(r"(\d+)\.(\d+)", self.release).groups())

    @property
    def preempts_tracepoints(self):
        """A program is skipped for all others while a thread is preempted inside of it; the agent counts that."""
        return self.version >= (7, 0)

    @cached_property
    def check(self):
        return json.loads(self.section("check").text)

    @cached_property
    def features(self):
        """Of BPF, by name: whether check says that it works."""
        return {item["what"]: item["state"] == "works" for item in self.check["items"] if item["group"] == "BPF"}

    @cached_property
    def traces(self):
        return {name: Trace(self, name) for name in TRACES}


_running = set()


def stop_all():
    """Ends the machines that run still."""
    for process in list(_running):
        process.kill()


def _boot(kernel, image, directory):
    console = directory / "console"
    command = [
        *(*QEMU, "-cpu", kernel.processor, "-serial", f"file:{console}"),
        *("-kernel", kernel.directory / "vmlinuz", "-initrd", image, "-append", KERNEL_ARGUMENTS),
    ]
    begin = time.monotonic()
    process = spawn(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    _running.add(process)
    try:
        said, _ = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        said = b"it did not end by itself\n"
    finally:
        kill(process)
        _running.discard(process)
    text = console.read_bytes().decode(errors="replace").replace("\r", "") if console.exists() else ""
    return Machine(kernel, text + said.decode(errors="replace"), time.monotonic() - begin)


def run(kernel, directory, again=False):
    """Boots `kernel` and waits for its end. Raises Unavailable."""
    directory.mkdir()
    kernel.fetch(again)
    image = directory / "image"
    subprocess.run([GUEST / "make-image", kernel.directory, BINARY, image], check=True)
    try:
        return _boot(kernel, image, directory)
    finally:
        image.unlink()
