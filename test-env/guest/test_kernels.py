# SPDX-License-Identifier: Apache-2.0
"""What must hold on every kernel; see init for what happened there."""

from collections import Counter

import pytest

from common.expect import Exchange, check_span

PROXY, ORIGIN, OLD = 8080, 8081, 8181
BODY = 18893  # bytes of `seq 1 4000`
CROWD = 100
SPANS = 222  # of all exchanges, at both ends

# Behind the proxy, each twice: to the proxy, and on to the origin.
PROXIED = [
    Exchange("GET", "/found", 200, 0, 7),
    Exchange("GET", "/missing", 404, 0, 8),
    Exchange("POST", "/posted", 200, BODY, 7),
    Exchange("GET", "/broken", 503, 0, 7),
]
SENT_FILE = Exchange("GET", "/guest/body", 200, 0, BODY)

# The kernel that a feature came with; the others are as old as the oldest kernel here.
SINCE = {
    "map: socket storage": (5, 11),
    "bpf_sock_from_file in iter": (5, 11),
    "bpf_get_socket_cookie in tp_btf": (5, 12),
    "bpf_task_pt_regs in tp_btf": (5, 15),
    "bpf_preempt_disable in tp_btf": (6, 15),
    "tp_btf/sock_send_length": (6, 3),
    "tp_btf/sock_recv_length": (6, 3),
    "tp_btf/tcp_sendmsg_locked": (6, 16),
}
# What the old connection costs where it can't be told to have been quiet.
ALLOWED_LOSSES = {"attached_late"}


@pytest.fixture
def traces(guest):
    """Those of the ways of attaching that this kernel has."""
    expected = ["auto", "syscall"] + (["socket"] if guest.check["capture"] == "socket tracepoints" else [])
    for name in expected:
        agent = guest.traces[name].agent
        assert guest.traces[name].loaded, f"the agent ({name}) ended with {agent.status}:\n{agent.text}"
    return [guest.traces[name] for name in expected]


@pytest.fixture
def whole_traces(guest, traces):
    """Those that must be complete: where a kernel preempts tracepoints, it may have skipped hooks; see below.

    Skips the test where none by the socket hooks is left: it would have nothing, or little, to look at. Those by system
    call hooks need not be whole, unless the kernel has no other: they are hardly ever passed without being skipped.
    """
    whole = [trace for trace in traces if not (guest.preempts_tracepoints and trace.skipped)]
    needed = [trace for trace in traces if not trace.is_by_calls] or traces
    if not any(trace in whole for trace in needed):
        counts = ", ".join(f"{trace.name}: {trace.skipped}" for trace in needed)
        pytest.skip(f"Linux {guest.release} skipped hooks of every trace that would have to be complete ({counts})")
    return whole


def test_machine_ends(guest):
    assert "done" in guest.sections, guest.tail()


def test_check_tells_features(guest):
    expected = {name: guest.version >= SINCE.get(name, (0, 0)) for name in guest.features}
    assert guest.features == expected


def test_check_tells_tracepoints(guest):
    there = {line.split(":")[1] for line in guest.section("tracepoints").text.splitlines() if ":" in line}
    told = {name.removeprefix("tp_btf/"): works for name, works in guest.features.items() if name.startswith("tp_btf/")}
    assert told == {name: name in there for name in told}


def test_check_tells_whether_run_works(guest):
    check = guest.section("check")
    assert guest.check["can_run"] == (check.status == 0) == guest.traces["auto"].loaded


def test_check_tells_how_run_captures(guest):
    by_calls = guest.traces["auto"].is_by_calls
    assert guest.check["capture"] == ("system calls" if by_calls else "socket tracepoints")


def test_socket_hooks_are_refused_where_check_says_so(guest):
    trace = guest.traces["socket"]
    if guest.check["capture"] == "socket tracepoints":
        assert trace.loaded
        return
    assert trace.agent.status == 3, trace.agent.text
    missing = [name for name, works in guest.features.items() if not works]
    assert any(f"this kernel lacks {name}:" in trace.agent.text for name in missing), trace.agent.text


