# SPDX-License-Identifier: Apache-2.0
"""Sums JUnit files (ctest's, pytest's) into the closing line of test-env/test.

Exits 1 when something failed or nothing ran.
"""

import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sys.argv[1:]:
        for case in ElementTree.parse(path).iter("testcase"):
            counts[outcome(case)] += 1
    print(", ".join(f"{number} {name}" for name, number in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main())
