"""What both SDKs make of streams that are not as they are used to, the new one in both its halves.

Each row of the table was observed; a change is one of an SDK, or of what mockgem sends. What is on
the wire, a client sees that knows nothing of either, and says nothing more than what it got.
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from conftest import Server
from interactions_play import MODEL, sdks  # noqa: F401

CRLF, CR = b"\r\n\r\n", b"\r\r"
STOP = 'data: {"event_type": "%s.stop", "index": 0}\n'


@dataclass
class Wire:
    """What is on the wire: the bytes that came, and how they ended."""

    status: int = 0
    type: str = ""
    encoding: str = ""
    version: str = ""
    pieces: tuple[bytes, ...] = ()
    end: str = "ends"

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def events(self) -> int:
        return self.body.count(b"data: {")


@dataclass
class Row:
    """A stream, and what both SDKs make of it.

    `all` is what comes of a stream that is as it should be; otherwise only what differs is told.
    """

    name: str
    new: str
    old: str
    wire: Callable[[Wire], object]
    head: str = ""
    # What is sent in front of the answer.
    steps: str = ""
    is_stream: bool = True
    timeout: float | None = None
    # How many requests come, where an SDK tries again.
    requests: tuple[int, int] = (1, 1)
    # Where the asynchronous half of the new SDK has another opinion.
    concurrent: str | None = None


def fault(text: str) -> str:
    return f"faults: [{{{text}}}]"


def send(text: str) -> str:
    return f"- send: {{text: {json.dumps(text)}}}"


TEXT = "Hello there, one two three four."
SOME = f"- say: {TEXT}\n"
HEALTHY = {
    "new": ["interaction.created", "interaction.status_update"]
    + ["step.start", "step.delta", "step.stop"] + ["step.start", "step.delta", "step.delta"]
    + ["step.stop", "interaction.completed"],
    "old": ["interaction.start", "interaction.status_update"]
    + ["content.start", "content.delta", "content.stop"]
    + ["content.start", "content.delta", "content.delta", "content.stop", "interaction.complete"],
}
# No exception tells either SDK that it is spoken to in the schema of the other.
OTHER_NEW = ["UnknownInteractionSSEEvent" if kind != "interaction.status_update" else kind
             for kind in HEALTHY["old"]]
OTHER_OLD = [f"InteractionStartEvent {kind}" if kind != "interaction.status_update" else kind
             for kind in HEALTHY["new"]]
ROWS = [
    Row("LF", "all", "all", lambda wire: b"\r" not in wire.body and wire.version == "HTTP/1.1"),
    Row("CRLF", "all", "all", lambda wire: wire.body.count(CRLF) == wire.events + 1,
        "interactions: {line_ends: crlf}"),
    Row("CR", "all", "all", lambda wire: wire.body.count(CR) == wire.events + 1,
        "interactions: {line_ends: cr}"),
    Row("data on many lines", "all", "all", lambda wire: b'data:   "event_type"' in wire.body,
        fault("garble: many_lines")),
    Row("data on many lines, CRLF", "all", "all",
        lambda wire: b'\r\ndata:   "event_type"' in wire.body,
        fault("garble: many_lines") + "\ninteractions: {line_ends: crlf}"),
    Row("split at every byte", "all", "all", lambda wire: max(map(len, wire.pieces)) == 1,
        fault("split: {bytes: 1}")),
    Row("every byte by itself on the wire", "all", "all", lambda wire: len(wire.pieces) > 50,
        fault("drip: {bytes_per_second: 20000}")),
    Row("gzip", "all", "all",
        lambda wire: wire.encoding == "gzip" and b"[DONE]" in zlib.decompress(wire.body, 31),
        fault("compress: ")),
    Row("HTTP/1.0, ended by the connection", "all", "all",
        lambda wire: wire.version == "HTTP/1.0" and wire.end == "ends", fault("unframed: ")),
    Row("BOM", "all", "all", lambda wire: wire.body.startswith(b"\xef\xbb\xbfevent: "),
        "interactions: {byte_order_mark: true}"),
    Row("no [DONE]", "all", "all", lambda wire: b"DONE" not in wire.body,
        "interactions: {done: false}"),
    Row("[DONE] twice", "all", "all", lambda wire: wire.body.count(b"[DONE]") == 2,
        fault("duplicate: {on: done}")),
    Row("comment", "all", "all", lambda wire: b"\n\n: ping\nevent: " in wire.body,
        steps=send(": ping\n")),
    Row("comment with a blank line", "all", "all",
        lambda wire: b"\n\n: ping\n\n" in wire.body, steps=send(": ping\n\n")),
    Row("retry: alone", "all", "2 events, JSONDecodeError",
        lambda wire: b"\n\nretry: 100\n\n" in wire.body, steps=send("retry: 100\n\n")),
    Row("id: line", "all", "all", lambda wire: b"\n\nid: 7\nevent: " in wire.body,
        steps=send("id: 7\n")),
    Row("data that is no JSON", "str between 2 and 3", "2 events, JSONDecodeError",
        lambda wire: b"\n\ndata: not json\n\n" in wire.body, steps=send("data: not json\n\n")),
    Row("no event_type", "error for 2", "InteractionStartEvent for 2",
        lambda wire: wire.body.count(b"event_type") == wire.events - 1,
        fault("garble: {how: no_type, on: interaction.status_update}")),
    Row("an unknown event", "UnknownInteractionSSEEvent between 2 and 3",
        "InteractionStartEvent interaction.surprise between 2 and 3",
        lambda wire: b"surprise" in wire.body,
        steps="- send: {event_type: interaction.surprise}"),
    Row("an unknown delta", "step.delta with UnknownStepDeltaData between 2 and 3",
        "InteractionStartEvent step.delta between 2 and 3", lambda wire: b"hologram" in wire.body,
        steps="- send: {event_type: step.delta, index: 0, delta: {type: hologram}}"),
    Row("an unknown step", "step.start with UnknownStep between 2 and 3",
        "InteractionStartEvent step.start between 2 and 3", lambda wire: b"hologram" in wire.body,
        steps="- send: {event_type: step.start, index: 0, step: {type: hologram}}"),
    Row("an unknown status", "interaction.status_update between 2 and 3",
        "interaction.status_update between 2 and 3", lambda wire: b"dreaming" in wire.body,
        steps="- send: {event_type: interaction.status_update, interaction_id: x, status: dreaming}"),
    Row("the last event without its blank line", "all", "all but the last",
        lambda wire: not wire.body.endswith(b"\n\n"),
        "faults: [{garble: {how: no_blank_line, on: interaction.completed}}, "
        "{garble: {how: no_blank_line, on: interaction.complete}}]\n"
        "interactions: {done: false}"),
    Row("cut by FIN", "3 events, APIConnectionError", "3 events, RemoteProtocolError",
        lambda wire: (wire.events, wire.end) == (3, "RemoteProtocolError"),
        fault("disconnect: {after: 3 messages}")),
    Row("cut by RST", "3 events, APIConnectionError", "3 events, ReadError",
        lambda wire: (wire.events, wire.end) == (3, "ReadError"),
        fault("reset: {after: 3 messages}")),
    Row("cut where nobody can tell", "3 events", "3 events",
        lambda wire: (wire.events, wire.end) == (3, "ends"),
        "faults: [{disconnect: {after: 3 messages}}, {unframed: }]"),
    Row("ended early, with the last chunk", "3 events", "3 events",
        lambda wire: (wire.events, wire.end) == (3, "ends"), fault("finish: {after: 3 messages}")),
    Row("stalled", "3 events, APITimeoutError", "3 events, ReadTimeout",
        lambda wire: (wire.events, wire.end) == (3, "ReadTimeout"),
        fault("stall: {after: 3 messages}"), timeout=1.0),
    Row("a bare line of JSON for an error", "all but the last", "all but the last",
        lambda wire: wire.body.endswith(
            b'\n\n{"error":{"message":"Refused.","code":"prohibited_content"}}\n'),
        "interactions: {failures: line}",
        SOME + "- fail: {code: prohibited_content, message: Refused.}"),
    Row("the front end's array for an error", "all but the last", "all but the last",
        lambda wire: wire.body.endswith(b'"status":"DEADLINE_EXCEEDED"}}]\n'),
        "interactions: {failures: array}", SOME + "- fail: {code: deadline_exceeded}"),
    Row("an error event", "error for 10", "error for 10",
        lambda wire: b"event: error\n" in wire.body, steps=SOME + "- fail: {code: gateway_timeout}"),
    Row("an empty error event", "error between 2 and 3", "error between 2 and 3",
        lambda wire: b'{"event_type":"error"}' in wire.body, steps="- send: {event_type: error}"),
    Row("text/plain", "0 events, APIError", "all", lambda wire: wire.type == "text/plain",
        "interactions: {stream_type: text/plain}"),
    Row("application/json", "0 events, APIResponseValidationError", "all",
        lambda wire: wire.type == "application/json",
        "interactions: {stream_type: application/json}"),
    Row("charset beside the type", "all", "all",
        lambda wire: wire.type == "text/event-stream; charset=utf-8",
        'interactions: {stream_type: "text/event-stream; charset=utf-8"}'),
    Row("a stream for a whole answer", "Stream", "str", lambda wire: wire.events > 5,
        "interactions: {answers: stream}", is_stream=False, concurrent="AsyncStream"),
    Row("a whole answer for a stream", "0 events, then Interaction", "0 events", lambda wire: wire.body.startswith(b"{"),
        "interactions: {answers: whole}"),
    Row("the other schema", f"0 events, then {', '.join(OTHER_NEW)}",
        f"0 events, then {', '.join(OTHER_OLD)}", lambda wire: b"content.delta" in wire.body,
        "interactions: {revision: OTHER}"),
    Row("reset before the head", "0 events, APIConnectionError", "0 events, APIConnectionError",
        lambda wire: (wire.status, wire.end) == (0, "ReadError"), fault("reset: "), requests=(1, 4)),
    Row("ended before the head", "0 events, APIConnectionError", "0 events, APIConnectionError",
        lambda wire: (wire.status, wire.end) == (0, "RemoteProtocolError"), fault("disconnect: "),
        requests=(1, 4)),
    Row("silent before the head", "0 events, APITimeoutError", "0 events, APITimeoutError",
        lambda wire: (wire.status, wire.end) == (0, "ReadTimeout"), fault("stall: "), timeout=0.5,
        requests=(1, 4)),
]


def told(kinds: list[str], end: str, healthy: list[str]) -> str:
    """What differs from a stream that is as it should be."""
    ending = "" if end == "ends" else f", {end}"
    if kinds == healthy:
        return f"all{ending}"
    if kinds == healthy[1:]:
        return f"all but the first{ending}"
    if kinds == healthy[:-1]:
        return f"all but the last{ending}"
    if kinds == healthy[:len(kinds)]:
        return f"{len(kinds)} events{ending}"
    same = next(i for i, (one, two) in enumerate(zip([*kinds, ""], [*healthy, ""])) if one != two)
    if kinds[:same] + kinds[same + 1:] == healthy:
        return f"{kinds[same]} between {same} and {same + 1}{ending}"
    if kinds[same + 1:] == healthy[same + 1:]:
        return f"{kinds[same]} for {same + 1}{ending}"
    return f"{same} events, then {', '.join(kinds[same:])}{ending}"


def look(server: Server, row: Row) -> Wire:
    wire = Wire()
    body = {"model": MODEL, "input": "Hi"} | ({"stream": True} if row.is_stream else {})
    pieces: list[bytes] = []
    with httpx2.Client(timeout=row.timeout or 5, headers={"x-goog-api-key": "k"}) as client:
        try:
            with client.stream("POST", f"{server.http}/v1/interactions", json=body) as response:
                wire.status, wire.version = response.status_code, response.http_version
                wire.type = response.headers.get("content-type", "")
                wire.encoding = response.headers.get("content-encoding", "")
                for piece in response.iter_raw():
                    pieces.append(piece)
        except httpx2.HTTPError as problem:
            wire.end = type(problem).__name__
    wire.pieces = tuple(pieces)
    return wire


@pytest.mark.parametrize("sdk", ["new", "async", "old"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_an_sdk_makes_of_it(
    serve: Callable[..., Server], tmp_path: Path, sdks, row: Row, sdk: str
) -> None:
    file, record = tmp_path / "scenario.yaml", tmp_path / "record"
    head = row.head.replace("OTHER", "steps" if sdk == "old" else "legacy")
    file.write_text(
        f"mockgem: 1\npace: fast\n{head}\nsteps:\n- await: user\n{row.steps}\n"
        f"{SOME}")
    server = serve(file, "--record", record)
    seen = sdks[sdk](url=server.http, stream=row.is_stream, timeout=row.timeout)
    healthy = HEALTHY["old" if sdk == "old" else "new"]
    observed = told(seen.kinds, seen.end, healthy) if row.is_stream else seen.kinds[0]
    wanted = row.old if sdk == "old" else row.new
    assert observed == (wanted if sdk != "async" else row.concurrent or wanted)
    assert len(list(record.glob("interactions-*.jsonl"))) == row.requests[sdk == "old"]
    if sdk == "new":
        wire = look(server, row)
        assert row.wire(wire), wire
