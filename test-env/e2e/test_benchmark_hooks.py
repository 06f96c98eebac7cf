# SPDX-License-Identifier: Apache-2.0
"""What the agent's hooks are compared with is comparable."""

import json
import re
import subprocess

import pytest
from common.paths import BINARY
from test_benchmark import PROGRAMS

from benchmark import hook_cost, hook_cost_attached, process  # noqa: E402

CALLS = PROGRAMS / "bpf" / "bench_calls"
BLOCKS = 3

built = pytest.mark.skipif(not PROGRAMS.is_dir(), reason="built without WIRESPAN_BENCH")


def make_calls(size):
    """How many sends and receives there were."""
    command = [CALLS, "--size", str(size), "--blocks", str(BLOCKS), "--trips", "50", "tcp"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)
    assert len(found["send"]) == len(found["receive"]) == BLOCKS
    assert min(found["send"] + found["receive"]) > 0
    return found["calls"]


class Hooks:
    """bench_hooks, attached."""

    def __init__(self, *arguments):
        command = [PROGRAMS / "bpf" / "bench_hooks", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        assert self.process.stderr.readline() == "bench_hooks: ready\n"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        _, said = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, said
        self.records = int(re.search(r"records (\d+)$", said, re.MULTILINE).group(1))
        self.lost = int(re.search(r"lost (\d+)$", said, re.MULTILINE).group(1))


@built
@pytest.mark.parametrize("mode", ["socket", "syscall"])
@pytest.mark.parametrize("what", ["submit", "copy"])
def test_each_call_makes_a_record(mode, what):
    with Hooks("--hooks", mode, "--record", "4224", what) as hooks:
        calls = make_calls(16384)
    # Other processes' calls count, too.
    assert hooks.records + hooks.lost >= calls > 0


@built
@pytest.mark.parametrize("mode", ["socket", "syscall"])
def test_empty_hooks_make_none(mode):
    with Hooks("--hooks", mode, "empty") as hooks:
        make_calls(256)
    assert (hooks.records, hooks.lost) == (0, 0)


@built
@pytest.mark.parametrize("mode", ["socket", "syscall"])
def test_empty_hooks_are_those_of_the_agent(mode, monkeypatch):
    monkeypatch.setattr(process, "BINARY", BINARY)
    monkeypatch.setattr(hook_cost_attached, "PROGRAMS", PROGRAMS)
    expected = {"socket": "sock_send_length", "syscall": "sys_exit"}
    assert expected[mode] in hook_cost_attached.same_hooks(mode)


@built
@pytest.mark.parametrize("arguments", [[], ["all"], ["--record", "8", "submit"], ["--hooks", "none", "empty"]])
def test_wrong_usage(arguments):
    command = [PROGRAMS / "bpf" / "bench_hooks", *arguments]
    found = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert found.returncode == 2 and "usage:" in found.stderr


def rounds(*disturbed):
    return {"none": [{"send": i, hook_cost.DISTURBED: one} for i, one in enumerate(disturbed)]}


def test_disturbed_rounds_are_left_out():
    kept, notes = hook_cost.undisturbed(rounds(False, True, False, False))
    assert [figures["send"] for figures in kept["none"]] == [0, 2, 3]
    assert notes and "1 of 4 rounds are left out" in notes[0]
    assert hook_cost.undisturbed(rounds(False, False, False)) == (rounds(False, False, False), [])
    kept, notes = hook_cost.undisturbed(rounds(True, True, False))
    assert len(kept["none"]) == 3 and "compare nothing" in notes[0]


def test_ratio_is_of_medians():
    assert hook_cost.ratio([2, 4, 6], [1, 2, 6]) == (2, 1, 2)
    assert hook_cost.ratio([2, 4], [-1, 0]) is None


def test_rounds_without_a_base_are_told():
    added = {"none": 100, "empty": 0, "submit": 120, "copy": 130, "real": 150, "unselected": 110}
    samples = {variant: [{"send": 100 + i * figure} for i in range(3)] for variant, figure in added.items()}
    [note] = hook_cost.Row("send", samples).notes()
    assert note.startswith("send: ") and "empty 3 of 3" in note
    assert hook_cost.Row("getppid", {variant: [{"getppid": 1}] for variant in added}).notes() == []
