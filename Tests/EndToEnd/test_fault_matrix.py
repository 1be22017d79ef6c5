"""Every fault of the catalogue, over WebSocket, SSE and plain HTTP, with and without TLS.

What clients that know nothing of mockgem see is asserted: the exception's class, the close code, the
bytes. A fault is ordered while the server runs, as a test would, and taken away again.
"""

import json
import subprocess
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import BINARY, Server, serving
from fault_watch import Seen, watch, watch_bytes

SCENARIO = """mockgem: 1
pace: fast
steps:
- repeat:
  steps:
  - await: user
  - say: Hello there, one two three four five six.
"""
MEDIA = ["websocket", "stream", "answer"]
CATALOGUE = {
    fault["name"]: fault["media"]
    for fault in json.loads(subprocess.check_output([BINARY, "faults", "--format", "json"]))}
NO_CLOSE = "ConnectionClosedError got None, said None"  # RFC 6455 calls it 1006
DELTA = "response.output_audio_transcript.delta"


@dataclass
class Case:
    """A fault as it is ordered, and what must be seen of it."""

    fault: str
    media: list[str]
    end: str | dict[str, str] = "complete"
    check: Callable[[Seen, Seen], object] = lambda seen, healthy: True
    # How the bare socket ends, where that says more: without TLS, with TLS.
    bare: tuple[str, str] | None = None
    raw: Callable[[Seen], object] = lambda seen: True
    options: dict | None = None


def same(seen: Seen, healthy: Seen) -> None:
    """The fault changes when bytes come, and not one of them."""
    assert seen.kinds == healthy.kinds
    assert seen.status == healthy.status
    assert len(seen.body) == len(healthy.body)


def first(count: int) -> Callable[[Seen, Seen], None]:
    """Only the first messages come."""
    def check(seen: Seen, healthy: Seen) -> None:
        assert seen.kinds == healthy.kinds[:count]
    return check


def nothing(seen: Seen, healthy: Seen) -> None:
    assert (seen.status, seen.messages, seen.body) == (None, [], b"")


def kinds(change: Callable[[list[str]], list[str]]) -> Callable[[Seen, Seen], None]:
    """The same kinds of messages as without the fault, but for `change`."""
    def check(seen: Seen, healthy: Seen) -> None:
        assert seen.kinds == change(healthy.kinds)
    return check


def swapped(items: list[str]) -> list[str]:
    return [items[1], items[0], *items[2:]]


def no_more_than(count: int) -> Callable[[Seen, Seen], None]:
    """Nothing comes behind the first messages. `websockets` drops what it has not handed out yet
    when a close frame meets its own sending; that all of them came, the bare socket sees."""
    def check(seen: Seen, healthy: Seen) -> None:
        assert seen.kinds == healthy.kinds[:min(count, len(seen.kinds))]
    return check


def answered(status: int, body: bytes = b"", **headers: str) -> Callable[[Seen, Seen], None]:
    def check(seen: Seen, healthy: Seen) -> None:
        assert (seen.status, seen.body) == (status, body)
        lower = {name.lower(): value for name, value in seen.headers.items()}
        assert {name: lower.get(name.replace("_", "-")) for name in headers} == headers
    return check


def grown_to(size: int) -> Callable[[Seen, Seen], None]:
    def check(seen: Seen, healthy: Seen) -> None:
        assert len(seen.body) >= size
    return check


def cut_body(seen: Seen, healthy: Seen) -> None:
    assert seen.status == 200
    assert len(seen.body) == len(healthy.body) // 2


def has(*parts: bytes) -> Callable[[Seen], bool]:
    return lambda seen: all(part in seen.body for part in parts)


def unzipped(seen: Seen, healthy: Seen) -> None:
    """The bytes are the same once they are decoded."""
    assert seen.headers["content-encoding"] == "gzip"
    assert len(zlib.decompress(seen.body, 31)) == len(healthy.body)


