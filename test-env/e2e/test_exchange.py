# SPDX-License-Identifier: Apache-2.0
"""The plain case, said in full: who, what, when, where."""

import os
import socket
import subprocess
import sys
import time

from common.expect import Exchange
from lib.curl import curl
from lib.expect import CLOCK_TOLERANCE, check_pair, check_pairs
from lib.processes import NGINX, gunicorn_command, python_command
from lib.raw import TimedSocket, wall


def test_200_short_lived_clients(start_agent, hooks, start_nginx, port):
    """Gone before anyone looks, and yet each has its name, its process and its times."""
    nginx = start_nginx(port, "location / { return 200 hello; }")
    agent = start_agent(*hooks, "--port", port)
    lives = []
    for number in range(200):
        before = time.monotonic_ns()
        curl = subprocess.Popen(
            ["curl", "-sS", "-o", os.devnull, f"http://127.0.0.1:{port}/users/{number}?debug=1"]
        )
        assert curl.wait(30) == 0
        lives.append((curl.pid, before, time.monotonic_ns()))
    result = agent.stop()
    pairs = check_pairs(
        result, port, [Exchange(path=f"/users/{number}?debug=1", response_body=5) for number in range(200)]
    )
    [worker] = nginx.children()
    for number, ((server, client), (pid, before, after)) in enumerate(zip(pairs, lives)):
        assert client.service == "curl" and client.pid == client.resource["process.pid"] == pid
        assert server.service == "nginx" and server.pid == server.resource["process.pid"] == worker
        assert wall(before) - CLOCK_TOLERANCE <= client.start <= client.end <= wall(after) + CLOCK_TOLERANCE
        assert client.parent_id is None
        assert server.status == client.status == 0
        assert server.name == client.name == "GET /users/{id}"
        assert server.attr["http.route"] == client.attr["url.template"] == "/users/{id}"
        assert server.attr["wirespan.route.inferred"] is client.attr["wirespan.route.inferred"] is True
        assert server.attr["url.path"] == f"/users/{number}" and server.attr["url.query"] == "debug=1"
        assert client.attr["url.full"] == f"http://127.0.0.1:{port}/users/{number}?debug=1"
        for span in (server, client):
            assert span.attr["server.address"] == "127.0.0.1" and span.attr["server.port"] == port
            assert span.attr["network.peer.address"] == span.attr["network.local.address"] == "127.0.0.1"
            assert span.attr["network.protocol.version"] == "1.1"
        assert server.attr["network.local.port"] == client.attr["network.peer.port"] == port
        assert server.attr["client.address"] == "127.0.0.1"
        assert server.attr["user_agent.original"].startswith("curl/")
    assert len({span.span_id for span in result.spans}) == 400
    assert len({span.trace_id for span in result.spans}) == 200
    executables = {span.resource["process.executable.path"] for span in result.servers()}
    assert executables == {os.path.realpath(NGINX)}


def test_errors_by_status(start_agent, hooks, start_nginx, port):
    """OpenTelemetry's rule: 4xx is an error of the client only, 5xx of both."""
    start_nginx(port, "location /400 { return 404 no; } location /500 { return 503 no; }")
    agent = start_agent(*hooks, "--port", port)
    for path in ("/400", "/500"):
        curl(port, path)
    expected = [Exchange(path="/400", status=404, response_body=2), Exchange(path="/500", status=503, response_body=2)]
    (server_4, client_4), (server_5, client_5) = check_pairs(agent.stop(), port, expected)
    assert (server_4.status, client_4.status) == (0, 2) and "error.type" not in server_4.attr
    assert client_4.attr["error.type"] == "404"
    assert (server_5.status, client_5.status) == (2, 2)
    assert server_5.attr["error.type"] == client_5.attr["error.type"] == "503"


def test_secrets_stay_home(start_agent, hooks, start_nginx, port):
    start_nginx(port, "location / { return 200 hello; }")
    agent = start_agent(*hooks, "--port", port)
    curl(port, "/?X-Amz-Signature=hunter2&a=1", "-u", "ada:hunter2", "-b", "session=hunter2")
    result = agent.stop()
    server, client = check_pair(result, port, path="/?X-Amz-Signature=REDACTED&a=1", response_body=5)
    assert "hunter2" not in repr((server.attr, client.attr, server.resource, client.resource))


def test_ipv6(start_agent, hooks, serve, port):
    def handler(sock):
        sock.receive_head()
        sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    agent = start_agent(*hooks, "--port", port)
    server = serve(port, handler, address="::1", family=socket.AF_INET6)
    client = TimedSocket(socket.create_connection(("::1", port)))
    client.send(b"GET /six HTTP/1.1\r\nHost: [::1]:%d\r\n\r\n" % port)
    client.receive_head()
    client.close()
    server.finish()
    server_span, client_span = check_pair(agent.stop(), port, path="/six")
    assert server_span.attr["network.peer.address"] == client_span.attr["network.local.address"] == "::1"
    assert client_span.attr["server.address"] == "::1"


def test_names_of_services(start_agent, start_process, free_ports):
    """A script, a module, an application under gunicorn, node, and what the environment says."""
    script, module, application, named, node = free_ports(5)
    commands = {
        script: python_command("hello.py", script),
        module: [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(module)],
        application: gunicorn_command("chain:application", application),
        node: ["node", python_command("hello.js")[1], node],
    }
    for server_port, command in commands.items():
        start_process(command, server_port)
    environment = {"OTEL_SERVICE_NAME": "shop", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test"}
    start_process(python_command("hello.py", named), named, environment=environment)
    everyone = [script, module, application, named, node]
    agent = start_agent("--port", ",".join(map(str, everyone)))
    for server_port in everyone:
        curl(server_port)
    result = agent.stop()
    names = {span.server_port: span.service for span in result.servers()}
    assert names == {
        script: "hello",
        module: "http.server",
        application: "chain",
        named: "shop",
        node: "hello",
    }
    [span] = result.servers(named)
    assert span.resource["deployment.environment.name"] == "test"
    assert {span.service for span in result.clients()} == {"curl"}


def test_variables_that_are_none(start_agent, start_process, free_ports):
    """What OpenTelemetry would not take names no service, and is said."""
    environments = [
        {"OTEL_SERVICE_NAME": " \t "},
        {"OTEL_SERVICE_NAME": "\udcff"},
        {"OTEL_RESOURCE_ATTRIBUTES": "service.name=a=b,x=y"},
        {"OTEL_RESOURCE_ATTRIBUTES": "service.name=a,x=\udcff"},
        {"OTEL_RESOURCE_ATTRIBUTES": "service.name=a,x=%4"},
    ]
    ports = free_ports(len(environments))
    agent = start_agent("--port", ",".join(map(str, ports)), "--verbose")
    for server_port, environment in zip(ports, environments):
        start_process(python_command("hello.py", server_port), server_port, environment=environment)
        curl(server_port)
    result = agent.stop()
    assert [span.service for span in result.servers()] == ["hello"] * len(environments)
    assert not any("x" in span.resource for span in result.servers())
    assert result.errors.count("its OTEL_SERVICE_NAME is left out") == 1
    assert result.errors.count("its OTEL_RESOURCE_ATTRIBUTES is left out as a whole") == 3
