# SPDX-License-Identifier: Apache-2.0
"""Network namespaces of a test's own. Addresses are from 198.18.0.0/15, which is for tests (RFC 2544)."""

import itertools
import os
import subprocess

_serial = itertools.count()


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class Namespace:
    def __init__(self):
        self.name = f"wirespan-test-{os.getpid()}-{next(_serial)}"
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")

    def run(self, *command):
        """The command as a list that runs it in here."""
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def nft(self, rules):
        """Loads rules; the error text where this kernel can't, else None."""
        done = subprocess.run(self.run("nft", "-f", "-"), input=rules, capture_output=True, text=True)
        return done.stderr or f"status {done.returncode}" if done.returncode else None

    def inode(self):
        return os.stat(f"/run/netns/{self.name}").st_ino

    def delete(self):
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True)


def join(left, left_address, right, right_address, prefix=24):
    """A veth pair between two namespaces."""
    number = next(_serial)
    names = (f"ws{os.getpid()}a{number}"[:15], f"ws{os.getpid()}b{number}"[:15])
    ip("-n", left.name, "link", "add", names[0], "type", "veth", "peer", "name", names[1], "netns", right.name)
    for namespace, name, address in ((left, names[0], left_address), (right, names[1], right_address)):
        ip("-n", namespace.name, "address", "add", f"{address}/{prefix}", "dev", name)
        ip("-n", namespace.name, "link", "set", name, "up")
