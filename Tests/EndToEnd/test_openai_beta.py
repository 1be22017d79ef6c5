"""The OpenAI SDK's beta client, where the scenario serves the beta."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Server, pcm
from openai import OpenAI
from openai_wire import Wire, check_openai_beta

QUESTION = pcm("question.wav")[:48000] + bytes(24000)
MODEL = "gpt-4o-realtime-preview"


@pytest.fixture
def client(serve: Callable[..., Server], tmp_path: Path) -> OpenAI:
    scenario = tmp_path / "beta.yaml"
    scenario.write_text("""
mockgem: 1
openai-realtime: {beta: accept}
steps:
- await: user
  heard: What is the weather?
- call: get_weather
  args: {city: Oslo}
- await: tool_result
- say: It rains.
""")
    server = serve(scenario)
    return OpenAI(api_key="any", websocket_base_url=f"ws://127.0.0.1:{server.port}/v1")


def test_a_spoken_turn_with_a_call(client: OpenAI) -> None:
    with client.beta.realtime.connect(model=MODEL) as connection:
        wire = Wire(connection, check_openai_beta)
        assert wire.until("session.created")["session"]["modalities"] == ["audio", "text"]
        connection.session.update(session={
            "voice": "verse", "input_audio_transcription": {"model": "whisper-1"},
            "tools": [{"type": "function", "name": "get_weather"}]})
        assert wire.until("session.updated")["session"]["voice"] == "verse"
        wire.say(QUESTION)
        call = wire.until("response.done")["response"]["output"][0]
        assert json.loads(call["arguments"]) == {"city": "Oslo"}
        connection.conversation.item.create(item={
            "type": "function_call_output", "call_id": call["call_id"], "output": "rain"})
        connection.response.create()
        said = wire.until("response.audio_transcript.done")["transcript"]
        assert said == "It rains."
        wire.until("response.done")
        assert len(wire.audio("response.audio.delta")) == len("It rains.") * 60 * 48
    heard = wire.of("conversation.item.input_audio_transcription.completed")[0]
    assert heard["transcript"] == "What is the weather?"
    kinds = [event["type"] for event in wire.events]
    limits = kinds.index("rate_limits.updated")
    assert kinds[limits - 1] == "response.created"


def test_a_text_turn_and_a_mistake(client: OpenAI) -> None:
    with client.beta.realtime.connect(model=MODEL) as connection:
        wire = Wire(connection, check_openai_beta)
        connection.session.update(session={"modalities": ["audio"]})
        assert "Supported combinations" in wire.until("error")["error"]["message"]
        connection.response.create(response={"modalities": ["text"]})
        assert wire.until("response.done")["response"]["modalities"] == ["text"]


def test_without_the_option_the_beta_is_refused(serve: Callable[..., Server]) -> None:
    client = OpenAI(
        api_key="any", websocket_base_url=f"ws://127.0.0.1:{serve().port}/v1")
    with client.beta.realtime.connect(model=MODEL) as connection:
        wire = Wire(connection, check_openai_beta)
        assert wire.receive()["error"]["code"] == "beta_api_shape_disabled"
        with pytest.raises(Exception) as caught:
            wire.receive()
    assert caught.value.rcvd.code == 4000
    assert caught.value.rcvd.reason == "invalid_request_error.beta_api_shape_disabled"