def test_exchanges_are_told_as_they_were(whole_traces):
    for trace in whole_traces:
        result = trace.result
        assert trace.statuses == ["200", "404", "200", "503", "200"]
        for spans, expected in [
            (result.servers(PROXY), [*PROXIED, SENT_FILE]),
            ([span for span in result.clients(PROXY) if span.service == "curl"], [*PROXIED, SENT_FILE]),
            ([span for span in result.servers(ORIGIN) if not span.path.startswith("/crowd/")], PROXIED),
            ([span for span in result.clients(ORIGIN) if span.service == "nginx"], PROXIED),
        ]:
            assert len(spans) == len(expected), trace.agent.text
            for span, exchange in zip(spans, expected):
                check_span(span, exchange)


def line_of_descent(result, span):
    while span:
        yield span
        span = result.parent(span)


def test_exchanges_are_linked(whole_traces):
    """curl -> proxy -> its own call -> origin: one trace each."""
    for trace in whole_traces:
        for origin in trace.result.servers(ORIGIN):
            if not origin.path.startswith("/crowd/"):
                line = list(line_of_descent(trace.result, origin))
                told = [f"{span.service} {span.kind}" for span in line]
                assert told == ["nginx server", "nginx client", "nginx server", "curl client"], trace.agent.text
                assert all(outer.contains(inner) for inner, outer in zip(line, line[1:]))


def test_crowd_is_complete(whole_traces):
    """Many at once: each exchange told once, by both its ends, and nothing damaged."""
    for trace in whole_traces:
        result = trace.result
        expected = Counter(f"/crowd/{talker}-{number}" for talker in range(1, 5) for number in range(1, 26))
        servers = [span for span in result.servers(ORIGIN) if span.path in expected]
        clients = [span for span in result.clients(ORIGIN) if span.path in expected]
        assert trace.crowd == ["200"] * CROWD
        assert Counter(span.path for span in servers) == expected, trace.agent.text
        assert Counter(span.path for span in clients) == expected, trace.agent.text
        for server in servers:
            assert result.parent(server) in clients
            assert result.parent(server).path == server.path


def test_old_connection_is_traced(guest, whole_traces):
    """From its first exchange on, as it was quiet when the agent came; where that can be told (sock_diag may be missing)."""
    for trace in whole_traces:
        result = trace.result
        for spans in (result.servers(OLD), result.clients(OLD)):
            paths = [span.path for span in spans]
            told = guest.version >= SINCE["bpf_sock_from_file in iter"] or "/late-1" in paths
            assert paths == ["/late-1", "/late-2", "/late-3"][0 if told else 1 :], trace.agent.text


def test_agent_ends_cleanly(traces):
    for trace in traces:
        assert trace.agent.status == 0, trace.agent.text
        assert trace.remains == "", "programs are left in the kernel"


def test_agent_loses_nothing(guest, whole_traces):
    for trace in whole_traces:
        assert set(trace.result.losses) - {"hook_skipped"} <= ALLOWED_LOSSES, trace.agent.text
        if not guest.preempts_tracepoints:
            assert trace.tries == 1 and not trace.skipped, trace.agent.text


def test_skipped_hooks_cost_little_and_are_counted(traces):
    for trace in traces:
        # More may be skipped after the programs were listed.
        assert trace.skipped >= sum(skipped for _, _, skipped in trace.programs.values())
        # One exchange, mostly; a connection or process that was not seen to begin costs more. Of the system call hooks,
        # which are there for every call of every process, hundreds are skipped.
        allowed = SPANS * (0.5 if trace.is_by_calls else 0.2) if trace.skipped else 0
        assert SPANS - len(trace.result.spans) <= allowed, trace.agent.text


def test_nothing_is_invented(traces):
    """Whatever was lost: no exchange is told twice, or with another's answer, or damaged."""
    statuses = {exchange.path: exchange.status for exchange in [*PROXIED, SENT_FILE]}
    for trace in traces:
        told = Counter((span.kind, span.service, span.server_port, span.path) for span in trace.result.spans)
        assert max(told.values()) == 1
        for span in trace.result.spans:
            assert span.attr.get("http.response.status_code", 200) == statuses.get(span.path, 200)
        assert not {"record_malformed", "stream_overlap"} & set(trace.result.losses)
