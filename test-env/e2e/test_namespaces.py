# SPDX-License-Identifier: Apache-2.0
"""The two ends of a connection find each other across network namespaces and address translation."""

import subprocess

import pytest

from common.expect import Exchange, check_span
from common.wait import wait_until
from lib.netns import join
from lib.processes import Process, nginx_command

TRANSLATION = """
table ip wirespan {
    chain prerouting {
        type nat hook prerouting priority -100
        tcp dport 80 dnat to 198.18.2.2:8080
    }
    chain postrouting {
        type nat hook postrouting priority 100
        masquerade
    }
}
"""


@pytest.fixture
def nginx_in(tmp_path, cleanup):
    """nginx_in(namespace, address, port, server): nginx inside a namespace."""

    def start(namespace, address, port, server):
        directory = tmp_path / namespace.name
        directory.mkdir()
        command = nginx_command(directory, port, server, address=address)
        process = Process(namespace.run(*command), directory / "log")
        cleanup.callback(process.stop)
        return process

    return start


def curl_in(namespace, *arguments):
    return subprocess.Popen(namespace.run("curl", "-sS", *arguments), stdout=subprocess.DEVNULL)


def wait_for_url(namespace, url):
    wait_until(lambda: curl_in(namespace, url).wait(30) == 0, f"{url} to answer")


def test_namespaces_with_equal_addresses(start_agent, hooks, namespace, nginx_in):
    """Two pairs of namespaces in which every address and every port is the same."""
    pairs = []
    for number in range(2):
        client, server = namespace(), namespace()
        join(client, "198.18.1.1", server, "198.18.1.2")
        nginx_in(server, "198.18.1.2", 8080, f"location / {{ return 20{number} hello; }}")
        pairs.append((client, server))
    for client, _ in pairs:
        wait_for_url(client, "http://198.18.1.2:8080/up")
    agent = start_agent(*hooks, "--port", "8080")
    urls = [[f"http://198.18.1.2:8080/{number}/{request}" for request in range(10)] for number in range(2)]
    clients = [curl_in(client, "--local-port", "40000", *urls[number]) for number, (client, _) in enumerate(pairs)]
    for process in clients:
        assert process.wait(30) == 0
    result = agent.stop()
    assert len(result.spans) == 2 * 2 * 10, result.spans
    for server in result.servers():
        client = result.parent(server)
        assert client is not None, f"no link: {server}"
        assert client.path == server.path, f"wrong link: {server} {client}"
        assert server.attr["wirespan.link.evidence"] == "connection"
        assert client.contains(server)
        number = int(server.path.split("/")[1])
        for span in (server, client):
            check_span(span, Exchange(path=server.path, status=200 + number, response_body=5))
            assert (span.client_port, span.server_port) == (40000, 8080)
    assert result.losses == {}, result.errors


def test_address_translation(start_agent, hooks, namespace, nginx_in):
    """Client -> router, which changes both addresses and the port -> server."""
    client, router, server = namespace(), namespace(), namespace()
    join(client, "198.18.1.1", router, "198.18.1.2")
    join(router, "198.18.2.1", server, "198.18.2.2")
    subprocess.run(router.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"), check=True)
    refused = router.nft(TRANSLATION)
    if refused:
        pytest.skip(f"this kernel has no address translation: {refused}")
    nginx_in(server, "198.18.2.2", 8080, "location / { return 200 hello; }")
    wait_for_url(client, "http://198.18.1.2/up")
    agent = start_agent(*hooks, "--port", "80,8080")
    assert curl_in(client, *[f"http://198.18.1.2/{number}" for number in range(5)]).wait(30) == 0
    result = agent.stop()
    assert len(result.spans) == 10, result.spans
    for server_span in result.servers():
        client_span = result.parent(server_span)
        assert client_span is not None, f"no link: {server_span}"
        assert client_span.path == server_span.path
        assert server_span.attr["wirespan.link.evidence"] == "connection"
        assert client_span.attr["network.peer.address"] == "198.18.1.2" and client_span.server_port == 80
        assert server_span.attr["network.peer.address"] == "198.18.2.1" and server_span.server_port == 8080
    assert result.losses == {}, result.errors
