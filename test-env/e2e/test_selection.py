# SPDX-License-Identifier: Apache-2.0
"""Who is traced, and who is not."""

import os
import threading
from pathlib import Path

import pytest

from common.wait import wait_until
from lib.agent import run_command
from lib.curl import curl
from lib.processes import gunicorn_command, nginx_command, python_command


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")


def seen(result, *ports):
    """(service, kind, path) of every span; the machine may have other servers than ours."""
    return sorted((span.service, span.kind, span.path) for span in result.spans if span.server_port in ports)


def test_by_executable_before_and_after_the_start(start_agent, hooks, start_process, free_ports, tmp_path):
    """The later nginx is the child of a shell, which is not selected: exec is judged anew."""
    early, late, other = free_ports(3)
    start_process(nginx_command(tmp_path, early, "location / { return 200 early; }"), early)
    start_process(python_command("hello.py", other), other)
    agent = start_agent(*hooks, "--exe", "*/nginx")
    command = nginx_command(tmp_path, late, "location / { return 200 late; }")
    start_process(["sh", "-c", 'trap "kill \\$!" TERM; "$@" & wait $!; wait', "sh", *command], late)
    for port in (early, late, other):
        curl(port, f"/{port}")
    result = agent.stop()
    assert seen(result, early, late, other) == sorted([("nginx", "server", f"/{early}"), ("nginx", "server", f"/{late}")])
    assert result.losses == {}, result.errors


def test_by_executable_of_a_short_lived_client(start_agent, hooks, start_process, port):
    start_process(python_command("hello.py", port), port)
    agent = start_agent(*hooks, "--exe", "*/curl")
    for number in range(20):
        curl(port, f"/{number}")
    assert seen(agent.stop(), port) == sorted(("curl", "client", f"/{number}") for number in range(20))


def test_several_globs_and_the_last_component(start_agent, hooks, start_nginx, start_process, free_ports):
    chosen, other = free_ports(2)
    start_nginx(chosen, "location / { return 200 hello; }")
    start_process(python_command("hello.py", other), other)
    agent = start_agent(*hooks, "--exe", "nginx", "--exe", "cur?")
    curl(chosen, "/chosen")
    curl(other, "/other")
    assert seen(agent.stop(), chosen, other) == [
        ("curl", "client", "/chosen"),
        ("curl", "client", "/other"),
        ("nginx", "server", "/chosen"),
    ]


def test_excluded_executable(start_agent, hooks, start_nginx, port):
    start_nginx(port, "location / { return 200 hello; }")
    agent = start_agent(*hooks, "--port", port, "--exclude-exe", "*/curl")
    curl(port, "/alone")
    assert seen(agent.stop(), port) == [("nginx", "server", "/alone")]


def test_by_port_at_either_end(start_agent, hooks, start_process, free_ports):
    first, second, other = free_ports(3)
    for port in (first, second, other):
        start_process(python_command("hello.py", port), port)
    agent = start_agent(*hooks, "--port", f"{first},{second}")
    for port in (first, second, other):
        curl(port, f"/{port}")
    expected = [(service, kind, f"/{port}") for port in (first, second)
                for service, kind in (("curl", "client"), ("hello", "server"))]
    assert seen(agent.stop(), first, second, other) == sorted(expected)


def test_by_process(start_agent, hooks, start_process, free_ports):
    chosen, other = free_ports(2)
    process = start_process(python_command("hello.py", chosen), chosen)
    start_process(python_command("hello.py", other), other)
    agent = start_agent(*hooks, "--pid", process.pid)
    for port in (chosen, other):
        curl(port, f"/{port}")
    result = agent.stop()
    assert seen(result, chosen, other) == [("hello", "server", f"/{chosen}")]
    assert result.spans[0].pid == process.pid


def test_fork_inherits(start_agent, hooks, start_process, port):
    """A server that forks for every connection: the children are traced as their parent is."""
    process = start_process(python_command("forking_server.py", port), port)
    agent = start_agent(*hooks, "--pid", process.pid)
    for number in range(20):
        curl(port, f"/{number}")
    result = agent.stop()
    assert sorted(result.paths("server", port)) == sorted(f"/{number}" for number in range(20))
    pids = [span.pid for span in result.spans]
    assert process.pid not in pids and len(set(pids)) == 20
    assert {span.service for span in result.spans} == {"forking_server"}
    assert len(result.spans) == 20


def test_workers_that_exist_already(start_agent, hooks, start_process, port):
    """Pre-forked workers that share a listening socket, found though their titles are all that tells who they are."""
    start = gunicorn_command("chain:application", port, "--workers", "3")
    process = start_process(start, port)
    workers = process.wait_for_children(3)
    for pid in workers:
        wait_until(lambda: command_line(pid).startswith("gunicorn: worker ["), "a title")
    agent = start_agent(*hooks, "--exe", "gunicorn")
    for _ in range(30):
        curl(port)
    result = agent.stop()
    assert len(result.servers(port)) == 30 and result.clients(port) == []
    assert {span.pid for span in result.servers(port)} <= set(workers)


