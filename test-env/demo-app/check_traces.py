# SPDX-License-Identifier: Apache-2.0
"""Whether the agent's console output has the trace that the demo is about. Usage: check_traces.py FILE"""

import re
import sys

from wanted import WANTED

ROW = re.compile(r"(?P<service>[\w.:-]+) +(?P<kind>server|client)  ")


def branches(lines):
    """For every row of a tree: the (service, kind) from its top down to it."""
    above = []
    for line in lines:
        if line.startswith("trace "):
            above = []
        elif row := ROW.search(line):
            # What stands further to the right than the row above is its child.
            above = [(indent, what) for indent, what in above if indent < row.start()]
            above.append((row.start(), (row["service"], row["kind"])))
            yield [what for _, what in above]


with open(sys.argv[1], encoding="utf-8") as file:
    sys.exit(not any(branch[-3:] == WANTED for branch in branches(file)))
