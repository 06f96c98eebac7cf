# SPDX-License-Identifier: Apache-2.0
"""What the spans of an exchange must say."""

from dataclasses import dataclass


@dataclass
class Exchange:
    method: str = "GET"
    path: str = "/"
    status: int | None = 200
    request_body: int = 0
    response_body: int = 0


def check_span(span, expected):
    assert span.attr["http.request.method"] == expected.method, span
    assert span.path == expected.path, span
    assert span.attr.get("http.response.status_code") == expected.status, span
    assert span.attr.get("http.request.body.size", 0) == expected.request_body, span
    assert span.attr.get("http.response.body.size", 0) == expected.response_body, span
    assert span.attr["network.transport"] == "tcp", span


def check_parent(server, client):
    """The client span is the server span's parent, by the connection."""
    assert server.parent_id == client.span_id, f"no link: {server} {client}"
    assert server.attr["wirespan.link.evidence"] == "connection", server
    for here, there in ((server, client), (client, server)):
        assert here.attr["network.peer.address"] == there.attr["network.local.address"]
        assert here.attr["network.peer.port"] == there.attr["network.local.port"]


def check_linked(server, client):
    """The client span is the server span's parent and holds it."""
    check_parent(server, client)
    assert client.contains(server), f"not inside: {server} {client}"
