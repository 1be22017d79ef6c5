"""The same seed gives the same faults at the same places, however often it is asked."""

import contextlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import BINARY, Server, serving
from fault_watch import HEADERS, REALTIME, TURN, watch_http
from websockets.sync.client import connect

RUNS = 20
SCENARIO = """mockgem: 1
pace: fast
seed: {seed}
faults:
- drop: {{probability: 0.2}}
- duplicate: {{probability: 0.2}}
- garble: {{how: missing, probability: 0.2}}
- jitter: 3ms
steps:
- repeat:
  steps:
  - await: user
  - say: One two three four five six seven eight nine ten eleven twelve thirteen fourteen.
"""


def recorded(state: Path, folder: Path, medium: str, seed: int) -> Path:
    """The transcript of one conversation."""
    folder.mkdir()
    scenario = folder / "dice.yaml"
    scenario.write_text(SCENARIO.format(seed=seed))
    record = folder / "record"
    with serving(state, folder) as start:
        server = start(scenario, "--record", str(record), "--quiet")
        if medium == "stream":
            watch_http(server, is_secure=False, stream=True)
        else:
            take_all(server)
    [file] = [file for file in record.glob("*.jsonl")
              if file.name not in ("findings.jsonl", "journal.jsonl")]
    return file


def take_all(server: Server) -> None:
    """Takes everything that comes: the end of the answer may be what is lost."""
    url = f"ws://127.0.0.1:{server.port}{REALTIME}"
    with connect(url, additional_headers=HEADERS, compression=None) as web_socket:
        for message in TURN:
            web_socket.send(json.dumps(message))
        with contextlib.suppress(TimeoutError):
            while True:
                web_socket.recv(timeout=1)


def same(first: Path, other: Path) -> bool:
    command = [BINARY, "diff", first, other, "--order", "sides"]
    return subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0


@pytest.mark.parametrize("medium", ["websocket", "stream"])
def test_twenty_runs_are_one(state: Path, tmp_path: Path, medium: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(
            lambda run: recorded(state, tmp_path / str(run), medium, 7), range(RUNS)))
    assert len(runs[0].read_text().splitlines()) > 5
    assert [run for run in runs if not same(runs[0], run)] == []
    assert not same(runs[0], recorded(state, tmp_path / "other", medium, 8))
