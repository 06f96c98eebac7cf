# SPDX-License-Identifier: Apache-2.0
"""Processes: started, and ended by their ids."""

import os
import signal
import subprocess


def spawn(command, **options):
    """Without input, unless the options say otherwise."""
    return subprocess.Popen([str(word) for word in command], **{"stdin": subprocess.DEVNULL, **options})


def kill(process):
    """Whatever state it is in, and with what it started, where it leads a group of its own."""
    if process.poll() is None:
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.communicate()


class Program:
    """One in the background."""

    def __init__(self, command, **options):
        self.process = spawn(command, **options)

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """For cleaning up."""
        kill(self.process)
