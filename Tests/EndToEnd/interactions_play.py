"""What the tests of the Interactions API share: a client of a scenario, and its streams."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import AUDIO, ROOT, Server
from google import genai
from interactions_tolerance import Outcome, outcome, outcome_async
from interactions_wire import mistakes
from sdk_types import check_interactions

MODEL = "gemini-3-flash-preview"
OLD_PYTHON = ROOT / ".venv-legacy" / "bin" / "python"
HELLO = "- await: user\n- say: Hello, this is a somewhat longer answer.\n"


@pytest.fixture
def play(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., genai.Client]]:
    """A client of a server that plays the steps of a text.

    What was sent is checked against the schema afterwards, unless the test is marked `off_schema`:
    then that is what it is about.
    """
    clients: list[genai.Client] = []
    servers: list[Server] = []

    def start(steps: str, head: str = "", **options: object) -> genai.Client:
        file = tmp_path / f"scenario-{len(clients)}.yaml"
        if "pace:" not in head:
            head += "\npace: fast"
        file.write_text(f"mockgem: 1\n{head}\nsteps:\n{steps}\n")
        shutil.copy(AUDIO / "goodbye.wav", tmp_path)
        server = serve(file, "--record", tmp_path / "record")
        servers.append(server)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.http)
        clients.append(genai.Client(api_key="any", **options))
        return clients[-1]

    yield start
    for client in clients:
        client.close()
    for server in servers:
        assert server.stop() == 0
    if not request.node.get_closest_marker("off_schema"):
        assert wrong(tmp_path / "record", "steps") == []


@pytest.fixture(scope="module")
def sdks() -> Iterator[dict[str, Callable[..., Outcome]]]:
    """What the new SDK, its asynchronous half and the old SDK make of a request; the old one has an
    interpreter of its own."""
    assert OLD_PYTHON.exists(), "make .venv-legacy/ready makes the environment of the old SDK"
    with subprocess.Popen(
        [OLD_PYTHON, Path(__file__).with_name("interactions_tolerance.py")], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as worker:
        assert worker.stdout.readline().startswith("1.75.")

        def old(**request: object) -> Outcome:
            worker.stdin.write(json.dumps(request) + "\n")
            worker.stdin.flush()
            return Outcome(**json.loads(worker.stdout.readline()))

        def concurrent(**request: object) -> Outcome:
            return asyncio.run(outcome_async(**request))

        yield {"new": outcome, "async": concurrent, "old": old}
        worker.stdin.close()


def wrong(record: Path, revision: str) -> list[str]:
    """What is no part of the protocol in the transcripts of a folder."""
    found = []
    for file in sorted(record.glob("interactions-*.jsonl")):
        found += mistakes(map(json.loads, file.read_text().splitlines()), revision)
    return found


def requests(tmp_path: Path) -> int:
    """How many requests the server got: each has a transcript of its own."""
    return len(list((tmp_path / "record").glob("interactions-*.jsonl")))


def collect(stream) -> list:
    events = list(stream)
    for event in events:
        check_interactions(event)
    return events


def text_of(events: list) -> str:
    deltas = [event.delta for event in events if event.event_type == "step.delta"]
    return "".join(delta.text for delta in deltas if delta.type == "text")
