"""`mockgem import`: recordings in their usual forms become scenarios that play the same."""

import base64
import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from conftest import BINARY, ROOT
from replay import tone
from ruamel.yaml import YAML

CLIENTS = Path(__file__).parent / "clients"


def mockgem(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=30)


def take_in(recording: Path, folder: Path) -> tuple[Path, Path]:
    """The scenario and the transcript of a recording; `check` has nothing to say."""
    result = mockgem("import", recording, "--out", folder, "--name", "x")
    assert result.returncode == 0, result.stderr
    scenario = folder / "x.yaml"
    assert result.stdout == f"{scenario}\n"
    check = mockgem("check", scenario)
    assert (check.returncode, check.stderr) == (0, "")
    [transcript] = folder.glob("x.*.jsonl")
    return scenario, transcript


def kinds(lines: list[dict]) -> list[str]:
    """What the server sent, kind by kind; how often a delta came in a row does not count."""
    found: list[str] = []
    for line in lines:
        message = line.get("message") or line.get("binary")
        if line.get("from") != "server" or not message:
            continue
        inner = message.get("serverContent", message)
        for name in [message["type"]] if "type" in message else sorted(inner):
            # Sound and its words come in no fixed order.
            name = "speech" if name in ("modelTurn", "outputTranscription") else name
            if name != "usageMetadata" and found[-1:] != [name]:
                found.append(name)
    return found


