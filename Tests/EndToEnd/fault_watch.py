"""What independent clients see of a fault: `websockets`, `httpx2`, and a bare socket.

Each watcher holds one conversation and returns what came and how it ended, as words that a test can
compare: the exception's class, the close code, the bytes.
"""

import asyncio
import contextlib
import json
import socket
import ssl
from dataclasses import dataclass, field

import httpx2
from conftest import Server
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 1.5  # how long a client waits for what never comes
REALTIME = "/v1/realtime?model=gpt-realtime"
INTERACTIONS = "/v1beta/interactions"
HEADERS = {"Authorization": "Bearer k", "x-goog-api-key": "k"}
TURN = [
    {"type": "conversation.item.create", "item": {
        "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}},
    {"type": "response.create"},
]
BODY = {"model": "gemini-3-flash-preview", "input": "Hi"}


@dataclass
class Seen:
    """What came, and how it ended."""

    end: str = "complete"
    messages: list[bytes] = field(default_factory=list)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pings: int = 0

    @property
    def kinds(self) -> list[str]:
        return [kind_of(message) for message in self.messages]

    def count(self, kind: str) -> int:
        return self.kinds.count(kind)


def kind_of(message: bytes) -> str:
    """The type of an event; what is wrong with it where it has none."""
    try:
        value = json.loads(message)
    except UnicodeDecodeError:
        return "<no UTF-8>"
    except ValueError:
        return "<no JSON>"
    if not isinstance(value, dict):
        return f"<{type(value).__name__}>"
    return value.get("type") or value.get("event_type") or "<no type>"


def context_of(server: Server, is_secure: bool) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=str(server.authority)) if is_secure else None


class Staying(connect):
    """Shows a redirect in place of following it."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


def watch_websocket(server: Server, is_secure: bool, *, pings: int = 0, **options) -> Seen:
    """A turn over OpenAI Realtime, up to `response.done`, an end, or silence.

    The asynchronous client, since the other one reads and writes a TLS connection on two threads at
    once, which Python 3.11 does not keep apart: one request in some hundred is never sent.
    """
    seen = Seen()
    scheme = "wss" if is_secure else "ws"
    try:
        asyncio.run(hold_turn(
            seen, pings, Staying(
                f"{scheme}://127.0.0.1:{server.port}{REALTIME}", additional_headers=HEADERS,
                ssl=context_of(server, is_secure), compression=None, open_timeout=PATIENCE,
                close_timeout=PATIENCE / 3, ping_interval=None, **options)))
    except ConnectionClosed as closed:
        seen.end = ended(closed)
    except Exception as problem:
        seen.end = type(problem).__name__
        if response := getattr(problem, "response", None):
            seen.status, seen.headers = response.status_code, dict(response.headers)
            seen.body = response.body or b""
    return seen


async def hold_turn(seen: Seen, pings: int, connection: connect) -> None:
    async with connection as web_socket:
        seen.status, seen.headers = 101, dict(web_socket.response.headers)
        for _ in range(pings):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(await web_socket.ping(), PATIENCE)
                seen.pings += 1
        # In one write: a message sent behind an end would drop what came before it unread.
        with contextlib.suppress(ConnectionClosed):
            async with web_socket.send_context():
                for message in TURN:
                    web_socket.protocol.send_text(json.dumps(message).encode())
        while seen.kinds[-1:] != ["response.done"]:
            message = await asyncio.wait_for(web_socket.recv(), PATIENCE)
            seen.messages.append(message.encode() if isinstance(message, str) else message)


def ended(closed: ConnectionClosed) -> str:
    """`ConnectionClosedError got 1011, said 1011`: whose close frame said what."""
    got = closed.rcvd.code if closed.rcvd else None
    said = closed.sent.code if closed.sent else None
    return f"{type(closed).__name__} got {got}, said {said}"


def watch_http(server: Server, is_secure: bool, *, stream: bool) -> Seen:
    """An interaction, whole or as a stream of events."""
    seen = Seen()
    base = server.https if is_secure else server.http
    with httpx2.Client(
        verify=context_of(server, is_secure) or True, timeout=PATIENCE, headers=HEADERS
    ) as client:
        try:
            with client.stream(
                "POST", f"{base}{INTERACTIONS}", json=BODY | ({"stream": True} if stream else {})
            ) as response:
                seen.status, seen.headers = response.status_code, dict(response.headers)
                for piece in response.iter_raw():
                    seen.body += piece
        except httpx2.HTTPError as problem:
            seen.end = type(problem).__name__
    if stream:
        seen.messages = events_of(seen.body)
    return seen


def events_of(body: bytes) -> list[bytes]:
    """The data of every event that a blank line ends, as the standard has it."""
    *blocks, _ = body.replace(b"\r\n", b"\n").split(b"\n\n")
    events = []
    for block in blocks:
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        if lines:
            events.append(b"\n".join(lines))
    return events


def request_bytes(medium: str) -> bytes:
    if medium == "websocket":
        return (
            f"GET {REALTIME} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Authorization: Bearer k\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()
    body = json.dumps(BODY | ({"stream": True} if medium == "stream" else {}))
    return (
        f"POST {INTERACTIONS} HTTP/1.1\r\nHost: x\r\nx-goog-api-key: k\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


def masked(payload: bytes) -> bytes:
    """A text frame of a client whose mask changes nothing (RFC 6455, 5.3)."""
    size = len(payload)
    head = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + head + bytes(4) + payload


def watch_bytes(server: Server, is_secure: bool, medium: str) -> Seen:
    """The bytes that come, and how the socket ends: `end`, `ragged` (TLS without a close_notify),
    `reset` or `silence`."""
    seen = Seen(end="silence")
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as raw:
        wire = TLSWire(raw, context_of(server, True)) if is_secure else raw
        try:
            wire.sendall(request_bytes(medium))
            if medium == "websocket":
                wire.sendall(b"".join(masked(json.dumps(message).encode()) for message in TURN))
            while piece := wire.recv(65536):
                seen.body += piece
            seen.end = "end"
        except TimeoutError:
            pass
        except ssl.SSLEOFError:
            seen.end = "ragged"
        except ConnectionResetError:
            seen.end = "reset"
        except BrokenPipeError:
            seen.end = "reset"
    return seen


class TLSWire:
    """TLS over a socket that is read here, so that a reset is told from a truncation: OpenSSL calls
    both an unexpected end."""

    def __init__(self, raw: socket.socket, context: ssl.SSLContext) -> None:
        self.raw = raw
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="127.0.0.1")
        self.turn(self.tls.do_handshake)

    def turn(self, action, *arguments):
        while True:
            try:
                result = action(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                if piece := self.raw.recv(65536):
                    self.incoming.write(piece)
                else:
                    self.incoming.write_eof()
            except ssl.SSLZeroReturnError:
                return b""

    def flush(self) -> None:
        if self.outgoing.pending:
            self.raw.sendall(self.outgoing.read())

    def sendall(self, data: bytes) -> None:
        self.turn(self.tls.write, data)

    def recv(self, count: int) -> bytes:
        return self.turn(self.tls.read, count)


def watch(server: Server, medium: str, is_secure: bool, **options) -> Seen:
    if medium == "websocket":
        return watch_websocket(server, is_secure, **options)
    return watch_http(server, is_secure, stream=medium == "stream")
