# SPDX-License-Identifier: Apache-2.0
"""The stack of nested BPF functions, counted as kernels count that no machine here has (6.3 to 6.10)."""

import re
import subprocess
from pathlib import Path

import pytest

from common.paths import BINARY

OBJECT = Path(BINARY).parent / "bpf" / "tracing.bpf.o"
STACK_MAX = 512
FRAMES_MAX = 8
ROUNDED_TO = 32  # until Linux 6.11, then 16


class Function:
    def __init__(self):
        self.depth = 0
        self.calls = set()

    @property
    def frame(self):
        return max(-(-self.depth // ROUNDED_TO) * ROUNDED_TO, ROUNDED_TO)


def _read_functions():
    """Name -> function: how far below its frame's end it stores, and whom it calls."""
    command = ["llvm-objdump", "--disassemble", "--reloc", "--no-show-raw-insn", OBJECT]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    functions, places, section, number = {}, {}, "", None
    copy = None  # the register that has just become a copy of the frame's end
    for line in listing.splitlines():
        if found := re.match(r"Disassembly of section (\S+):", line):
            section = found[1]
        elif (found := re.match(r"([0-9a-f]+) <(.+)>:", line)) and not found[2].startswith("LBB"):
            function = functions[found[2]] = Function()
            places[section, int(found[1], 16) // 8] = found[2]
        elif found := re.search(r"R_BPF_64_32\s+(\S+)", line):
            function.calls.add((found[1], number))
        elif found := re.search(r"call (-?\w+)$", line):
            number = int(found[1], 0) + 1
        for offset in re.findall(r"r10 - (0x[0-9a-f]+|\d+)", line):
            function.depth = max(function.depth, int(offset, 0))
        if copy and (found := re.search(rf"{copy} \+= -(0x[0-9a-f]+|\d+)", line)):
            function.depth = max(function.depth, int(found[1], 0))
        found = re.search(r"(r\d) = r10$", line)
        copy = found[1] if found else None
    for function in functions.values():
        # A function of one file only is named by its place.
        function.calls = {places.get(call, call[0]) for call in function.calls}
    return functions


def _deepest(functions, name):
    """The line of calls with the biggest stack, as (bytes, names), and of all the most frames."""
    function = functions[name]
    lines = [_deepest(functions, called) for called in function.calls if called in functions]
    below = max((line[0] for line in lines), default=(0, ()))
    frames = max((line[1] for line in lines), default=0)
    return (function.frame + below[0], (name, *below[1])), frames + 1


def test_stack_fits():
    if not OBJECT.exists():
        pytest.skip(f"{OBJECT} is not there")
    functions = _read_functions()
    assert {"socket_received", "capture_movement", "source_read"} <= set(functions)
    for name in functions:
        (size, line), frames = _deepest(functions, name)
        assert size <= STACK_MAX, f"{' > '.join(f'{n} {functions[n].frame}' for n in line)}: {size} bytes"
        assert frames <= FRAMES_MAX, line
