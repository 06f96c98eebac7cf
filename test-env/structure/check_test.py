# SPDX-License-Identifier: Apache-2.0
"""check.py finds what it is there to find, in made-up trees."""

import tempfile
import unittest
from pathlib import Path

from check import check


def quoted(header):
    return f'"{header}"'


class CheckTest(unittest.TestCase):
    def found(self, files, table):
        """What is wrong; `files`: {path: the headers that it includes}."""
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            for path, headers in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                lines = [f"#include {header if header[0] == '<' else quoted(header)}\n" for header in headers]
                (root / path).write_text("".join(["/* */\n", *lines]))
            (root / "rooms").write_text(table)
            return [line.replace(f"{root}/", "") for line in check(root, root / "rooms")]

    def expect(self, files, table, *beginnings):
        found = self.found(files, table)
        self.assertEqual(len(found), len(beginnings), found)
        for line, beginning in zip(found, beginnings):
            self.assertTrue(line.startswith(beginning), line)

    def test_what_the_table_allows(self):
        files = {
            "base/clock.h": [],
            "base/clock.c": ["base/clock.h"],
            "correlate/engine.c": ["stream.h", "base/clock.h", "correlate/link/link.h"],
            "correlate/stream.h": [],
            "correlate/link/link.h": ["correlate/limits.h"],
            "correlate/limits.h": [],
        }
        self.expect(
            files,
            "",
            "correlate/engine.c:3: correlate/ may not include base/clock.h",
            "correlate/engine.c:4: correlate/ may not include correlate/link/link.h",
            "correlate/link/link.h:2: correlate/link/ may not include correlate/limits.h",
        )
        self.expect(files, "correlate: base\n  correlate/link # and nothing else\ncorrelate/link: correlate/limits.h\n")

    def test_a_single_header_is_not_its_room(self):
        files = {"correlate/link/link.h": ["correlate/limits.h", "correlate/engine.h"]}
        wrong = "correlate/link/link.h:3: correlate/link/ may not include correlate/engine.h"
        self.expect(files, "correlate/link: correlate/limits.h\n", wrong)

    def test_a_header_that_the_build_makes(self):
        files = {"agent/kernel/capture.c": ["bpf/tracing.skel.h"]}
        self.expect(files, "", "agent/kernel/capture.c:2: ")
        self.expect(files, "agent/kernel: bpf\n")

    def test_angles_hide_nothing(self):
        files = {"base/clock.h": [], "bpf/record.h": ["<base/clock.h>", "<stdint.h>", "../base/clock.h"]}
        self.expect(files, "", "bpf/record.h:2: ", "bpf/record.h:4: bpf/ may not include base/clock.h")
        self.expect(files, "bpf: base\n")

    def test_rows_that_nothing_uses(self):
        files = {"otlp/metric.c": ["base/slice.h"]}
        self.expect(files, "# first\notlp: base correlate\n", "rooms:2: otlp/ no longer includes correlate")
        self.expect(files, "otlp: base\nagent:\n", "rooms:2: agent/ includes nothing")
        self.expect(files, "otlp: base\nno row\n", "rooms:2: not understood")

    def test_tests_share_what_is_around_them(self):
        files = {
            "otlp/export/tee.c": ["base/clock.h"],
            "otlp/export/test/tee_test.c": ["otlp/export/tee.h", "base/clock.h", "otlp/test/sample.h", "otlp/metric.h"],
        }
        wrong = "otlp/export/test/tee_test.c:5: otlp/export/test/ may not include otlp/metric.h"
        self.expect(files, "otlp/export: base\n", wrong)
        self.expect(files, "otlp/export: base\notlp/export/test: otlp\n")

    def test_a_room_may_not_include_tests(self):
        files = {"otlp/metric.c": ["otlp/test/sample.h"]}
        self.expect(files, "", "otlp/metric.c:2: otlp/ may not include otlp/test/sample.h")

    def test_sealed_headers(self):
        files = {
            "correlate/protocol/table.c": ["correlate/protocol/http1/protocol.h", "correlate/protocol/table.h"],
            "correlate/protocol/http1/protocol.c": ["correlate/protocol/http1/protocol.h"],
            "correlate/protocol/http1/test/head_test.c": ["correlate/protocol/http1/head.h"],
        }
        rooms = "correlate/protocol: correlate/protocol/http1\n"
        sealed = "sealed correlate/protocol/*: correlate/protocol/table.c\n"
        self.expect(files, rooms + sealed)
        wrong = "correlate/protocol/table.c:2: correlate/protocol/http1/protocol.h is for correlate/protocol/http1/ alone"
        self.expect(files, rooms + "sealed correlate/protocol/*:\n", wrong)
        files["correlate/protocol/redis/reader.c"] = ["correlate/protocol/http1/head.h"]
        rooms += "correlate/protocol/redis: correlate/protocol/http1\n"
        wrong = "correlate/protocol/redis/reader.c:2: correlate/protocol/http1/head.h is for"
        self.expect(files, rooms + sealed, wrong)
        self.expect(files, f"{rooms}sealed correlate/protocol/*: correlate/protocol/http1\n")
        del files["correlate/protocol/redis/reader.c"], files["correlate/protocol/table.c"]
        self.expect(files, sealed, "rooms:1: correlate/protocol/table.c has no part in")

    def test_circles(self):
        files = {
            "base/a.h": [],
            "base/a.c": ["base/a.h", "base/b.h"],
            "base/b.h": ["base/c.h"],
            "base/c.c": ["a.h"],
            "base/d.c": ["base/a.h"],
        }
        way = "base/a → base/b → base/c → base/a (base/a.c:3, base/b.h:2, base/c.c:2)"
        self.expect(files, "", f"base/a.c:3: includes go in a circle: {way}")
        self.expect(files, "circle base/a base/b base/c\n")
        files["base/c.c"] = []
        self.expect(files, "")
        self.expect(files, "circle base/a base/b\n  base/c\n", "rooms:1: this circle is no longer there")

    def test_circles_of_rooms(self):
        files = {
            "correlate/link/link.c": ["correlate/hold/hold.h", "correlate/limits.h"],
            "correlate/hold/hold.h": [],
            "correlate/hold/deliver.c": ["correlate/link/link.h"],
            "correlate/engine.c": ["correlate/link/link.h"],
        }
        rooms = "correlate: correlate/link\ncorrelate/hold: correlate/link\ncorrelate/link: correlate/hold "
        way = "correlate/hold → correlate/link → correlate/hold (correlate/hold/deliver.c:2, correlate/link/link.c:2)"
        wrong = f"correlate/hold/deliver.c:2: includes go in a circle: {way}"
        self.expect(files, f"{rooms} correlate/limits.h\n", wrong)
        self.expect(files, f"{rooms} correlate/limits.h\ncircle correlate/link correlate/hold\n")
        [line] = self.found(files, f"{rooms} correlate\n")
        self.assertIn("one of those among correlate, correlate/hold, correlate/link", line)

    def test_a_circle_within_a_bigger_one(self):
        files = {"base/a.h": ["b.h"], "base/b.h": ["a.h", "c.h"], "base/c.h": [], "base/c.bpf.c": ["b.h"]}
        [line] = self.found(files, "")
        self.assertIn("base/a → base/b → base/a (base/a.h:2, base/b.h:2), one of those among", line)
        self.expect({**files, "base/test/a_test.h": ["a_test.h"]}, "circle base/c base/b base/a\n")


if __name__ == "__main__":
    unittest.main()
