# SPDX-License-Identifier: Apache-2.0
"""Routes, given and guessed: both ends of an exchange tell the same, in a run as in its replay."""

import os
import subprocess
from collections import defaultdict

import pytest

from common.agent import Result
from common.otlp import parse_lines
from lib.agent import run_command

WORDS = [f"{first}{second}" for first in "abcde" for second in "vwxyz"]  # by shape, names
KNOWN = 20  # values of one place, before they are one


def curl(port, paths):
    urls = [f"http://127.0.0.1:{port}{path}" for path in paths]
    subprocess.run(["curl", "-sS", "--parallel-max", "1", *[w for u in urls for w in ("-o", os.devnull, u)]],
                   check=True, timeout=30)


def routes(result):
    """The route of each path, in its order, and whether it was guessed; the ends of an exchange agree."""
    seen = defaultdict(set)
    for span in sorted(result.spans, key=lambda span: span.start):
        route = span.attr.get("http.route" if span.kind == "server" else "url.template")
        assert span.name == (f"GET {route}" if route else "GET")
        seen[span.path].add((route, "wirespan.route.inferred" in span.attr))
    assert all(len(found) == 1 for found in seen.values()), seen
    assert len(result.servers()) == len(result.clients()) == len(seen)
    return {path: found.pop() for path, found in seen.items()}


@pytest.fixture
def recorded(start_agent, hooks, start_nginx, port, tmp_path):
    """A run's routes, and its recording."""
    recording = tmp_path / "recording"
    start_nginx(port, "location / { return 200 hello; } location /tag/missing { return 404; }"
                      " location /users/404 { return 404; } location /scan { return 404; }")
    agent = start_agent(*hooks, "--port", port, "--record", recording, "--route", "/tag/{tag}")
    curl(port, [f"/u/{word}/repo" for word in WORDS])
    curl(port, [f"/cart/{word}" for word in WORDS] + ["/cart/checkout/pay", "/u/login"])
    curl(port, ["/users/1", "/users/404", "/scan", "/tag/one", "/tag/missing"])
    result = agent.stop()
    assert result.losses == {}
    return routes(result), recording


def replay(recording, *arguments):
    done = run_command("replay", str(recording), "--format", "json", "--seed", "7", *arguments)
    assert done.returncode == 0, done.stderr
    return routes(Result(parse_lines(done.stdout), done.stderr))


def test_siblings_become_one(recorded):
    found, recording = recorded
    for index, word in enumerate(WORDS):
        known = index < KNOWN
        assert found[f"/u/{word}/repo"] == (f"/u/{word}/repo" if known else "/u/{id}/repo", True)
        assert found[f"/cart/{word}"] == (f"/cart/{word}" if known else "/cart/{id}", True)
    assert found["/cart/checkout/pay"] == ("/cart/checkout/pay", True)
    assert found["/u/login"] == ("/u/login", True)
    assert found["/users/404"] == found["/users/1"] == ("/users/{id}", True)
    assert found["/scan"] == (None, False)
    assert found["/tag/one"] == found["/tag/missing"] == ("/tag/{tag}", False)
    assert replay(recording, "--route", "/tag/{tag}") == found


def test_what_is_given_is_not_guessed(recorded):
    _, recording = recorded
    found = replay(recording, "--route", "ngin*:/u/{user}/repo", "--route", "other:/u/av/repo",
                   "--route", "/cart/{item}", "--route", "/cart/*", "--route", "/scan")
    assert all(found[f"/u/{word}/repo"] == ("/u/{user}/repo", False) for word in WORDS)
    assert all(found[f"/cart/{word}"] == ("/cart/{item}", False) for word in WORDS)
    assert found["/cart/checkout/pay"] == ("/cart/*", False)
    assert found["/scan"] == ("/scan", False)
    assert found["/tag/one"] == ("/tag/one", True) and found["/tag/missing"] == (None, False)
    only = replay(recording, "--no-route-inference", "--route", "/users/{user}")
    assert only["/users/1"] == only["/users/404"] == ("/users/{user}", False)
    assert only["/u/login"] == (None, False)


@pytest.mark.parametrize("command", ["run", "replay"])
@pytest.mark.parametrize("pattern", ["tag/{tag}", "/tag/{tag", "/tag/<tag>", "/*/tag", "sh[op:/tag", "http://shop/tag"])
def test_wrong_patterns(command, pattern):
    done = run_command(command, "--route", pattern, *(["file"] if command == "replay" else []))
    assert done.returncode == 2
    assert f"wirespan: error: --route: '{pattern}' " in done.stderr
