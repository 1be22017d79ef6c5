"""What the tests of the Interactions API share: a client of a scenario, and its streams."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import AUDIO, Server
from google import genai
from sdk_types import check_interactions

MODEL = "gemini-3-flash-preview"
HELLO = "- await: user\n- say: Hello, this is a somewhat longer answer.\n"


@pytest.fixture
def play(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., genai.Client]]:
    """A client of a server that plays the steps of a text."""
    clients: list[genai.Client] = []

    def start(steps: str, head: str = "", **options: object) -> genai.Client:
        file = tmp_path / f"scenario-{len(clients)}.yaml"
        if "pace:" not in head:
            head += "\npace: fast"
        file.write_text(f"mockgem: 1\n{head}\nsteps:\n{steps}\n")
        shutil.copy(AUDIO / "goodbye.wav", tmp_path)
        server = serve(file, "--record", tmp_path / "record")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.http)
        clients.append(genai.Client(api_key="any", **options))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


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
