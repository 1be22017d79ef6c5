"""The conversations of `golden/`, held over sockets, must leave the same transcripts.

Each line of a golden is played: the client's messages are sent, and the server's are waited for, so
the order is the same as on paper.
"""

import base64
import json
import subprocess
from collections.abc import Callable

import pytest
from conftest import BINARY, ROOT, Server, pcm
from sdk_types import check_gemini, check_openai
from websockets.sync.client import connect

SPEECH = pcm("question.wav") + bytes(24000)


def refilled(value, audio: Callable[[int], bytes]):
    """A recorded message as it was sent: each digest is replaced by the next piece of speech."""
    if isinstance(value, dict):
        if "digest" in value:
            return base64.b64encode(audio(value["bytes"])).decode()
        return {name: refilled(inner, audio) for name, inner in value.items()}
    if isinstance(value, list):
        return [refilled(inner, audio) for inner in value]
    return value


@pytest.mark.parametrize("name", ["hello.openai-realtime", "hello.gemini-live"])
@pytest.mark.parametrize("loops", ["1", "2"])
def test_sockets_and_paper_agree(serve: Callable[..., Server], tmp_path, name, loops) -> None:
    scenario, protocol = name.split(".")
    record = tmp_path / "record"
    server = serve(f"{scenario}.yaml", "--record", str(record), "--loops", loops)
    golden = ROOT / "golden" / f"{name}.jsonl"
    opening, *lines = map(json.loads, golden.read_text().splitlines())
    headers = {k: v.replace("<secret>", "k") for k, v in opening["open"]["headers"].items()}
    position = 0

    def speech(count: int) -> bytes:
        nonlocal position
        position += count
        return SPEECH[position - count:position]

    check = check_openai if protocol == "openai-realtime" else check_gemini
    url = f"ws://127.0.0.1:{server.port}{opening['open']['target']}"
    with connect(url, additional_headers=headers, compression=None) as socket:
        for line in lines:
            if line["from"] == "server":
                received = socket.recv(timeout=10)
                assert isinstance(received, bytes) == ("binary" in line)
                check(json.loads(received))
            elif "message" in line:
                socket.send(json.dumps(refilled(line["message"], speech)))
    assert server.stop() == 0
    recorded = record / f"{protocol}-1.jsonl"
    result = subprocess.run([BINARY, "diff", golden, recorded], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert "Bearer k" not in recorded.read_text()


def test_diff_shows_what_changed(tmp_path) -> None:
    golden = ROOT / "golden" / "hello.gemini-live.jsonl"
    changed = tmp_path / "changed.jsonl"
    changed.write_text(golden.read_text().replace("Hello, can you hear me?", "Hullo?"))
    result = subprocess.run([BINARY, "diff", golden, changed], capture_output=True, text=True)
    assert result.returncode == 1
    minus, plus = result.stdout.splitlines()
    assert minus.startswith("- ") and "Hello, can you hear me?" in minus
    assert plus.startswith("+ ") and "Hullo?" in plus
