# SPDX-License-Identifier: Apache-2.0
"""How long the programs behind the hooks run, as the kernel measures it: the part of a hook's cost that is ours."""

from contextlib import contextmanager
from pathlib import Path

from common.proc import descriptors

SWITCH = Path("/proc/sys/kernel/bpf_stats_enabled")


@contextmanager
def statistics():
    """While the kernel measures each run of a program, which costs some 20 ns itself."""
    before = SWITCH.read_text()
    SWITCH.write_text("1")
    try:
        yield
    finally:
        SWITCH.write_text(before)


def run_times(pid):
    """{tracepoint: ns per run} of the programs that a process has attached."""
    hooks, programs = {}, {}
    for found in descriptors(pid):
        if "tp_name" in found:
            hooks[found["prog_id"]] = found["tp_name"]
        elif int(found.get("run_cnt", 0)):
            programs[found["prog_id"]] = int(found["run_time_ns"]) / int(found["run_cnt"])
    return {hook: programs[program] for program, hook in hooks.items() if program in programs}
