# SPDX-License-Identifier: Apache-2.0
"""Where the system lacks something: exit status 3, and a message that says what."""

import subprocess

import pytest

from common.paths import BINARY

RUN = ["run", "--format", "none", "--duration", "0.5"]
NEEDED = ["bpf", "perfmon"]


def run_with(capabilities, command):
    """As root that has these capabilities only."""
    allowed = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    return subprocess.run(
        ["setpriv", "--bounding-set", allowed, "--inh-caps", allowed, BINARY, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_full_root_is_not_demanded():
    done = run_with(NEEDED, RUN)
    assert done.returncode == 0, done.stderr
    assert "wirespan: ready\n" in done.stderr


@pytest.mark.parametrize("missing", NEEDED)
def test_without_a_needed_capability(missing):
    done = run_with([name for name in NEEDED if name != missing], RUN)
    assert done.returncode == 3, (done.returncode, done.stderr)
    assert f"CAP_{missing.upper()}" in done.stderr
    assert not any(f"CAP_{name.upper()} " in done.stderr for name in NEEDED if name != missing), done.stderr


@pytest.mark.parametrize("command", [RUN, ["check"]])
def test_without_any_capability(command):
    done = run_with([], command)
    assert done.returncode == 3, (done.returncode, done.stderr)
    assert all(f"CAP_{name.upper()}" in done.stdout + done.stderr for name in NEEDED)


@pytest.mark.parametrize("command", [RUN, ["check"]])
def test_without_btf(command):
    """A namespace of mounts in which the kernel does not describe its types."""
    hide = 'mount --bind /dev/null /sys/kernel/btf/vmlinux && exec "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", hide, "sh", BINARY, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, (done.returncode, done.stderr)
    assert "BTF" in done.stdout + done.stderr