def test_nothing_selected_is_everyone(start_agent, hooks, start_process, port):
    start_process(python_command("hello.py", port), port)
    agent = start_agent(*hooks)
    curl(port, "/all")
    result = agent.stop()
    assert seen(result, port) == [("curl", "client", "/all"), ("hello", "server", "/all")]
    assert agent.pid not in {span.pid for span in result.spans}


@pytest.mark.parametrize("glob", ["puma", "puma*"])
def test_by_title(start_agent, start_process, free_ports, glob):
    chosen, other = free_ports(2)
    process = start_process(python_command("titled.py", chosen, f"puma 6.4.2 (tcp://127.0.0.1:{chosen}) [shop]"), chosen)
    start_process(python_command("titled.py", other, "unicorn master"), other)
    assert command_line(process.pid).startswith("puma 6.4.2 (")
    agent = start_agent("--exe", glob)
    for port in (chosen, other):
        curl(port, f"/{port}")
    assert seen(agent.stop(), chosen, other) == [("shop", "server", f"/{chosen}")]


def test_by_service(start_agent, hooks, start_process, free_ports):
    """By the name that spans show, wherever it comes from; the later one is a shell first, which has another."""
    named, script, late, other = free_ports(4)
    start_process(python_command("hello.py", named), named, environment={"OTEL_SERVICE_NAME": "cart-7"})
    start_process(python_command("forking_server.py", script), script)
    start_process(python_command("hello.py", other), other)
    agent = start_agent(*hooks, "--service", "cart-*", "--service", "forking_server")
    command = ["env", "OTEL_RESOURCE_ATTRIBUTES=service.name=cart-9", *python_command("hello.py", late)]
    start_process(["sh", "-c", 'exec "$@"', "sh", *command], late)
    for port in (named, script, late, other):
        curl(port, f"/{port}")
    result = agent.stop()
    expected = [("cart-7", named), ("forking_server", script), ("cart-9", late)]
    assert seen(result, named, script, late, other) == sorted((name, "server", f"/{port}") for name, port in expected)
    assert result.losses == {} and "selected no" not in result.errors


def test_by_a_service_that_is_named_late(start_agent, hooks, start_process, free_ports):
    """By a title, which is more than can be known when a program begins."""
    chosen, other = free_ports(2)
    agent = start_agent(*hooks, "--service", "cart")
    start_process(python_command("titled.py", chosen, f"puma 6.4.2 (tcp://127.0.0.1:{chosen}) [cart]"), chosen)
    start_process(python_command("titled.py", other, f"puma 6.4.2 (tcp://127.0.0.1:{other}) [stock]"), other)
    for port in (chosen, other):
        curl(port, f"/{port}")
    result = agent.stop()
    assert seen(result, chosen, other) == [("cart", "server", f"/{chosen}")]
    assert result.losses == {}, result.errors


def test_record_by_service(start_process, port, tmp_path):
    start_process(python_command("hello.py", port), port, environment={"OTEL_SERVICE_NAME": "cart-7"})
    recording = tmp_path / "recording"
    done = run_command("record", str(recording), "--service", "cart-7", "--service", "nobody", "--duration", "1")
    assert done.returncode == 0
    assert "'nobody' selected no process: " in done.stderr and "cart-7" not in done.stderr


def test_what_selects_nothing_is_said(start_agent, start_process, free_ports):
    """Once, and each by itself; a port that is listened on later, without a connection, is one that selects."""
    early, late, never = free_ports(3)
    start_process(python_command("hello.py", early), early)
    agent = start_agent("--exe", "nonesuch", "--exe", "python*", "--service", "nobody*", "--port", f"{early},{late},{never}")
    start_process(python_command("hello.py", late), late)
    wait_until(lambda: "--port" in agent.errors(), "the warnings", timeout=20)
    result = agent.stop()
    assert result.errors.count("--exe 'nonesuch' selects no process yet: ") == 1
    assert result.errors.count("--service 'nobody*' selects no process yet: ") == 1
    assert result.errors.count(f"--port {never} selects nothing yet: ") == 1
    assert result.errors.count("warning") == 3, result.errors


def test_a_short_run_says_it_at_its_end(start_agent, start_process, free_ports):
    used, never = free_ports(2)
    start_process(python_command("hello.py", used), used)
    result = start_agent("--exe", "hello.py", "--exe", "nonesuch", "--port", f"{used},{never}", "--duration", "0.2").wait()
    assert "--exe 'nonesuch' selected no process: " in result.errors
    assert f"--port {never} selected nothing: " in result.errors
    assert result.errors.count("warning") == 2, result.errors


def test_thread_is_no_process():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        result = run_command("run", "--pid", str(thread.native_id), "--duration", "1")
    finally:
        done.set()
        thread.join()
    assert result.returncode == 2
    assert f"--pid: {thread.native_id} is a thread of process {os.getpid()} (" in result.stderr


def test_process_that_is_not_there(start_agent, start_process):
    gone = start_process(["true"])
    gone.wait()
    assert f"--pid: there is no process {gone.pid};" in start_agent("--pid", gone.pid, "--duration", "0.1").wait().errors
