# SPDX-License-Identifier: Apache-2.0
"""Files that the documents name are there: README.md, CONTRIBUTING.md, docs/*.md and the man page.

Usage: paths.py REPOSITORY. Prints what is wrong, a line each, as FILE:LINE: SENTENCE; exits 1 then.

Looked at are
  - links to files, and to headings of them;
  - in code, words that begin with a folder of the repository: `base/slice.h`, `test-env/test`;
  - names of C and Python files in `code` within a line: `slice.h`, `span/span.h`. A file's path ends so.

Placeholders are none of these: `NAME_walk.h`, `fuzz/corpus/*`. What is only planned is written in italics instead.
"""

import re
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"`([^`]+)`")
FILE = re.compile(r"[\w./-]*\w\.(?:c|h|py|cmake)")
PLACEHOLDER = re.compile(r"NAME|[^\w./-]")
HEADING = re.compile(r"#+ (.*)")
NO_PATHS = {"otlp/stdout"}  # a value of OTEL_TRACES_EXPORTER


def blocks(text):
    """(number, line, whether it is within a fence) for each line of a document."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        else:
            yield number, line, fenced


def anchors(text):
    """The headings of a document as GitHub links to them."""
    headings = (HEADING.fullmatch(line) for _, line, fenced in blocks(text) if not fenced)
    return {re.sub(r"[^\w\- ]", "", found[1].lower()).replace(" ", "-") for found in headings if found}


class Tree:
    def __init__(self, root):
        self.root = root
        self.tops = {path.name for path in root.iterdir() if path.is_dir() and re.match(r"(?!build)\w", path.name)}
        paths = [path for top in self.tops for path in (root / top).rglob("*")]
        self.paths = {str(path.relative_to(root)) for path in paths} | self.tops
        self.ends = {"/".join(parts[i:]) for path in self.paths for parts in [path.split("/")] for i in range(len(parts))}

    def missing(self, word, fenced):
        """Whether the word names a file of the tree that is not there. Commands in a fence make files of their own."""
        word = word.rstrip("/.,;:")
        if word in NO_PATHS or PLACEHOLDER.search(word):
            return False
        if word.split("/")[0] in self.tops and "/" in word:
            return word not in self.paths
        return not fenced and FILE.fullmatch(word) and not word.startswith("/") and word not in self.ends

    def check_links(self, document, line):
        for name, anchor in LINK.findall(line):
            target = document.parent / name if name else document
            if "://" in name:
                continue
            if not target.exists():
                yield f"links to {name}, which is not there"
            elif anchor and anchor not in anchors(target.read_text()):
                yield f"links to {name}#{anchor}, which has no such heading"

    def check(self, document):
        for number, line, fenced in blocks(document.read_text()):
            is_manual = document.suffix == ".1"
            code = [line.replace("\\-", "-")] if fenced or is_manual else CODE.findall(line)
            words = [word for part in code for word in re.split(r"[\s()\[\],]+", part)]
            wrong = [f"there is no {word}" for word in words if self.missing(word, fenced)]
            if not fenced:
                wrong += self.check_links(document, line)
            for sentence in wrong:
                yield f"{document.relative_to(self.root)}:{number}: {sentence}"


def check(root):
    """The lines that say what is wrong."""
    tree = Tree(root.resolve())
    documents = [root / "README.md", root / "CONTRIBUTING.md", *sorted(root.glob("docs/*.md")), *root.glob("docs/*.1")]
    return [line for document in documents if document.exists() for line in tree.check(document.resolve())]


if __name__ == "__main__":
    wrong = check(Path(sys.argv[1]))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)
