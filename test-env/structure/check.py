# SPDX-License-Identifier: Apache-2.0
"""Which room includes which headers: reads the #include lines of the C code and holds them against a table.

Usage: check.py REPOSITORY TABLE. Prints what is wrong, a line each, as FILE:LINE: SENTENCE; exits 1 then.

A room is a folder. It may include its own headers and what its row in the table names. A line of the table:

  ROOM: WHAT…               WHAT is a room, or a single header where the rest of its room is not meant
  sealed PATTERN: WHAT…     headers in and below each folder of that pattern are for the files there alone; WHAT is a
                            file that may include them all the same, or a folder whose headers are for everybody
  circle NAME…              includes that go in a circle, of modules (a .c and its .h are one) or of rooms, and are
                            still to be broken

A row goes on in the next line where that is indented; # begins a comment. What is in the table and not in the code is
wrong, too, so that the table never allows more than there is.

Folders named test, fuzz and bench are no rooms of their own: they may include what the room around them may, and each
other. What they need beyond that is in a row of their own. Nobody minds circles among them.
"""

import re
import sys
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

TOPS = ("base", "bpf", "agent", "correlate", "otlp")
AROUND = {"test", "fuzz", "bench"}
INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


class Include(NamedTuple):
    file: str
    line: int
    header: str  # its path where it is in the tree, else as it is written: the build makes it

    def __str__(self):
        return f"{self.file}:{self.line}"


def folder(path):
    return path.rpartition("/")[0]


def module(path):
    """A header and its source are one."""
    return re.sub(r"(\.bpf)?\.[ch]$", "", path)


def is_around(room):
    return bool(AROUND & set(room.split("/")))


def room_around(room):
    """The room that a folder of tests belongs to."""
    while is_around(room):
        room = folder(room)
    return room


def read_includes(repository):
    paths = [path for top in TOPS for path in (repository / top).rglob("*.[ch]")]
    files = {str(path.relative_to(repository)) for path in paths}
    for file in sorted(files):
        for number, line in enumerate((repository / file).read_text(errors="replace").splitlines(), 1):
            quoted, angled = found.groups() if (found := INCLUDE.match(line)) else (None, None)
            if quoted:
                beside = str((repository / folder(file) / quoted).resolve()).removeprefix(f"{repository}/")
                yield Include(file, number, beside if beside in files else quoted)
            elif angled in files:
                yield Include(file, number, angled)


class Row(NamedTuple):
    line: int
    what: list


class Table:
    def __init__(self, text):
        self.rooms, self.sealed, self.circles = {}, {}, {}
        self.errors = []
        for number, line in self._rows(text):
            words = line.split()
            if words[0] == "circle":
                self.circles[frozenset(words[1:])] = number
                continue
            name, colon, what = line.partition(":")
            rows = self.sealed if words[0] == "sealed" else self.rooms
            name = name.removeprefix("sealed").strip()
            if not colon or " " in name or name in rows:
                self.errors.append((number, f"not understood, or there twice: {line!r}"))
                continue
            rows[name] = Row(number, what.split())

    @staticmethod
    def _rows(text):
        """(number of its first line, row) for each."""
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.partition("#")[0].rstrip()
            if line[:1].isspace() and rows:
                rows[-1][1] += f" {line.strip()}"
            elif line:
                rows.append([number, line])
        return rows

    def allowing(self, room, header):
        """The words of a room's row that allow a header."""
        row = self.rooms.get(room, Row(0, []))
        return [word for word in row.what if word in (folder(header), header)]


def check_rooms(includes, table):
    """And which words of the table were needed."""
    used = set()
    for include in includes:
        room, there = folder(include.file), folder(include.header)
        if room == there:
            continue
        allowed = {(room, word) for word in table.allowing(room, include.header)}
        if not allowed and is_around(room):
            around = room_around(room)
            if is_around(there) or there == around or table.allowing(around, include.header):
                continue
        used |= allowed
        if not allowed:
            yield include, f"{room}/ may not include {include.header}: its row in the table does not say so"
    for room, row in table.rooms.items():
        for word in row.what:
            if (room, word) not in used:
                yield row.line, f"{room}/ no longer includes {word}: take it out of the row"
        if room not in {folder(include.file) for include in includes}:
            yield row.line, f"{room}/ includes nothing, or is not there: take out the row"


def check_sealed(includes, table):
    for pattern, row in table.sealed.items():
        used = set()
        for include in includes:
            owner = "/".join(include.header.split("/")[: pattern.count("/") + 1])
            if owner == include.header or not fnmatch(owner, pattern) or include.file.startswith(f"{owner}/"):
                continue
            used |= {owner, include.file}
            if owner not in row.what and include.file not in row.what:
                yield include, f"{include.header} is for {owner}/ alone"
        for word in row.what:
            if word not in used:
                yield row.line, f"{word} has no part in {pattern}: take it out of the row"


def circles_of(edges):
    """The sets of those that reach each other."""
    reached = {}
    for start in edges:
        seen, todo = set(), list(edges[start])
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += edges.get(here, ())
        reached[start] = seen
    return {
        frozenset(other for other in seen if start in reached.get(other, ()))
        for start, seen in reached.items()
        if start in seen
    }


def way_round(circle, edges):
    """The shortest way from its first back to it: [(name, include that leads on), …]"""
    start = min(circle)
    ways, seen = [([], start)], {start}
    for way, here in ways:
        for there, include in edges[here].items():
            if there == start:
                return [*way, (here, include)]
            if there in circle - seen:
                seen.add(there)
                ways.append(([*way, (here, include)], there))


def module_edges(includes, _):
    """{module: {module: an include that leads there}}"""
    edges = defaultdict(dict)
    for include in includes:
        one, other = module(include.file), module(include.header)
        if one != other and not is_around(folder(include.file)):
            edges[one].setdefault(other, include)
    return edges


def room_edges(includes, table):
    """The same of rooms; a single header that a row names stands for itself, not for its room."""
    edges = defaultdict(dict)
    for include in includes:
        room = folder(include.file)
        for word in table.allowing(room, include.header) if not is_around(room) else ():
            edges[room].setdefault(word, include)
    return edges


def check_circles(includes, table):
    found = set()
    for edges in (module_edges(includes, table), room_edges(includes, table)):
        for circle in sorted(circles_of(edges), key=min):
            found.add(circle)
            if circle not in table.circles:
                way = way_round(circle, edges)
                path = " → ".join([*(name for name, _ in way), way[0][0]])
                at = ", ".join(str(include) for _, include in way)
                rest = "" if len(way) == len(circle) else f", one of those among {', '.join(sorted(circle))}"
                yield way[0][1], f"includes go in a circle: {path} ({at}){rest}"
    for circle, line in table.circles.items():
        if circle not in found:
            yield line, "this circle is no longer there: take it out, or what has left it"


def check(repository, table_file):
    """The lines that say what is wrong."""
    repository = repository.resolve()
    table = Table(table_file.read_text())
    includes = list(read_includes(repository))
    for rule in (check_rooms, check_sealed, check_circles):
        table.errors += rule(includes, table)
    for where, sentence in table.errors:
        yield f"{where if isinstance(where, Include) else f'{table_file}:{where}'}: {sentence}"


if __name__ == "__main__":
    wrong = list(check(Path(sys.argv[1]), Path(sys.argv[2])))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)
