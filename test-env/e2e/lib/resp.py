# SPDX-License-Identifier: Apache-2.0
"""RESP2 and RESP3 as their specification words them, for whoever holds all bytes: plain, and strict."""

from dataclasses import dataclass, field

LINES = b"+-:_#,("  # values that end with their first line
STRINGS = b"$=!"
ARRAYS = b"*~>"
MAPS = b"%|"


@dataclass
class Value:
    kind: str  # its first byte
    begin: int  # in the stream
    end: int
    text: bytes | None = None  # of whatever is no aggregate; None: null
    items: list = field(default_factory=list)

    @property
    def size(self):
        return self.end - self.begin

    @property
    def error(self):
        """The prefix of an error, else None."""
        return self.text.split(b" ")[0].decode() if self.kind in "-!" else None

    @property
    def word(self):
        """What a push or a message of RESP2 says it is: its first element."""
        return self.items[0].text.decode() if self.items and self.items[0].text is not None else None


def parse_value(data, begin=0):
    """The value at `begin`, or None where the data end within it."""
    line_end = data.find(b"\r\n", begin)
    if line_end < 0:
        return None
    kind, line, end = data[begin : begin + 1], data[begin + 1 : line_end], line_end + 2
    value = Value(kind.decode("latin-1"), begin, end)
    if kind in LINES and kind:
        value.text = None if kind == b"_" else line
        return value
    assert kind and kind in STRINGS + ARRAYS + MAPS, f"no RESP at {begin}: {data[begin:begin + 40]!r}"
    count = int(line)
    if count < 0:
        return value
    return parse_string(data, value, count) if kind in STRINGS else parse_items(data, value, count)


def parse_string(data, value, length):
    begin = value.end
    value.end += length + 2
    if len(data) < value.end:
        return None
    value.text = data[begin : begin + length]
    assert data[begin + length : value.end] == b"\r\n", f"no end of a string at {begin + length}"
    return value


def parse_items(data, value, count):
    for _ in range(2 * count if value.kind.encode() in MAPS else count):
        item = parse_value(data, value.end)
        if item is None:
            return None
        value.items.append(item)
        value.end = item.end
    if value.kind == "|":  # attributes stand before what they describe
        described = parse_value(data, value.end)
        if described is not None:
            described.begin = value.begin
        return described
    return value


def parse_all(data):
    """Every whole value."""
    values, begin = [], 0
    while begin < len(data):
        value = parse_value(data, begin)
        if value is None:
            break
        values.append(value)
        begin = value.end
    return values


def pack(*words):
    """A command."""
    encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"".join([b"*%d\r\n" % len(words), *(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)])
