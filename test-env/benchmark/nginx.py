# SPDX-License-Identifier: Apache-2.0
"""nginx with one worker, as fast as it goes and at a fixed rate, traced in every way."""

import re
import shutil
import urllib.request
from functools import partial

from benchmark import nginx_tables as tables
from benchmark import tracing
from benchmark.estimate import alternate
from benchmark.loads import run_pace, run_wrk
from benchmark.process import Process
from benchmark.tracing import Target, measure, unheld
from common.paths import find_program
from common.ports import free_port, port_answers
from common.proc import children
from common.wait import wait_until

VARIANTS = (
    tracing.UNTRACED,
    tracing.EMPTY,
    tracing.NONE_SERVER,
    tracing.NONE_BOTH,
    tracing.EXPORT_SERVER,
    tracing.EXPORT_BOTH,
)
PACE = 13_000

CONFIGURATION = """
daemon off;
user root;
worker_processes 1;
pid {work}/pid;
error_log {work}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    default_type text/plain;
    server {{
        listen 127.0.0.1:{port};
        root {work};
        location = / {{ return 200 "hello\\n"; }}
    }}
    server {{
        listen 127.0.0.1:{status};
        location / {{ stub_status; }}
    }}
}}
"""


class RequestCounter:
    """Asks nginx how many requests it has read, those cut off by their client included, but not these questions."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.asked = 0

    def __call__(self):
        with urllib.request.urlopen(self.url) as answer:
            _, _, requests = re.search(r"(\d+) (\d+) (\d+)", answer.read().decode()).groups()
        self.asked += 1
        return int(requests) - self.asked


def start_nginx(bench):
    """As a Target; stopped with the benchmark."""
    port, status = free_port(), free_port()
    (bench.work / "file").write_text("a kilobyte of text\n" * 53 + "and rest\n" + "the end\n")
    configuration = bench.work / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(work=bench.work, port=port, status=status))
    program = find_program("nginx")
    if not program:
        raise RuntimeError("nginx is not installed: run test-env/setup")
    # A copy, so that selecting its executable selects no other nginx of this machine.
    program = shutil.copy(program, bench.work / "nginx")
    master = bench.cleanup.enter_context(Process(program, "-c", configuration, "-e", bench.work / "error.log"))
    wait_until(lambda: port_answers(port) and children(master.pid), "nginx")
    return Target(port, tuple(children(master.pid)), program, RequestCounter(status))


def loads(bench, port):
    """
    By name: what makes it, given a path, and how many rounds there are for each path. Paced, they are many and short: a
    stall of the machine's, of which there are several a second, spoils a round's p99. What the agent does when it comes
    is measured by `start`; here it is over when measuring begins.
    """
    seconds = bench.pick(quick=1, default=2)
    paced, warm_up = bench.pick(quick=0.8, default=1.3), 0.3
    return {
        "saturated": (
            lambda path: run_wrk(port, path, seconds),
            {"/": bench.pick(quick=2, default=5, long=9), "/file": bench.pick(quick=1, default=3, long=5)},
        ),
        "paced": (
            lambda path: run_pace(port, PACE, paced, path=path, warm_up=warm_up),
            {"/": bench.pick(quick=2, default=11, long=25), "/file": bench.pick(quick=1, default=3, long=9)},
        ),
    }


def run(bench):
    target = start_nginx(bench)
    kinds = loads(bench, target.port)
    accounts = []
    for path, content in (("/", "`return 200`"), ("/file", "1 KB file")):
        for kind, (load, all_rounds) in kinds.items():
            rounds = all_rounds[path]
            bench.say(f"    {content}, {kind}: {rounds} rounds")
            samples = alternate(VARIANTS, rounds, partial(measure, target=target, load=partial(load, path)))
            notes = unheld(PACE, samples) if kind == "paced" else ()
            tables.add_tables(bench, content, kind, samples, notes)
            accounts += tables.account_rows(f"{content}, {kind}", samples)
            if path == "/":
                tables.add_results(bench, kind, samples)
    tables.add_accounts(bench, accounts)
