# SPDX-License-Identifier: Apache-2.0
"""
What an older agent recorded is traced as it was by that agent, to the last byte.

old.recording was made by version 0.1.0 when records did not tell yet what their bytes are read as (docs/records.md), of two
servers and a client of theirs: calls, pipelined requests, a refused body, chunks, a PROXY line, an upgrade, a reset,
half a head, a connection older than the agent, and a record that was lost. It stays as it is: its format goes on being read.

What spans say may change on purpose: `old_recording_test.py build/wirespan --renew` writes old.json anew. Read its diff.
"""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORDING = HERE / "old.recording"
EXPECTED = HERE / "old.json"


def replay(binary):
    """The losses and what was ignored, then the spans' JSON, cut into lines: a resource or span in each."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    command = [binary, "replay", RECORDING, "--seed", "1", "--format", "json"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    counters = re.findall(r"^wirespan: (?:loss|ignored): .*\n", done.stderr, re.MULTILINE)
    version = re.search(r'"scope":\{"name":"wirespan","version":"([^"]*)"', done.stdout)[1]
    spans = done.stdout.replace(f'"{version}"', '"VERSION"')
    return "".join(counters) + re.sub(r'(?=\{"(?:resource|traceId)":)', "\n", spans)


class OldRecordingTest(unittest.TestCase):
    def test_replays_to_the_same_bytes(self):
        before, now = EXPECTED.read_text(), replay(binary)
        same = len(os.path.commonprefix((before, now)))
        line = before[:same].count("\n") + 1
        around = slice(max(0, same - 100), same + 100)
        if before != now:
            self.fail(f"{EXPECTED.name}:{line}: ...{before[around]!r}... is now ...{now[around]!r}...")


binary = sys.argv.pop(1)
if sys.argv[1:] == ["--renew"]:
    EXPECTED.write_text(replay(binary))
else:
    unittest.main()