def read(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def played(scenario: Path, transcript: Path) -> list[dict]:
    result = mockgem("play", scenario, "--client", transcript, "--format", "jsonl")
    assert result.returncode == 0, result.stderr
    return read(result.stdout)


SPEECH = base64.b64encode(tone(100, 24000)).decode()


def session(kind: str) -> dict:
    return {"type": kind, "session": {"type": "realtime", "model": "gpt-realtime"}}


ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi?"}]}
ANSWER = {"id": "item_1", "type": "message", "content": [
    {"type": "output_audio", "transcript": "Hello."}]}
OPENAI = [
    ("received", session("session.created")),
    ("sent", {"type": "session.update", "session": {"type": "realtime"}}),
    ("received", session("session.updated")),
    ("sent", {"type": "conversation.item.create", "item": ITEM}),
    ("sent", {"type": "response.create"}),
    *[("received", {"type": kind}) for kind in (
        "conversation.item.added", "conversation.item.done", "response.created",
        "response.output_item.added", "conversation.item.added", "response.content_part.added")],
    ("received", {"type": "response.output_audio_transcript.delta", "delta": "Hello."}),
    ("received", {"type": "response.output_audio.delta", "item_id": "item_1", "delta": SPEECH}),
    *[("received", {"type": kind}) for kind in (
        "response.output_audio.done", "response.output_audio_transcript.done",
        "response.content_part.done", "conversation.item.done", "response.output_item.done")],
    ("received", {"type": "response.done",
                  "response": {"status": "completed", "output": [ANSWER]}}),
]
GEMINI = [
    ("sent", {"setup": {"model": "models/gemini-3.8-live", "outputAudioTranscription": {}}}),
    ("received", {"setupComplete": {}}),
    ("sent", {"client_content": {
        "turns": [{"role": "user", "parts": [{"text": "Hi?"}]}], "turnComplete": True}}),
    ("received", {"serverContent": {"outputTranscription": {"text": "Hello."}}}),
    ("received", {"serverContent": {"modelTurn": {"parts": [
        {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": SPEECH}}]}}}),
    ("received", {"serverContent": {"generationComplete": True}}),
    ("received", {"serverContent": {"turnComplete": True}}),
]


@pytest.mark.parametrize("frames", [OPENAI, GEMINI], ids=["openai", "gemini"])
@pytest.mark.parametrize("form", ["cassette.yaml", "list.yaml", "timed.jsonl"])
def test_frames_that_were_sent_and_received(
    tmp_path: Path, frames: list[tuple[str, dict]], form: str,
) -> None:
    recording = tmp_path / form
    with open(recording, "w") as file:
        if form == "cassette.yaml":
            YAML().dump({"version": 1, "interactions": [
                {"kind": "message", "direction": way, "data": data} for way, data in frames]}, file)
        elif form == "list.yaml":
            YAML().dump([{way: data} for way, data in frames], file)
        else:
            for number, (way, data) in enumerate(frames):
                line = {"timestamp": 100 + number / 10, "direction": way, "data": json.dumps(data)}
                file.write(json.dumps(line) + "\n")
    scenario, transcript = take_in(recording, tmp_path / "out")
    assert "audio: \"audio/x-1.wav\"" in scenario.read_text()
    with wave.open(str(tmp_path / "out" / "audio" / "x-1.wav")) as file:
        assert file.getparams()[:4] == (1, 2, 24000, 2400)
        assert file.readframes(2400) == tone(100, 24000)
    expected = kinds(read(transcript.read_text()))
    assert kinds(played(scenario, transcript)) == expected


def test_a_recording_of_our_own_plays_as_it_was(tmp_path: Path, state: Path) -> None:
    record = tmp_path / "record"
    run = subprocess.run(
        [BINARY, "run", ROOT / "scenarios" / "weather.yaml", "--record", record,
         "--report", f"html={tmp_path}/x.html", "--",
         sys.executable, CLIENTS / "openai_voice.py"],
        env={**os.environ, "XDG_STATE_HOME": str(state)}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    recording = record / "openai-realtime-1.jsonl"
    result = mockgem("import", recording, "--out", record, "--name", "x")
    assert result.returncode == 0, result.stderr
    scenario = record / "x.yaml"
    assert mockgem("check", scenario).returncode == 0
    lines = played(scenario, record / "x.openai-realtime.jsonl")
    # The service was told of its audio in real time; the order of what follows speech may differ.
    assert sorted(set(kinds(lines))) == sorted(set(kinds(read(recording.read_text()))))


def test_exchanges_become_routes_without_secrets(tmp_path: Path) -> None:
    recording = tmp_path / "vcr.yaml"
    with open(recording, "w") as file:
        YAML().dump({"interactions": [{
            "request": {
                "method": "POST", "uri": "https://api.openai.com/v1/realtime/client_secrets",
                "headers": {"authorization": ["Bearer sk-1234567890abcdef"]},
                "parsed_body": {"session": {"type": "realtime"}}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"content-type": ["application/json"], "set-cookie": ["a=b"]},
                "parsed_body": {"value": "ek_1234567890abcdef", "expires_at": 1}}}]}, file)
    scenario, transcript = take_in(recording, tmp_path / "out")
    for text in (scenario.read_text(), transcript.read_text()):
        assert "1234567890" not in text
        assert "a=b" not in text
    [opened, answered] = played(scenario, transcript)
    assert opened["open"]["target"] == "/v1/realtime/client_secrets"
    assert answered["answer"]["status"] == 200
    assert answered["answer"]["body"]["value"] == "<secret>"


def test_what_cannot_be_imported_is_said(tmp_path: Path) -> None:
    for text, message in [
        ("a: 1\n", "no frames and no exchanges in this file"),
        ("- sent: {hello: 1}\n- received: {world: 2}\n", "no protocol knows what this client sent"),
        ("a: [\n", "error:"),
    ]:
        recording = tmp_path / "x.yaml"
        recording.write_text(text)
        result = mockgem("import", recording, "--out", tmp_path / "out")
        assert result.returncode == 2
        assert message in result.stderr


def test_nothing_is_written_over(tmp_path: Path) -> None:
    recording = tmp_path / "list.json"
    recording.write_text(json.dumps([{way: data} for way, data in GEMINI]))
    take_in(recording, tmp_path / "out")
    again = mockgem("import", recording, "--out", tmp_path / "out", "--name", "x")
    assert again.returncode == 2
    assert "is there already" in again.stderr
