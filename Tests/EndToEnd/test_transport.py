"""Many connections of every kind at once, over plain TCP and TLS."""

import contextlib
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.request
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BINARY, Server
from websockets.sync.client import connect

CONNECTIONS = 2000
THREADS = 16
HANDSHAKE = (
    b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nAuthorization: Bearer k\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def visit(server: Server, context: ssl.SSLContext, dice: random.Random) -> str:
    """One connection: plain or TLS, HTTP or WebSocket, whole, split, or given up half-way."""
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    is_web_socket, is_split, is_given_up = (dice.random() < p for p in (0.5, 0.3, 0.1))
    try:
        if dice.random() < 0.3:
            if is_given_up and dice.random() < 0.5:
                raw.sendall(b"\x16\x03\x01\x02")
                return "given up"
            raw = context.wrap_socket(raw, server_hostname="127.0.0.1")
        head = HANDSHAKE if is_web_socket else GET
        if is_given_up:
            raw.sendall(head[:dice.randrange(len(head) - 1)])
            return "given up"
        cut = dice.randrange(1, len(head)) if is_split else len(head)
        raw.sendall(head[:cut])
        if head[cut:]:
            raw.sendall(head[cut:])
        expected = b"101" if is_web_socket else b"200"
        answer = raw.recv(12)
        while len(answer) < 12:
            answer += raw.recv(12 - len(answer))
        return "served" if answer == b"HTTP/1.1 " + expected else f"answered {answer!r}"
    finally:
        raw.close()


def test_two_thousand_mixed_connections_leave_nothing_behind(serve: Callable[..., Server]) -> None:
    server = serve("hello.yaml", "--quiet")
    context = ssl.create_default_context(cafile=str(server.authority))
    visit(server, context, random.Random(0))
    before = server.descriptors()
    outcomes: list[str] = []

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(CONNECTIONS // THREADS):
            try:
                outcomes.append(visit(server, context, dice))
            except OSError as problem:
                outcomes.append(repr(problem))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) == {"served", "given up"}
    assert len(outcomes) == CONNECTIONS
    deadline = time.monotonic() + 10
    while server.descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.descriptors() <= before
    assert server.process.poll() is None


def test_a_stop_amid_requests_is_clean(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Freed memory is filled, so that whatever is used too late is seen.
    monkeypatch.setenv("MALLOC_PERTURB_", "165")
    for _ in range(6):
        server = serve("hello.yaml", "--no-tls", "--quiet")
        is_over = threading.Event()

        def ask(port: int, is_over: threading.Event = is_over) -> None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as raw:
                while not is_over.is_set():
                    raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
                    if not raw.recv(65536):
                        break

        threads = [threading.Thread(target=ask, args=(server.port,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.15)
        assert server.stop() == 0
        is_over.set()
        for thread in threads:
            thread.join()


def test_a_log_that_nobody_reads_stops_nothing(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    # A pipe that is full and never read.
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    server = serve("hello.yaml", "--no-tls", stderr=writer)
    os.close(writer)
    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime"
    for _ in range(200):
        with connect(url, additional_headers={"Authorization": "Bearer k"}) as client:
            assert json.loads(client.recv(timeout=5))["type"] == "session.created"
    assert server.stop() == 0
    os.close(reader)


def test_running_out_of_descriptors_is_said_once(serve: Callable[..., Server]) -> None:
    server = serve("hello.yaml", "--no-tls", "--quiet", descriptors=60)
    before = server.cpu_seconds()
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        server.wait_for_log("too many open files")
        time.sleep(1)
        assert server.cpu_seconds() - before < 0.5
    with urllib.request.urlopen(server.http + "/", timeout=10) as answer:
        assert json.load(answer)["server"] == "mockgem"
    assert server.log().count("too many open files") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_check_can_be_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    fifo = tmp_path / "scenario.yaml"
    os.mkfifo(fifo)
    process = subprocess.Popen([BINARY, "check", fifo])
    # The open ends when the check has opened the other side: it runs, and waits for us to write.
    with open(fifo, "wb"):
        process.send_signal(number)
        assert process.wait(5) == -number


def test_a_recording_begins_anew(serve: Callable[..., Server], tmp_path: Path) -> None:
    texts = []
    for _ in range(2):
        server = serve("hello.yaml", "--no-tls", "--record", str(tmp_path / "record"))
        url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime"
        with connect(url, additional_headers={"Authorization": "Bearer k"}) as client:
            client.recv(timeout=5)
        assert server.stop() == 0
        file = tmp_path / "record" / "openai-realtime-1.jsonl"
        texts.append(file.read_text().splitlines())
    assert len(texts[1]) == len(texts[0])


def test_a_slow_head_is_closed(serve: Callable[..., Server]) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert slow.recv(100).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_web_socket_echoes_whatever_it_gets(serve: Callable[..., Server], tmp_path: Path) -> None:
    scenario = tmp_path / "echo.yaml"
    scenario.write_text("mockgem: 1\nroutes:\n- path: /echo\n  websocket: echo\n")
    server = serve(scenario)
    context = ssl.create_default_context(cafile=str(server.authority))
    for url, options in [
        (f"ws://127.0.0.1:{server.port}/echo", {}),
        (f"ws://[::1]:{server.port}/echo", {}),
        (f"wss://localhost:{server.port}/echo", {"ssl": context}),
    ]:
        with connect(url, **options, max_size=None) as echo:
            for size in (0, 1, 125, 126, 65535, 65536, 3_000_000):
                message = random.Random(size).randbytes(size)
                echo.send(message)
                assert echo.recv(timeout=10) == message


def test_https_answers_like_http(serve: Callable[..., Server]) -> None:
    server = serve()
    context = ssl.create_default_context(cafile=str(server.authority))
    for url in (server.http, server.https):
        with urllib.request.urlopen(url + "/", context=context) as answer:
            assert json.load(answer)["server"] == "mockgem"


def test_a_reader_that_does_not_read_costs_no_memory(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setparams((1, 2, 24000, 0, "NONE", ""))
        file.writeframes(bytes(120 * 48000))
    scenario = tmp_path / "long.yaml"
    scenario.write_text(
        "mockgem: 1\npace: fast\nsteps:\n- await: user\n- say: {audio: long.wav}\n")
    server = serve(scenario, "--quiet")

    def rss() -> int:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    before = rss()
    with contextlib.ExitStack() as stack:
        sockets = []
        for _ in range(20):
            raw = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.sendall(HANDSHAKE)
            sockets.append(raw)
        # Two minutes of audio for each of them are 154 MB of messages.
        for raw in sockets:
            raw.sendall(b"\x81\x9a\0\0\0\0" + b'{"type":"response.create"}')
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and rss() < before + 60_000:
            time.sleep(0.1)
        assert rss() < before + 60_000
