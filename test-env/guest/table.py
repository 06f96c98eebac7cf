# SPDX-License-Identifier: Apache-2.0
"""What was found of each kernel, as a table: for the terminal, and for docs/kernels.md."""

import datetime
import platform

from common.paths import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "kernels.md"
BEGIN, END = "<!-- made by test-env/kernels --write-docs: begin -->\n", "<!-- end -->\n"
VERIFIER_LIMIT = 1_000_000
HEADINGS = ("kernel", "captures by", "socket hooks", "system call hooks", "verified", "lacks")


def _spans(trace):
    if not trace.loaded:
        return "no"
    result = trace.result
    linked = sum(result.parent(span) is not None for span in result.servers())
    skipped = f"; {trace.skipped} skipped" if trace.skipped else ""
    return f"{len(result.servers())} + {len(result.clients())} spans, {linked} linked{skipped}"


def _verified(guest):
    counts = {}
    for trace in guest.traces.values():
        if trace.loaded:
            for name, (_, verified, _) in trace.programs.items():
                counts[name] = max(counts.get(name, 0), verified)
    name, most = max(counts.items(), key=lambda item: item[1], default=("", 0))
    name = name.partition("_ste")[0]  # "_steady" is cut by the kernel
    return f"{most / VERIFIER_LIMIT:.0%} ({name})" if most else "not told"


def row(guest):
    lacks = [name for name, works in guest.features.items() if not works]
    return (
        guest.release,
        guest.check["capture"],
        _spans(guest.traces["socket"]),
        _spans(guest.traces["syscall"]),
        _verified(guest),
        ", ".join(lacks) or "nothing",
    )


def text(rows):
    widths = [max(len(line[i]) for line in [HEADINGS, *rows]) for i in range(len(HEADINGS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [HEADINGS, *rows])
    return "\n".join(lines) + "\n"


def _markdown(rows):
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write_document(rows):
    """Puts the table, with date and processor, where the last one was."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    made = f"\nOn {datetime.date.today()}, {platform.machine()}, emulated:\n\n"
    DOCUMENT.write_text(f"{before}{BEGIN}{made}{_markdown(rows)}\n{END}{after}")
