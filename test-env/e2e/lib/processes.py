# SPDX-License-Identifier: Apache-2.0
"""Real servers and clients, started and stopped by process id."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from common import proc
from common.paths import TEST_ENV, find_program
from common.ports import wait_for_port
from common.processes import Program
from common.wait import wait_until

APPS = TEST_ENV / "e2e" / "apps"
NGINX = find_program("nginx")


class Process(Program):
    def __init__(self, command, log, environment=None, **options):
        self.log = log
        variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
        with open(log, "wb") as output:
            super().__init__(command, stdout=output, stderr=output, env=variables, **options)

    def output(self):
        return self.log.read_text(errors="replace")

    def wait_for_port(self, port, address="127.0.0.1"):
        try:
            wait_for_port(port, address)
        except TimeoutError as failure:
            raise AssertionError(f"{self.process.args}: {failure}\n{self.output()}") from None
        return self

    def children(self):
        return proc.children(self.pid)

    def wait_for_children(self, count):
        return wait_until(lambda: len(self.children()) >= count and self.children(), f"{count} children")

    def wait(self, timeout=60):
        return self.process.wait(timeout)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


NGINX_CONFIGURATION = """
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx-error.log;
worker_processes {workers};
user root;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type text/plain;
    keepalive_requests 100000000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    {http}
    server {{
        listen {address}:{port} {listen};
        root {directory};
        {server}
    }}
}}
"""


def nginx_command(directory, port, server, *, http="", workers=1, listen="", address="127.0.0.1"):
    """Writes a configuration; returns the command that serves it."""
    file = directory / f"nginx-{port}.conf"
    file.write_text(
        NGINX_CONFIGURATION.format(
            directory=directory, port=port, server=server, http=http, workers=workers, listen=listen, address=address
        )
    )
    return [NGINX, "-e", directory / "nginx-start.log", "-c", file, "-p", directory]


def python_command(app, *arguments):
    """A script of apps/ under the interpreter that runs the tests."""
    return [sys.executable, APPS / app, *arguments]


def gunicorn_command(app, port, *options):
    """`app` is MODULE:NAME of apps/."""
    bind = f"127.0.0.1:{port}"
    return [
        *(sys.executable, Path(sys.executable).parent / "gunicorn", "--chdir", APPS, "--bind", bind),
        *("--timeout", "60", *options, app),
    ]
