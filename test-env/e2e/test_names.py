# SPDX-License-Identifier: Apache-2.0
"""What a process is called that does not say so in its environment; which runtime it has; which instance it is."""

import os
import platform
import shlex
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

from common.wait import wait_until
from lib.curl import curl
from lib.processes import APPS, python_command

PERL = shutil.which("perl")

# The executable's name, what the worker calls itself, and the service that it is.
TITLES = {
    "php-fpm": ("php-fpm8.2", "php-fpm: pool shop", "php-fpm-shop"),
    "puma": ("ruby3.1", "puma: cluster worker 0: 123 [shop]", "shop"),
    "puma-release": ("ruby3.1", "puma 6.4.0 (tcp://0.0.0.0:3000) [20240131120000]", "shop"),
    # What says less than the command line is not believed.
    "nothing": ("ruby3.1", "busy", "titled"),
}


def ask_about(start_agent, start_process, port, command, before, **options):
    """Of a process that was there before the agent, or came after: the server's span."""
    if before:
        start_process(command, port, **options)
        agent = start_agent("--port", port)
    else:
        agent = start_agent("--port", port)
        start_process(command, port, **options)
    curl(port)
    result = agent.stop()
    [server] = result.servers(port)
    return server


@pytest.mark.skipif(not PERL, reason="needs perl")
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("kind", TITLES)
def test_titles(start_agent, start_process, port, tmp_path, kind, before):
    executable, title, name = TITLES[kind]
    directory = tmp_path / "shop" / "releases" / "20240131120000"
    directory.mkdir(parents=True)
    interpreter = tmp_path / executable
    shutil.copy(os.path.realpath(PERL), interpreter)
    server = ask_about(
        start_agent,
        start_process,
        port,
        ["env", "-C", directory, interpreter, APPS / "titled.pl", str(port), title],
        before,
    )
    # A title is all that is left of the command line of a process that is older than the agent.
    assert server.service == (executable if before and kind == "nothing" else name)


@pytest.mark.skipif(not PERL, reason="needs perl")
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_one_file_of_several_names(start_agent, start_process, port, tmp_path, before):
    """As Debian's redis-server is a link to redis-check-rdb."""
    shutil.copy(os.path.realpath(PERL), tmp_path / "stored-check")
    (tmp_path / "stored").symlink_to("stored-check")
    command = [tmp_path / "stored", APPS / "titled.pl", str(port), "stored"]
    server = ask_about(start_agent, start_process, port, command, before)
    assert (server.service, server.resource["process.executable.name"]) == ("stored", "stored-check")


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_supervisors_name(start_agent, start_process, port, tmp_path, before):
    """Where the script's says little."""
    shutil.copy(APPS / "hello.py", tmp_path / "app.py")
    command = python_command("hello.py", port)
    command = [command[0], tmp_path / "app.py", *command[2:]]
    variables = {"SUPERVISOR_GROUP_NAME": "shop", "SUPERVISOR_PROCESS_NAME": "shop_00"}
    server = ask_about(start_agent, start_process, port, command, before, environment=variables)
    assert server.service == "shop"


def cgroup_root():
    """Where cgroup v2 is mounted; None where it is not."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)


@pytest.fixture
def unit():
    """A cgroup as systemd makes them. To be asked for first, so that it goes when its processes are gone."""
    root = cgroup_root()
    if not root or not os.access(root, os.W_OK):
        pytest.skip("needs cgroup v2")
    unit = root / f"wirespan-test-{os.getpid()}.slice" / "shop@1.service"
    unit.mkdir(parents=True)
    yield unit
    wait_until(lambda: not (unit / "cgroup.procs").read_text(), "the unit's processes to end")
    unit.rmdir()
    unit.parent.rmdir()


def in_unit(unit, *command):
    return ["sh", "-c", 'echo $$ >"$0" && exec "$@"', unit / "cgroup.procs", *command]


@pytest.mark.skipif(not PERL, reason="needs perl")
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_unit_of_a_program(unit, start_agent, start_process, port, tmp_path, before):
    """Of the program that systemd started, and of what that forked."""
    shutil.copy(os.path.realpath(PERL), tmp_path / "billingd")
    command = in_unit(unit, tmp_path / "billingd", APPS / "titled.pl", str(port), "worker")
    server = ask_about(start_agent, start_process, port, command, before)
    assert server.service == "shop"


def test_unit_of_helpers(unit, start_agent, start_process, port):
    """Who is not the unit's program keeps its name."""
    start_process(python_command("hello.py", port), port)
    agent = start_agent("--port", port)
    curl = shlex.join(["curl", "-sS", "-o", os.devnull, f"http://127.0.0.1:{port}"])
    subprocess.run([str(word) for word in in_unit(unit, "sh", "-c", f"{curl}; true")], check=True, timeout=30)
    [client] = agent.stop().clients(port)
    assert client.service == "curl"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_runtimes(start_agent, start_process, port, before):
    server = ask_about(start_agent, start_process, port, python_command("hello.py", port), before)
    assert server.resource["process.runtime.name"] == "cpython"
    if platform.python_version_tuple() >= ("3", "11"):
        assert server.resource["process.runtime.version"] == platform.python_version()


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_nodes_version(start_agent, start_process, port):
    command = ["node", APPS / "hello.js", str(port)]
    server = ask_about(start_agent, start_process, port, command, before=False)
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    assert server.resource["process.runtime.name"] == "nodejs"
    assert server.resource["process.runtime.version"] == version.removeprefix("v")


def test_instances(start_agent, start_process, free_ports):
    """Each process its own id, which is the same for whoever looks, whenever."""
    ports = free_ports(2)
    first = start_agent("--port", ",".join(map(str, ports)))
    for port in ports:
        start_process(python_command("hello.py", port), port)
    second = start_agent("--port", ",".join(map(str, ports)))
    for port in ports:
        curl(port)
    seen = []
    for agent in (first, second):
        result = agent.stop()
        seen.append({port: result.servers(port)[0].resource["service.instance.id"] for port in ports})
    assert seen[0] == seen[1]
    assert len(set(seen[0].values())) == len(ports)
    assert all(uuid.UUID(instance).version == 5 for instance in seen[0].values())
