"""The conversations of `golden/`, held over sockets, must leave the same transcripts.

Each line of a golden is played: the client's messages are sent, and the server's are waited for, so
the order is the same as on paper.
"""

import subprocess
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import BINARY, ROOT, Server, pcm
from replay import CHECKS, connections, hold, replay

GOLDEN = ROOT / "golden"
SPEECH = pcm("question.wav") + bytes(24000)
# HTTP protocols have tests of their own, and requirements are played by whole clients in
# `test_conform.py`; here are the others that talk over a WebSocket.
PLAYED = sorted(
    path for path in GOLDEN.rglob("*.jsonl")
    if not path.name.startswith("hello.") and path.name.rsplit(".", 2)[1] in CHECKS
    and "conformance" not in path.parts)


@pytest.mark.parametrize("name", ["hello.openai-realtime", "hello.gemini-live"])
@pytest.mark.parametrize("loops", ["1", "2"])
def test_sockets_and_paper_agree(serve: Callable[..., Server], tmp_path, name, loops) -> None:
    scenario, protocol = name.split(".")
    record = tmp_path / "record"
    server = serve(f"{scenario}.yaml", "--record", str(record), "--loops", loops)
    golden = GOLDEN / f"{name}.jsonl"
    position = 0

    def speech(count: int) -> bytes:
        nonlocal position
        position += count
        return SPEECH[position - count:position]

    [lines] = connections(golden)
    hold(lines, protocol, server.port, speech)
    assert server.stop() == 0
    recorded = record / f"{protocol}-1.jsonl"
    result = subprocess.run([BINARY, "diff", golden, recorded], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="session")
def replays(tmp_path_factory: pytest.TempPathFactory, state: Path) -> dict[Path, Future[str]]:
    """All of them at once: each takes the time the service takes."""
    folder = tmp_path_factory.mktemp("replays")
    pool = ThreadPoolExecutor(12)
    return {
        path: pool.submit(replay, path, folder / path.relative_to(GOLDEN), state)
        for path in PLAYED}


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.stem)
def test_every_golden_is_what_sockets_give(replays: dict[Path, Future[str]], path: Path) -> None:
    assert replays[path].result() == ""
