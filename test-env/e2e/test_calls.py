# SPDX-License-Identifier: Apache-2.0
"""Every system call by which bytes pass a socket, in both directions."""

import ctypes
import os
import select
import socket
import time

import pytest

from common.expect import Exchange
from lib.expect import check_pair, check_pairs, check_times
from lib.raw import LIMIT

libc = ctypes.CDLL(None, use_errno=True)
REQUEST_BODY = b"q" * 5000
RESPONSE_BODY = b"r" * 7000
REQUEST = b"POST /calls HTTP/1.1\r\nHost: test\r\nContent-Length: 5000\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 7000\r\n\r\n"


class IoVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class MessageHeader(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(IoVector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class Message(ctypes.Structure):
    _fields_ = [("header", MessageHeader), ("length", ctypes.c_uint)]


def call_with_messages(function, sock, buffers, *more):
    """One message per buffer, all in one call; how many bytes moved."""
    vectors = [IoVector(ctypes.addressof(buffer), len(buffer)) for buffer in buffers]
    messages = (Message * len(buffers))()
    for message, vector in zip(messages, vectors):
        message.header.vectors, message.header.vector_count = ctypes.pointer(vector), 1
    assert function(sock.fileno(), messages, len(buffers), 0, *more) == len(buffers)
    return sum(message.length for message in messages)


def send_mmsg(sock, head, body):
    """Two messages in one call: the head, then the body."""
    buffers = [ctypes.create_string_buffer(part, len(part)) for part in (head, body)]
    assert sock.timed("send", call_with_messages, libc.sendmmsg, sock, buffers) == len(head) + len(body)


def receive_mmsg(sock, length):
    while length:
        buffers = [ctypes.create_string_buffer(length)]
        length -= sock.timed("receive", call_with_messages, libc.recvmmsg, sock, buffers, None)


def one_call(function):
    """A sender of head and body by one call with all of it."""

    def send(sock, head, body):
        assert sock.timed("send", function, sock, head, body) == len(head) + len(body)

    return send


def send_file(sock, head, body):
    file = os.memfd_create("body")
    os.write(file, body)
    sock.send(head)
    assert sock.timed("send", os.sendfile, sock.fileno(), file, 0, len(body)) == len(body)
    os.close(file)


def splice_out(sock, head, body):
    outlet, inlet = os.pipe()
    os.write(inlet, body)
    sock.send(head)
    left = len(body)
    while left:
        left -= sock.timed("send", os.splice, outlet, sock.fileno(), left)
    os.close(outlet)
    os.close(inlet)


SENDERS = {
    "write": one_call(lambda sock, head, body: os.write(sock.fileno(), head + body)),
    "writev": one_call(lambda sock, head, body: os.writev(sock.fileno(), (head, body))),
    "sendto": one_call(lambda sock, head, body: sock.socket.send(head + body)),
    "sendmsg": one_call(lambda sock, head, body: sock.socket.sendmsg((head[:20], head[20:], body))),
    "sendmsg-more": lambda sock, head, body: [
        sock.timed("send", sock.socket.send, head, socket.MSG_MORE),
        sock.timed("send", sock.socket.send, body),
    ],
    "sendmmsg": send_mmsg,
    "sendfile": send_file,
    "splice": splice_out,
}


def repeated(function):
    """A receiver that calls until all has come."""

    def receive(sock, length):
        while length:
            result = sock.timed("receive", function, sock, length)
            moved = result[0] if isinstance(result, tuple) else result
            length -= moved if isinstance(moved, int) else len(moved)

    return receive


def receive_peeking(sock, length):
    """Peeks at everything, more than once, before it takes it; peeked bytes moved nothing."""
    while length:
        for flags in (socket.MSG_PEEK, socket.MSG_PEEK | socket.MSG_WAITALL):
            sock.socket.recv(min(length, 50), flags)
        peeked = sock.socket.recv(length, socket.MSG_PEEK)
        assert sock.timed("receive", sock.socket.recv, len(peeked)) == peeked
        length -= len(peeked)


def receive_truncating(sock, length):
    """The head is read, the body is thrown away by the kernel."""
    length -= len(sock.receive(100))
    while length:
        buffer = ctypes.create_string_buffer(1)
        moved = sock.timed("receive", libc.recv, sock.fileno(), buffer, length, socket.MSG_TRUNC)
        assert moved > 0
        length -= moved


def splice_in(sock, length):
    length -= len(sock.receive(100))
    outlet, inlet = os.pipe()
    while length:
        moved = sock.timed("receive", os.splice, sock.fileno(), inlet, length)
        os.read(outlet, moved)
        length -= moved
    os.close(outlet)
    os.close(inlet)


def buffers(length):
    first = bytearray(min(length, 60))
    return (first, bytearray(length - len(first))) if length > len(first) else (first,)


RECEIVERS = {
    "read": repeated(lambda sock, length: os.read(sock.fileno(), length)),
    "readv": repeated(lambda sock, length: os.readv(sock.fileno(), buffers(length))),
    "recvfrom": repeated(lambda sock, length: sock.socket.recvfrom(length)),
    "recvfrom-small": repeated(lambda sock, length: sock.socket.recv(min(length, 33))),
    "recvmsg": repeated(lambda sock, length: sock.socket.recvmsg(length)),
    "recvmsg-into": repeated(lambda sock, length: sock.socket.recvmsg_into(buffers(length))),
    "waitall": repeated(lambda sock, length: sock.socket.recv(length, socket.MSG_WAITALL)),
    "recvmmsg": receive_mmsg,
    "peek": receive_peeking,
    "truncate": receive_truncating,
    "splice": splice_in,
}
WAYS = [(sender, "recvfrom") for sender in SENDERS] + [("sendto", receiver) for receiver in RECEIVERS]


@pytest.mark.parametrize(("sender", "receiver"), WAYS)
def test_bytes_pass_by(exchange, port, sender, receiver):
    """Two exchanges on a connection, so that a wrong position shows itself in the second."""
    send, receive = SENDERS[sender], RECEIVERS[receiver]
    done = []

    def handler(sock):
        for _ in range(2):
            receive(sock, len(REQUEST) + len(REQUEST_BODY))
            send(sock, RESPONSE, RESPONSE_BODY)
            done.append(len(sock.calls))

    def client(sock):
        for _ in range(2):
            send(sock, REQUEST, REQUEST_BODY)
            receive(sock, len(RESPONSE) + len(RESPONSE_BODY))
            done.append(len(sock.calls))

    result, accepted, connected = exchange(handler, client)
    expected = Exchange("POST", "/calls", 200, request_body=5000, response_body=7000)
    pairs = check_pairs(result, port, [expected, expected])
    # Beginning of the first, end of the second exchange.
    (server, client_span), (last_server, last_client) = pairs
    server.end, client_span.end = last_server.end, last_client.end
    check_times(server, client_span, accepted, connected)


def test_non_blocking_partial_writes(exchange, port):
    """One send of head and 10 MB of which a part is accepted; the rest follows in pieces, with refusals between."""
    size = 10_000_000
    data = memoryview(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"n" * size)
    refusals = []

    def handler(sock):
        sock.receive_head()
        sock.socket.setblocking(False)
        sent = 0
        while sent < len(data):
            try:
                sent += sock.timed("send", sock.socket.send, data[sent:])
            except BlockingIOError:
                refusals.append(sent)
                assert select.select([], [sock], [], LIMIT)[1]

    def client(sock):
        sock.send(b"GET /partial HTTP/1.1\r\nHost: test\r\n\r\n")
        time.sleep(0.1)
        sock.receive_head()
        sock.discard_exactly(size)

    result, accepted, connected = exchange(handler, client)
    assert refusals and len(accepted.sends()) > 1, "the socket took everything at once: nothing was tested"
    server, client_span = check_pair(result, port, path="/partial", response_body=size)
    check_times(server, client_span, accepted, connected)
