# SPDX-License-Identifier: Apache-2.0
"""paths.py finds what it is there to find, in made-up trees."""

import tempfile
import unittest
from pathlib import Path

from paths import check

FILES = ["base/slice.h", "correlate/span/span.h", "test-env/demo", "docs/other.md"]


class PathsTest(unittest.TestCase):
    def found(self, text, name="docs/page.md"):
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            for path in [*FILES, name]:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text("# Two words: `code`\n")
            (root / name).write_text(text)
            return check(root)

    def test_what_is_there(self):
        text = (
            "`base/slice.h`, `span/span.h`, `slice.h`, `correlate/span/`, `correlate/span/span.h:12`\n"
            "[a](other.md) [b](../base/slice.h) [c](other.md#two-words-code) [d](https://a.example/x)\n"
            "```\ntest-env/demo --jaeger > out.py\n```\n"
        )
        self.assertEqual(self.found(text), [])

    def test_what_is_none_of_the_trees(self):
        text = "`NAME_walk.h` `base/*` `base/NAME/x.c` `build/wirespan` `v1/traces` `/usr/x.h` `otlp/stdout` *agent/probe*\n"
        self.assertEqual(self.found(text), [])

    def test_paths(self):
        self.assertEqual(self.found("\n`see base/slices.h`\n"), ["docs/page.md:2: there is no base/slices.h"])
        self.assertEqual(self.found("`spans/span.h`\n"), ["docs/page.md:1: there is no spans/span.h"])
        self.assertEqual(self.found("`lice.h`\n"), ["docs/page.md:1: there is no lice.h"])
        self.assertEqual(self.found("```\ntest-env/gone\n```\n"), ["docs/page.md:2: there is no test-env/gone"])

    def test_links(self):
        wrong = "docs/page.md:1: links to gone.md, which is not there"
        self.assertEqual(self.found("[a](gone.md#x)\n"), [wrong])
        wrong = "docs/page.md:1: links to other.md#three, which has no such heading"
        self.assertEqual(self.found("[a](other.md#three)\n"), [wrong])
        self.assertEqual(self.found("# Here\n[a](#here) [b](#there)\n"), [
            "docs/page.md:2: links to #there, which has no such heading"
        ])

    def test_readme_and_manual(self):
        self.assertEqual(self.found("`base/a.h`\n", "README.md"), ["README.md:1: there is no base/a.h"])
        self.assertEqual(self.found("test\\-env/a\n", "docs/w.1"), ["docs/w.1:1: there is no test-env/a"])


if __name__ == "__main__":
    unittest.main()
