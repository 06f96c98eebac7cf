# SPDX-License-Identifier: Apache-2.0
"""Real servers and clients, started and stopped by process id."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from lib.wait import wait_for_port, wait_until

APPS = Path(__file__).resolve().parent.parent / "apps"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


class Process:
    def __init__(self, command, log, environment=None, **options):
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
                **options,
            )

    @property
    def pid(self):
        return self.process.pid

    def output(self):
        return self.log.read_text(errors="replace")

    def wait_for_port(self, port, address="127.0.0.1"):
        try:
            wait_for_port(port, address)
        except AssertionError as failure:
            raise AssertionError(f"{self.process.args}: {failure}\n{self.output()}") from None
        return self

    def children(self):
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

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
                self.process.kill()
                self.process.wait()


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
