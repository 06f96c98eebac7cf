# SPDX-License-Identifier: Apache-2.0
"""Draws what a terminal shows as an SVG picture: text with colours (SGR) in, SVG out. Makes docs/traces.svg."""

import re
import sys
from html import escape

COLUMN, ROW, MARGIN, SIZE = 8.4, 20, 16, 14
STYLES = {"1": "bold", "2": "dim", "31": "red", "32": "green", "36": "cyan"}
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"
	font-size="{size}" xml:space="preserve" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace">
<style>text {{ fill: #d6dbe4; white-space: pre }} .bold {{ font-weight: bold; fill: #fff }} .dim {{ fill: #8a93a3 }}
.red {{ fill: #ff7b72 }} .green {{ fill: #7ee787 }} .cyan {{ fill: #79c0ff }}</style>
<rect width="100%" height="100%" rx="8" fill="#161b22"/>"""


def pieces(line):
    """(column, style or None, text): what stands between two changes of style."""
    column, style = 0, None
    for text, code in re.findall(r"([^\x1b]*)(?:\x1b\[([0-9;]*)m)?", line):
        if text.strip():
            yield column + len(text) - len(text.lstrip()), style, text.strip()
        column += len(text)
        style = STYLES.get(code)


def main():
    lines = sys.stdin.read().rstrip("\n").replace("\r", "").split("\n")
    longest = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    print(HEAD.format(width=longest * COLUMN + 2 * MARGIN, height=len(lines) * ROW + 2 * MARGIN, size=SIZE))
    for number, line in enumerate(lines):
        y = MARGIN + number * ROW + SIZE
        for column, style, text in pieces(line):
            style_attribute = f' class="{style}"' if style else ""
            # The length as it should be, whatever font draws it.
            length = f'textLength="{len(text) * COLUMN:.1f}" lengthAdjust="spacingAndGlyphs"'
            print(f'<text x="{MARGIN + column * COLUMN:.1f}" y="{y}" {length}{style_attribute}>{escape(text)}</text>')
    print("</svg>")


main()
