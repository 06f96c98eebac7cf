# SPDX-License-Identifier: Apache-2.0
"""Boots each kernel once, several machines at a time; at the end tells what was found, as a table."""

import concurrent.futures
import os

import pytest

pytest.register_assert_rewrite("common")

import machine
import table

kernels = pytest.StashKey()
booted = pytest.StashKey()
unavailable = pytest.StashKey()

# Exit statuses, as test-env/kernels promises them.
FAILED, NOTHING_BOOTED = 1, 3


def pytest_addoption(parser):
    parser.addoption("--only", action="append", help="kernels, by name or suite")
    parser.addoption("--update", action="store_true", help="fetch kernels again")
    parser.addoption("--write-docs", action="store_true", help="write the table into docs/kernels.md")


def pytest_configure(config):
    only = config.getoption("--only")
    config.stash[kernels] = [k for k in machine.KERNELS if not only or {k.name, k.suite} & set(only)]
    config.stash[booted] = []
    config.stash[unavailable] = {}
    if not config.stash[kernels] or (config.getoption("--write-docs") and only):
        raise pytest.UsageError("--only: no such kernel, or not all of them for --write-docs")


def pytest_generate_tests(metafunc):
    if "guest" in metafunc.fixturenames:
        metafunc.parametrize("guest", metafunc.config.stash[kernels], ids=lambda k: k.name, indirect=True,
                             scope="session")


@pytest.fixture(scope="session")
def machines(request, tmp_path_factory):
    """Kernel -> the future of its machine."""
    directory = tmp_path_factory.mktemp("kernels")
    again = request.config.getoption("--update")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = {
            kernel: pool.submit(machine.run, kernel, directory / kernel.suite, again)
            for kernel in request.config.stash[kernels]
        }
        yield futures
        for future in futures.values():
            future.cancel()
        machine.stop_all()


@pytest.fixture(scope="session")
def guest(request, machines):
    """The machine of a kernel, after its end."""
    try:
        result = machines[request.param].result()
    except machine.Unavailable as reason:
        request.config.stash[unavailable][request.param] = str(reason)
        pytest.skip(str(reason))
    if result not in request.config.stash[booted]:
        request.config.stash[booted].append(result)
    return result


def pytest_sessionfinish(session, exitstatus):
    # pytest's own 3, an error within, would say that there are no machines here.
    if exitstatus != 0:
        session.exitstatus = FAILED
    elif lacks_all_machines(session.config):
        session.exitstatus = NOTHING_BOOTED


def lacks_all_machines(config):
    """Whether tests asked for machines, and there was none to be had: what passed says nothing of kernels."""
    return bool(config.stash[unavailable]) and not config.stash[booted]


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    rows = [table.row(guest) for guest in config.stash[booted] if "done" in guest.sections]
    if rows:
        terminalreporter.section("kernels")
        terminalreporter.write(table.text(rows))
    if config.getoption("--write-docs"):
        if exitstatus != 0 or len(rows) < len(config.stash[kernels]):
            raise pytest.UsageError("docs/kernels.md stays as it is: not all passed")
        table.write_document(rows)


def pytest_unconfigure(config):
    # The last that is said: pytest's own lines end with how many passed, which are those that need no kernel.
    if lacks_all_machines(config):
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line("kernels: skipped, as none could be booted:")
        for kernel, reason in config.stash[unavailable].items():
            reporter.write_line(f"  {kernel.name}: {reason}")
