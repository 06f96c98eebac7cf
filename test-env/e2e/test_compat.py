# SPDX-License-Identifier: Apache-2.0
"""32-bit processes: every system call by which their bytes pass a socket, in both directions."""

import os
import platform
import subprocess
from pathlib import Path

import pytest

from common.expect import Exchange
from lib.expect import check_pairs

WAYS = 8  # of calls32.c
SOURCE = Path(__file__).parent / "apps" / "calls32.c"


@pytest.fixture
def calls32(tmp_path):
    """The program; it needs no 32-bit libraries, only a kernel that runs it."""
    if platform.machine() != "x86_64":
        pytest.skip("made for x86-64 only")
    program = tmp_path / "calls32"
    flags = "-m32 -O1 -static -nostdlib -ffreestanding -fno-pie -no-pie -fno-stack-protector"
    subprocess.run([os.environ.get("CC", "gcc"), *flags.split(), "-o", program, SOURCE], check=True)
    return program


def test_32_bit_calls(start_agent, hooks, start_process, calls32, port):
    agent = start_agent(*hooks, "--port", port)
    start_process([calls32, "serve", str(port)], port)
    subprocess.run([calls32, "ask", str(port)], check=True, timeout=30)
    result = agent.stop()
    check_pairs(result, port, [Exchange(path=f"/way/{way}", response_body=2) for way in range(WAYS)])
    assert result.ignored == {}
    assert {span.service for span in result.spans} == {"calls32"}
