# SPDX-License-Identifier: Apache-2.0
"""The benchmarks work, and count right. What they find is for test-env/bench to say."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from common.paths import BINARY, TEST_ENV
from common.wait import wait_until

BUILD = Path(BINARY).resolve().parent
PROGRAMS = BUILD / "test-env" / "benchmark"

from benchmark import nginx_tables, start  # noqa: E402
from benchmark.budget import BUDGET, judge  # noqa: E402
from benchmark.estimate import Estimate, alternate, paired_difference, paired_ratio, slope  # noqa: E402
from benchmark.report import Report  # noqa: E402
from benchmark.tracing import account  # noqa: E402


def start_benchmarks(*arguments, build=BUILD, python=("-m", "benchmark"), **options):
    return subprocess.Popen(
        [sys.executable, *python, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(TEST_ENV), "BENCH_BUILD": str(build), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def run_benchmarks(*arguments, build=BUILD):
    with start_benchmarks(*arguments, build=build) as process:
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def session_members(session):
    """Commands of the processes of a session that have not ended."""
    command = ["ps", "-o", "state=,args=", "-s", str(session)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in found.stdout.splitlines() if not line.startswith("Z")]


def kill_session(process):
    """With whatever it left behind, which may hold its pipes."""
    subprocess.run(["pkill", "-KILL", "--session", str(process.pid)], check=False)
    process.communicate()


def test_rounds_alternate_and_are_compared_within():
    order = []
    samples = alternate("AB", 3, lambda variant: order.append(variant) or len(order))
    assert order == list("ABABAB")
    assert samples == {"A": [1, 3, 5], "B": [2, 4, 6]}
    assert paired_difference(samples["B"], samples["A"]) == Estimate(1, 1, 1)
    assert paired_ratio([1, 9, 4], [2, 3, 4]) == Estimate(1, 0.5, 3)
    assert paired_ratio([None, 9], [2, 0]) is None
    assert slope([(0, 1), (1, 3), (2, 5)]) == pytest.approx(2)


def judge_line(line, figures, mode="default"):
    [row] = [row for row in judge(figures, mode) if row[0] == line.what]
    return row


def test_budget_is_judged_by_every_figure():
    for line in BUDGET:
        enough, too_much = (line.limit * factor for factor in ((0.5, 2) if line.at_most else (2, 0.5)))
        figures = {name: {"value": enough} for name in line.results}
        assert judge_line(line, figures)[3] == "met"
        assert judge_line(line, figures, "quick")[3] == ("too short" if line.warms_up else "met")
        if line.limit:
            assert judge_line(line, {**figures, line.results[-1]: {"value": too_much}})[3] == "NOT MET"
        assert judge_line(line, {})[2:] == (None, "not measured")


def test_each_exchange_is_accounted_for():
    lost = {"ring_full_request_head": 3, "ring_full_response_head": 2, "export_dropped": 5, "stream_gap": 7}
    found = account(200, 190, lost)
    assert (found["expected"], found["heads_lost"], found["export_lost"]) == (200, 5, 5)
    assert found["others_lost"] == {"stream_gap": 7}
    assert (found["unaccounted"], found["surplus"]) == (0, 0)
    found = account(200, 180, lost)
    assert (found["unaccounted"], found["surplus"]) == (10, 0)
    found = account(200, 194, lost)
    assert (found["unaccounted"], found["surplus"]) == (0, 4)
    found = account(200, None, lost)
    assert (found["exchanges"], found["unaccounted"], found["surplus"]) == (195, None, None)


def test_rounds_do_not_balance_each_other():
    exported = [account(100, 90, {}), account(100, 103, {"stream_gap": 1})]
    unexported = [account(100, None, {"stream_gap": 1}), account(100, None, {"stream_gap": 2})]
    samples = {variant: exported if variant.export else unexported for variant in nginx_tables.TRACING}
    rows = {row[0]: row[1:] for row in nginx_tables.account_rows("load", samples)}
    assert rows["load: server, full export"] == [200, 193, 0, 0, "stream_gap 1", 10, 3]
    assert rows["load: server, --format none"] == [200, None, 0, 0, "stream_gap 3", None, None]


def test_extremes_are_of_equal_times():
    intervals = [[50, 100]] * 100
    intervals[20], intervals[40], intervals[60] = [10, 3000], [50, 2000], [25, 1000]
    load = {"begin_ns": 1e9, "intervals": intervals}
    assert start.extremes(load, 1.3e9, 0.3) == (2.0, 1.0)
    assert start.extremes(load, 1.6e9, 0.3) == (1.0, 0.5)
    assert start.extremes(load, 1.05e9, 0.3) == (None, None)


def test_table_is_markdown(capsys):
    report = Report()
    report.table("T", ("a", "b"), [("x", 1.5), ("longer", Estimate(2, 1, 3)), ("none", None)], ["note"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "### T"
    assert lines[2:4] == ["| a      |                b |", "|--------|-----------------:|"]
    assert lines[5] == "| longer | 2.00 (1.00–3.00) |"
    assert lines[6].endswith("– |") and "note" in lines
    with pytest.raises(ValueError):
        report.result("same", 1, "s")
        report.result("same", 2, "s")


def test_unknown_benchmark_is_wrong_usage():
    assert run_benchmarks("--only", "nobody").returncode == 2


def test_failure_is_told(tmp_path):
    found = run_benchmarks("--only", "start", build=tmp_path)
    assert found.returncode == 1
    assert "bench: failed: start" in found.stderr
    assert "### Budget" in found.stdout


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAMS.is_dir(), reason="built without WIRESPAN_BENCH")
def test_run(tmp_path):
    found = run_benchmarks("--quick", "--only", "start", "--json", tmp_path / "found.json")
    assert found.returncode == 0, found.stderr
    assert "### Start" in found.stdout and "### Budget" in found.stdout
    result = json.loads((tmp_path / "found.json").read_text())
    assert {"cpu", "cpus", "memory", "kernel", "date", "command", "mode", "tables", "budget"} < result.keys()
    ready = result["results"]["start.ready"]
    assert ready["unit"] == "s" and 0 < ready["spread"][0] <= ready["value"] <= ready["spread"][1]
    assert [line["verdict"] for line in result["budget"]].count("not measured") == len(BUDGET) - 1


def wait_for_end_of_all(process, status):
    """Of an interrupted benchmark and whatever it started. Returns what it said on standard error."""
    _, errors = process.communicate(timeout=60)
    assert process.returncode == status, errors
    assert "Traceback" not in errors
    # What was killed takes its time.
    wait_until(lambda: not session_members(process.pid), "the end of all that was started")
    return errors


@pytest.mark.skipif(not PROGRAMS.is_dir(), reason="built without WIRESPAN_BENCH")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("name", "program"), [("start", "wirespan run"), pytest.param("nginx", "bench_sink", marks=pytest.mark.slow)]
)
def test_interruption_ends_all(name, program, number, status, cleanup):
    process = start_benchmarks("--quick", "--only", f"{name},engine", start_new_session=True)
    cleanup.callback(kill_session, process)
    wait_until(lambda: any(program in command for command in session_members(process.pid)), program, timeout=60)
    # As a terminal does it: to all of the foreground's process group.
    os.killpg(process.pid, number)
    assert "==> engine" not in wait_for_end_of_all(process, status)


INTERRUPTED_AT_START = """
import os, runpy, signal, subprocess

original = subprocess.Popen.__init__

def start_and_interrupt(self, *arguments, **options):
    original(self, *arguments, **options)
    os.kill(os.getpid(), signal.SIGTERM)

subprocess.Popen.__init__ = start_and_interrupt
runpy.run_module("benchmark", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(not PROGRAMS.is_dir(), reason="built without WIRESPAN_BENCH")
def test_interruption_while_a_program_is_started_ends_it(cleanup):
    """It runs, and nobody in the benchmark holds it yet."""
    arguments = ("--quick", "--only", "start")
    process = start_benchmarks(*arguments, python=("-c", INTERRUPTED_AT_START), start_new_session=True)
    cleanup.callback(kill_session, process)
    wait_for_end_of_all(process, 143)
