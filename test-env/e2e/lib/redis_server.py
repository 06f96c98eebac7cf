# SPDX-License-Identifier: Apache-2.0
"""A redis-server of a test's own, and a way to ask it that no agent traces: its Unix socket."""

import re
import socket

from common.wait import wait_until
from lib.resp import pack, parse_value

SECRET = "hunter2-marked"  # of the user ada, and in what no span may show


class Admin:
    """Commands one after the other over the Unix socket. Errors raise."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        wait_until(lambda: self.socket.connect_ex(str(path)) == 0, f"{path} to answer")
        self.data = b""

    def __call__(self, *words):
        self.socket.sendall(pack(*words))
        while (value := parse_value(self.data)) is None:
            received = self.socket.recv(65536)
            assert received, "the server hung up"
            self.data += received
        self.data = self.data[value.end :]
        assert not value.error, (words, value)
        return value

    def info(self, section):
        """By name, as text."""
        text = self("INFO", section).text.decode()
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)

    def calls(self):
        """{COMMAND: (how often it ran or was refused)}, since the last CONFIG RESETSTAT, without those asked here."""
        result = {}
        for name, text in self.info("commandstats").items():
            command = name.removeprefix("cmdstat_").split("|")[0].upper()
            counts = re.findall(r"\b(?:calls|rejected_calls)=(\d+)", text)
            result[command] = result.get(command, 0) + sum(map(int, counts))
        return {command: count for command, count in result.items() if command not in ("INFO", "CONFIG", "ACL")}

    def close(self):
        self.socket.close()


class RedisServer:
    def __init__(self, directory, port, start_process, *options):
        path = directory / f"redis-{port}.sock"
        command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--unixsocket", path, "--dir", directory]
        self.process = start_process([*command, "--save", "", "--appendonly", "no", *options], port)
        self.port = port
        self.pid = self.process.pid
        self.admin = Admin(path)
        self.admin("ACL", "SETUSER", "ada", "on", f">{SECRET}", "~*", "&*", "+@all")
        self.admin("CONFIG", "RESETSTAT")

    def push_to_the_blocked(self, queue):
        """As soon as somebody waits for `queue`."""
        self.wait_for_blocked()
        self.admin("RPUSH", queue, "pushed")

    def wait_for_blocked(self, count=1):
        wait_until(lambda: int(self.admin.info("clients")["blocked_clients"]) >= count, "a client to block")
