"""What google-genai does with operations that take their time: batches, and videos."""

import subprocess
import time
from pathlib import Path

import pytest
from conftest import ROOT, Server
from google import genai
from google.genai import errors, types

SCENARIO = """
mockgem: 1
name: Jobs
gemini-rest: {operation_time: 300ms}
rules:
- when: {user: {matches: video}}
  steps: [{show: clip.mp4}]
- when: {user: {matches: trouble}}
  steps: [{fail: {status: 429, message: Slow down.}}]
- when: {user: {any: true}}
  steps: [{say: "You said ${user.text}."}]
"""


@pytest.fixture
def server(serve, tmp_path: Path) -> Server:
    (tmp_path / "jobs.yaml").write_text(SCENARIO)
    (tmp_path / "clip.mp4").write_bytes(b"not really a film")
    return serve(tmp_path / "jobs.yaml")


@pytest.fixture
def client(server: Server) -> genai.Client:
    return genai.Client(api_key="k", http_options={"base_url": server.http})


def finished(client: genai.Client, name: str) -> types.BatchJob:
    deadline = time.monotonic() + 10
    while (job := client.batches.get(name=name)).state.name == "JOB_STATE_RUNNING":
        assert time.monotonic() < deadline
    return job


def test_a_batch_is_answered_request_by_request(client: genai.Client) -> None:
    begun = client.batches.create(
        model="gemini-2.5-flash", src=[
            {"contents": [{"parts": [{"text": text}], "role": "user"}]}
            for text in ["one", "trouble", "two"]],
        config={"display_name": "Three"})
    assert begun.state.name == "JOB_STATE_RUNNING"
    assert begun.display_name == "Three"
    assert begun.dest is None
    job = finished(client, begun.name)
    assert job.state.name == "JOB_STATE_SUCCEEDED"
    assert job.model == "models/gemini-2.5-flash"
    first, second, third = job.dest.inlined_responses
    assert first.response.text == "You said one."
    assert second.error.code == 8 and second.error.message == "Slow down."
    assert third.response.text == "You said two."
    assert [batch.name for batch in client.batches.list()] == [begun.name]
    client.batches.delete(name=begun.name)
    with pytest.raises(errors.ClientError) as refused:
        client.batches.get(name=begun.name)
    assert refused.value.code == 404


def test_each_request_of_a_batch_is_a_conversation_of_its_own(serve, tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text("""
mockgem: 1
name: Script
gemini-rest: {operation_time: 0ms}
steps: [{await: user}, {say: First.}, {await: user}, {say: Second.}]
""")
    server = serve(tmp_path / "script.yaml")
    client = genai.Client(api_key="k", http_options={"base_url": server.http})
    user = {"role": "user", "parts": [{"text": "Well?"}]}
    model = {"role": "model", "parts": [{"text": "First."}]}
    job = client.batches.create(model="gemini-2.5-flash", src=[
        {"contents": [user]}, {"contents": [user, model, user]}, {"contents": [user]}])
    answers = [answer.response.text for answer in job.dest.inlined_responses]
    assert answers == ["First.", "Second.", "First."]


def test_a_batch_can_be_cancelled(client: genai.Client) -> None:
    begun = client.batches.create(model="gemini-2.5-flash", src=[
        {"contents": [{"parts": [{"text": "one"}]}]}])
    client.batches.cancel(name=begun.name)
    job = client.batches.get(name=begun.name)
    assert job.state.name in ("JOB_STATE_CANCELLED", "JOB_STATE_SUCCEEDED")


def test_texts_are_embedded_in_a_batch(client: genai.Client) -> None:
    begun = client.batches.create_embeddings(
        model="gemini-embedding-001", src={"inlined_requests": {"contents": ["one", "two"]}})
    job = finished(client, begun.name)
    first, second = job.dest.inlined_embed_content_responses
    assert len(first.response.embedding.values) == 3072
    assert first.response.embedding.values != second.response.embedding.values


VIDEO = """
import sys, time
from google import genai
client = genai.Client(api_key="k", http_options={"base_url": sys.argv[1]})
operation = client.models.generate_videos(model="veo-3.1", prompt="A video of a cat")
deadline = time.monotonic() + 10
while not operation.done:
    assert time.monotonic() < deadline
    operation = client.operations.get(operation)
video = operation.response.generated_videos[0].video
sys.stdout.buffer.write(client.files.download(file=video))
"""


def test_a_video_is_made_and_downloaded(server: Server) -> None:
    """google-genai 1.75: the SDK of the other tests makes videos at Vertex only. It finds the name of
    a file in addresses that begin with https alone."""
    python = ROOT / ".venv-legacy" / "bin" / "python"
    made = subprocess.run(
        [python, "-c", VIDEO, server.https], stdout=subprocess.PIPE, timeout=30, check=True)
    assert made.stdout == b"not really a film"
