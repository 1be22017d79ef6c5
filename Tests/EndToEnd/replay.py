"""Holds a recorded conversation over sockets: sends what the client sent, awaits what came.

Recordings hold digests in place of audio. What paper clients say is known, so it is found by its
digest; other speech is handed in.
"""

import base64
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from conftest import BINARY, ROOT
from sdk_types import check_gemini, check_openai
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

CHECKS = {"openai-realtime": check_openai, "gemini-live": check_gemini}


def fnv1a(data: bytes) -> str:
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"fnv1a:{value:016x}"


def tone(milliseconds: int, rate: int) -> bytes:
    """The voice of paper clients: a square wave of 200 Hz."""
    half = rate // 400
    samples = (8000 if i // half % 2 == 0 else -8000 for i in range(rate * milliseconds // 1000))
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


def voices() -> Iterator[bytes]:
    for rate in (16000, 24000):
        for speech in (tone(700, rate) + bytes(2 * rate), tone(400, rate)):
            size = rate // 5  # 100 ms
            yield from (speech[start:start + size] for start in range(0, len(speech), size))


VOICES = {fnv1a(chunk): chunk for chunk in voices()}


def refilled(value, speech: Callable[[int], bytes]):
    """A recorded message as it was sent."""
    if isinstance(value, dict):
        if "digest" in value:
            known = VOICES.get(value["digest"])
            return base64.b64encode(known or speech(value["bytes"])).decode()
        return {name: refilled(inner, speech) for name, inner in value.items()}
    if isinstance(value, list):
        return [refilled(inner, speech) for inner in value]
    return value


def learn(expected, actual, names: dict[str, str]) -> None:
    """What the recording calls `call#1` has another name in this conversation."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() & actual.keys():
            learn(expected[key], actual[key], names)
    elif isinstance(expected, list) and isinstance(actual, list):
        for left, right in zip(expected, actual):
            learn(left, right, names)
    elif isinstance(expected, str) and "#" in expected and isinstance(actual, str):
        names[expected] = actual


def renamed(value, names: dict[str, str]):
    if isinstance(value, dict):
        return {key: renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def handles(lines: list[dict], *path: str) -> list[str]:
    """Gemini's names for a session, wherever the messages of a recording hold one."""
    found = []
    for line in lines:
        value = line.get("message") or line.get("binary")
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value:
            found.append(value)
    return found


def no_speech(count: int) -> bytes:
    raise AssertionError("the recording holds speech nobody knows")


def hold(
    lines: list[dict], protocol: str, port: int, speech=no_speech, validate=True,
    names: dict[str, str] | None = None,
) -> None:
    """Holds one connection of a recording against a server."""
    names = {} if names is None else names
    opening, *lines = lines
    headers = {
        name: value.replace("<secret>", "k")
        for name, value in opening["open"].get("headers", {}).items()}
    url = f"ws://127.0.0.1:{port}{opening['open']['target']}"
    try:
        with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
            for line in lines:
                if "close" in line or "end" in line:
                    if line["from"] == "client":
                        socket.close()
                    else:
                        try:
                            socket.recv(timeout=20)
                        except ConnectionClosed as closed:
                            code = closed.rcvd.code if closed.rcvd else None
                            assert code == (line.get("close") or {"code": None})["code"] or (
                                code == 1005)
                    return
                if line["from"] == "server":
                    received = socket.recv(timeout=20)
                    assert isinstance(received, bytes) == ("binary" in line)
                    learn(line.get("message") or line.get("binary"), as_json(received), names)
                    if validate:
                        CHECKS[protocol](json.loads(received))
                elif "message" in line:
                    socket.send(json.dumps(renamed(refilled(line["message"], speech), names)))
    except InvalidStatus as refused:
        assert lines[0]["answer"]["status"] == refused.response.status_code


def as_json(message: str | bytes):
    try:
        return json.loads(message)
    except ValueError:
        return None


def connections(golden: Path) -> list[list[dict]]:
    """The lines of a golden, by connection."""
    parts: list[list[dict]] = []
    for text in golden.read_text().splitlines():
        line = json.loads(text)
        if "open" in line:
            parts.append([])
        parts[-1].append(line)
    return parts


def replay(golden: Path, folder: Path, state: Path) -> str:
    """What differs between a golden and the same conversation over sockets; empty for nothing."""
    name, protocol, _ = golden.name.rsplit(".", 2)
    folder.mkdir(parents=True)
    record = folder / "record"
    scenario = ROOT / "scenarios" / golden.parent.relative_to(ROOT / "golden") / f"{name}.yaml"
    # What a scenario sends on purpose is no event an SDK knows.
    text = scenario.read_text()
    validate = not any(word in text for word in ("send:", "garble:", "oversized:"))
    process = subprocess.Popen(
        [BINARY, "serve", scenario, "--port", "0", "--record", record, "--quiet", "--no-tls"],
        stdout=subprocess.PIPE, env={**os.environ, "XDG_STATE_HOME": str(state)})
    try:
        port = int(process.stdout.readline().split()[2].rsplit(b":", 1)[1])
        parts = connections(golden)
        newest = None
        for lines in parts:
            # Each connection has names of its own; a session goes on by the newest handle.
            names = {name: newest for name in handles(lines, "setup", "sessionResumption", "handle")}
            hold(lines, protocol, port, validate=validate, names=names)
            given = handles(lines, "sessionResumptionUpdate", "newHandle")
            newest = names[given[-1]] if given else newest
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()
    differences = []
    for number, lines in enumerate(parts, 1):
        expected = folder / f"expected-{number}.jsonl"
        expected.write_text("".join(json.dumps(line) + "\n" for line in lines))
        actual = record / f"{protocol}-{number}.jsonl"
        result = subprocess.run([BINARY, "diff", expected, actual], capture_output=True, text=True)
        if result.returncode:
            differences.append(f"connection {number}:\n{result.stdout}{result.stderr}")
    return "\n".join(differences)
