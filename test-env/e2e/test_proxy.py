# SPDX-License-Identifier: Apache-2.0
"""A forward proxy: it is sent URLs, and sends on paths."""

from lib.agent import run_command
from lib.curl import curl


def test_what_a_forward_proxy_passes_on(start_agent, hooks, start_nginx, free_ports, tmp_path):
    """Its call is a child of the request that it received; the console shows whom curl really spoke to."""
    proxy, server = free_ports(2)
    recording = tmp_path / "recording"
    start_nginx(server, "location / { return 200 hello; }")
    start_nginx(proxy, "location / { proxy_pass http://$http_host$request_uri; }")
    agent = start_agent(*hooks, "--port", f"{proxy},{server}", "--record", recording)
    url = f"http://127.0.0.1:{server}/shop?a=b"
    curl(server, "/shop?a=b", "-x", f"http://127.0.0.1:{proxy}")
    result = agent.stop()
    asked, passed_on = result.clients(proxy)[0], result.clients(server)[0]
    received = result.servers(proxy)[0]
    assert len(result.spans) == 4 and result.losses == {}
    assert result.parent(result.servers(server)[0]) == passed_on and result.parent(received) == asked
    assert result.parent(passed_on) == received
    assert passed_on.attr["wirespan.link.evidence"] == "thread"
    assert asked.attr["url.full"] == url and asked.attr["server.port"] == server
    shown = run_command("replay", str(recording), "--format", "console", "--seed", "1").stdout
    assert shown.count(f"127.0.0.1:{server} via 127.0.0.1:{proxy}") == 1