def begins_cut(seen: Seen) -> None:
    """The bytes end in the middle of a message."""
    assert seen.body and not seen.body.endswith((b"\r\n", b"}"))


HTTP_GONE = {"tcp": "RemoteProtocolError", "tls": "RemoteProtocolError"}
# OpenSSL calls a reset an unexpected end; the bare socket tells them apart.
HTTP_RESET = {"tcp": "ReadError", "tls": "RemoteProtocolError"}
BUSY = b'{"error":{"code":429,"message":"Slow down."}}'
PAGE = b"<html><head><title>502</title></head><body>The service is unavailable.</body></html>\n"

CASES = [
    # When bytes come.
    Case("delay 100ms", MEDIA, check=same),
    Case("jitter 20ms", MEDIA, check=same),
    Case("throttle 400000", MEDIA, check=same),
    Case("drip bytes_per_second=400000 piece=7", MEDIA, check=same),
    Case("late 100ms times 1", ["websocket", "stream"],
         check=lambda seen, healthy: kinds(lambda all: all[1:])(
             Seen(messages=[m for m, k in zip(seen.messages, seen.kinds) if k != healthy.kinds[0]]),
             healthy)),
    Case("stall after 2 messages", ["websocket"], "TimeoutError", first(2)),
    Case("stall after 2 messages", ["stream"], "ReadTimeout", first(2), ("silence", "silence")),
    Case("stall for=200ms after 2 messages", ["websocket", "stream"], check=same),
    Case("stall", ["stream", "answer"], "ReadTimeout", nothing, ("silence", "silence")),
    Case("stall 200ms", MEDIA, check=same),
    Case("freeze after 2 messages", ["websocket"], "TimeoutError", first(2)),
    Case("freeze after 2 messages", ["stream"], "ReadTimeout", first(2)),
    Case("freeze", ["answer"], "ReadTimeout", nothing, ("silence", "silence")),
    Case("freeze lasts 300ms", MEDIA, check=same),
    Case("deaf", ["websocket"], "TimeoutError", first(1)),
    # Which messages come.
    Case("drop times 2", ["websocket", "stream"], check=kinds(lambda all: all[2:])),
    Case(f"drop on {DELTA}", ["websocket"],
         check=kinds(lambda all: [kind for kind in all if kind != DELTA])),
    Case("drop on step.delta", ["stream"],
         check=kinds(lambda all: [kind for kind in all if kind != "step.delta"])),
    Case("duplicate times 1", ["websocket", "stream"], check=kinds(lambda all: all[:1] + all)),
    Case("reorder times 2", ["websocket", "stream"], check=kinds(swapped)),
    # What they are like.
    Case("truncate after 2 messages", ["websocket"], NO_CLOSE, first(2), ("end", "end"),
         begins_cut),
    Case("truncate after 2 messages", ["stream"], HTTP_GONE, first(2), ("end", "end"), begins_cut),
    Case("truncate", ["answer"], HTTP_GONE, cut_body, ("end", "end")),
    Case("garble times 1", ["websocket", "stream"],
         check=kinds(lambda all: ["<no JSON>", *all[1:]])),
    Case("garble json_null times 1", ["websocket", "stream"],
         check=kinds(lambda all: ["<NoneType>", *all[1:]])),
    Case("garble list times 1", ["websocket", "stream"],
         check=kinds(lambda all: ["<list>", *all[1:]])),
    Case("garble list", ["answer"],
         check=lambda seen, healthy: json.loads(seen.body)[0]["status"] == "completed"),
    Case("garble unknown_event times 1", ["websocket"],
         check=kinds(lambda all: ["response.sparkle.delta", *all[1:]])),
    Case("garble unknown_field times 1", ["websocket", "stream"],
         check=lambda seen, healthy: b'"sparkle"' in seen.messages[0]),
    Case("garble missing times 1", ["websocket", "stream"],
         check=lambda seen, healthy: len(seen.messages[0]) < len(healthy.messages[0])),
    Case("garble type times 1", ["websocket"], check=lambda seen, healthy: b":7}" in (
        seen.messages[0])),
    Case("garble no_type times 1", ["websocket", "stream"],
         check=kinds(lambda all: ["<no type>", *all[1:]])),
    Case("garble many_lines", ["stream"], check=lambda seen, healthy: (
        seen.kinds == healthy.kinds and seen.messages[0].startswith(b"{\n"))),
    Case("garble no_blank_line on interaction.completed", ["stream"], check=kinds(
        lambda all: [*all[:-2], "<no JSON>"])),
    Case("split times 1", ["websocket"],
         check=kinds(lambda all: ["<no JSON>", "<no JSON>", *all[1:]])),
    Case("split times 1", ["stream"], check=same),
    Case("split 10 times 1", ["websocket"], check=lambda seen, healthy: (
        set(map(len, seen.messages[:5])) == {10})),
    Case("split bytes=1", ["stream"], check=same, bare=("silence", "silence"),
         raw=has(b"\r\n1\r\ne\r\n1\r\nv\r\n")),
    Case("merge times 2", ["websocket"], check=kinds(lambda all: ["<no JSON>", *all[2:]])),
    Case("merge times 2", ["stream"], check=same),
    Case("fragment pieces=5 ping=true", ["websocket"], check=same,
         bare=("silence", "silence"), raw=has(b"\x89\x00")),
    Case("invalid_text after 1 message", ["websocket"],
         "ConnectionClosedError got None, said 1007", first(1)),
    Case("invalid_text after 1 message", ["stream"],
         check=kinds(lambda all: [all[0], "<no UTF-8>", *all[1:]])),
    Case("invalid_text", ["answer"],
         check=lambda seen, healthy: seen.body == b"{\xc3(}" + healthy.body[:0] + seen.body[4:]),
    Case("reserved_bits after 1 message", ["websocket"],
         "ConnectionClosedError got None, said 1002", first(1), ("silence", "silence"),
         has(b"\xc1\x02{}")),
    Case("reserved_opcode after 1 message", ["websocket"],
         "ConnectionClosedError got None, said 1002", first(1), ("silence", "silence"),
         has(b"\x83\x00")),
    Case("masked_frame after 1 message", ["websocket"],
         "ConnectionClosedError got None, said 1002", first(1), ("silence", "silence"),
         has(b"\x81\x82")),
    Case("oversized 2000000 after 1 message", ["websocket"],
         "ConnectionClosedError got None, said 1009"),
    Case("oversized 5000000 after 1 message", ["websocket"],
         "ConnectionClosedError got None, said 1009", options={"max_size": 4 << 20}),
    Case("oversized 9000000 after 1 message", ["websocket"],
         check=kinds(lambda all: [all[0], "<no type>", *all[1:]]), options={"max_size": None}),
    Case("oversized 2000000 after 1 message", ["stream"], check=grown_to(2_000_000)),
    Case("oversized 2000000", ["answer"], check=grown_to(2_000_000)),
    Case("ping_flood 500 after 1 message", ["websocket"], check=same,
         bare=("silence", "silence"), raw=has(b"\x89\x00" * 500)),
    Case("pong", ["websocket"], check=lambda seen, healthy: seen.pings == 0, options={"pings": 1}),
    Case("pong 300ms", ["websocket"], check=lambda seen, healthy: seen.pings == 2,
         options={"pings": 2}),
    # Handshakes and heads.
    Case("slow_handshake", ["websocket"], "TimeoutError", nothing, ("silence", "silence")),
    Case("slow_handshake 300ms", ["websocket"], check=same, bare=("silence", "silence"),
         raw=has(b"response.done")),
    Case("wrong_accept", ["websocket"], "InvalidHeaderValue", bare=("end", "end"),
         raw=has(b"HTTP/1.1 101 ")),
    Case("subprotocol chat", ["websocket"], "NegotiationError", bare=("silence", "silence"),
         raw=has(b"chat")),
    Case("subprotocol", ["websocket"], "complete", options={"subprotocols": ["realtime"]},
         check=lambda seen, healthy: "sec-websocket-protocol" not in seen.headers),
    Case("status code=429 message=Slow retry_after=30s", ["websocket"], "InvalidStatus", answered(
        429, b'{"error":{"code":429,"message":"Slow"}}', retry_after="30")),
    Case("status code=429 message=Slow retry_after=30s", ["stream", "answer"], check=answered(
        429, b'{"error":{"code":429,"message":"Slow"}}', retry_after="30")),
    Case("status code=502 body=html", ["stream", "answer"], check=answered(
        502, PAGE, content_type="text/html; charset=utf-8")),
    Case("status code=401 body=empty", ["websocket"], "InvalidStatus", answered(401)),
    Case("status code=500 body=text", ["answer"], check=answered(
        500, b"The service is unavailable.\n")),
    Case("status code=503 body=coded retry_after_ms=20 should_retry=false", ["stream", "answer"],
         check=answered(
             503, b'{"error":{"message":"The service is unavailable.","code":"service_unavailable"}}',
             retry_after_ms="20", x_should_retry="false")),
    Case("status code=429 body=rpc_list message=Slow", ["answer"], check=answered(
        429, b'[{"error":{"code":429,"message":"Slow","status":"RESOURCE_EXHAUSTED"}}]')),
    Case("status code=429 body=rpc message=Slow", ["answer"], check=answered(
        429, b'{"error":{"code":429,"message":"Slow","status":"RESOURCE_EXHAUSTED"}}')),
    Case("redirect to=/moved status=308", ["websocket"], "InvalidStatus",
         answered(308, location="/moved")),
    Case("redirect to=/moved status=308", ["stream", "answer"],
         check=answered(308, location="/moved")),
    # Bodies.
    Case("wrong_length 10", ["answer"], HTTP_GONE, lambda seen, healthy: (
        len(seen.body) == len(healthy.body)), ("end", "end")),
    Case("wrong_length -5", ["answer"], check=lambda seen, healthy: (
        len(seen.body) == len(healthy.body) - 5), bare=("end", "end")),
    Case("bad_chunk after 2 messages", ["stream"], HTTP_GONE, first(2), ("end", "end"),
         has(b"\r\nxyz\r\n")),
    Case("bad_chunk", ["answer"], HTTP_GONE, lambda seen, healthy: seen.body == b"",
         ("end", "end"), has(b"\r\nxyz\r\n")),
    Case("unframed", ["stream", "answer"], check=same, bare=("end", "end"),
         raw=has(b"HTTP/1.0 200 \r\n", b"Connection: close\r\n")),
    Case("compress", ["stream"], check=unzipped, raw=has(b"Content-Encoding: gzip\r\n"),
         bare=("silence", "silence")),
    Case("compress", ["answer"], check=unzipped),
    # Endings.
    Case("close code=1011 reason=bye after 2 messages", ["websocket"],
         "ConnectionClosedError got 1011, said 1011", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added", b"\x88\x05\x03\xf3bye")),
    Case("close after 2 messages", ["websocket"],
         "ConnectionClosedOK got 1005, said 1005", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added", b"\x88\x00")),
    Case("close 1006 after 2 messages", ["websocket"],
         "ConnectionClosedError got None, said 1002", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added", b"\x88\x02\x03\xee")),
    Case("close 1015 after 2 messages", ["websocket"],
         "ConnectionClosedError got None, said 1002", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added")),
    Case("close 1005 after 2 messages", ["websocket"],
         "ConnectionClosedError got None, said 1002", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added")),
    Case("close frame=one_byte after 2 messages", ["websocket"],
         "ConnectionClosedError got None, said 1002", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added", b"\x88\x01\x03")),
    Case("close frame=invalid_reason after 2 messages", ["websocket"],
         "ConnectionClosedError got None, said 1007", no_more_than(2), ("end", "end"),
         has(b"conversation.item.added", b"\x88\x04\x03\xe8\xc3(")),
    Case("finish after 2 messages", ["stream"], "complete", first(2)),
    Case("disconnect after 2 messages", ["websocket"], NO_CLOSE, first(2), ("end", "end")),
    Case("disconnect after 2 messages", ["stream"], HTTP_GONE, first(2), ("end", "end")),
    Case("disconnect", ["answer"], HTTP_GONE, nothing, ("end", "end")),
    Case("disconnect after head", ["answer"], HTTP_GONE, answered(200), ("end", "end")),
    Case("reset after 2 messages", ["websocket"], NO_CLOSE, first(2), ("reset", "reset")),
    Case("reset after 2 messages", ["stream"], HTTP_RESET, first(2), ("reset", "reset")),
    Case("reset", ["websocket"], "InvalidMessage", nothing, ("reset", "reset")),
    Case("reset", ["stream", "answer"], HTTP_RESET, nothing, ("reset", "reset")),
    Case("reset after head", ["stream", "answer"], HTTP_RESET, answered(200), ("reset", "reset")),
    Case("half_close after 2 messages", ["websocket"], NO_CLOSE, first(2), ("end", "end")),
    Case("half_close after 2 messages", ["stream"], HTTP_GONE, first(2), ("end", "end")),
    Case("half_close", ["answer"], HTTP_GONE, nothing, ("end", "end")),
    Case("no_close_notify after 2 messages", ["websocket"], NO_CLOSE, first(2), ("end", "ragged")),
    Case("no_close_notify after 2 messages", ["stream"], HTTP_GONE, first(2), ("end", "ragged")),
    Case("no_close_notify", ["answer"], HTTP_GONE, nothing, ("end", "ragged")),
]
ROWS = [(case, medium) for case in CASES for medium in case.media]


@pytest.fixture(scope="module")
def mock(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "matrix.yaml").write_text(SCENARIO)
    with serving(state, folder) as start:
        yield start(folder / "matrix.yaml", "--quiet")


@pytest.fixture(scope="module")
def healthy(mock: Server) -> dict[str, Seen]:
    return {medium: watch(mock, medium, is_secure=False) for medium in MEDIA}


@pytest.fixture
def order(mock: Server) -> Iterator[Callable[[str], None]]:
    """Orders faults for the time of a test."""
    url = f"{mock.http}/mockgem/faults"

    def add(fault: str) -> None:
        urllib.request.urlopen(urllib.request.Request(url, fault.encode()))

    yield add
    urllib.request.urlopen(urllib.request.Request(url, method="DELETE"))


@pytest.mark.parametrize("security", ["tcp", "tls"])
@pytest.mark.parametrize("case, medium", ROWS, ids=[f"{c.fault}-{m}" for c, m in ROWS])
def test_clients_see_the_fault(
    mock: Server, healthy: dict[str, Seen], order, case: Case, medium: str, security: str
) -> None:
    order(case.fault)
    is_secure = security == "tls"
    seen = watch(mock, medium, is_secure, **(case.options or {}))
    assert seen.end == (case.end if isinstance(case.end, str) else case.end[security])
    assert case.check(seen, healthy[medium]) is not False
    if case.bare:
        bare = watch_bytes(mock, is_secure, medium)
        assert bare.end == case.bare[is_secure]
        assert case.raw(bare) is not False


@pytest.mark.parametrize("security", ["tcp", "tls"])
@pytest.mark.parametrize("medium", MEDIA)
def test_what_a_medium_does_not_have_changes_nothing(
    mock: Server, healthy: dict[str, Seen], order, medium: str, security: str
) -> None:
    for name, media in CATALOGUE.items():
        if medium not in media:
            order(name)
    same(watch(mock, medium, security == "tls"), healthy[medium])


def test_every_fault_has_a_row_for_every_medium_it_exists_in() -> None:
    rows = {(case.fault.split()[0], medium) for case, medium in ROWS}
    assert rows == {(name, medium) for name, media in CATALOGUE.items() for medium in media}
