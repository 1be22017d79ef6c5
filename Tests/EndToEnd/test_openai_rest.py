"""Keys for browsers, translations and transcriptions, with the OpenAI SDK."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import openai
import pytest
from conftest import Server, pcm
from openai import OpenAI
from openai_wire import Wire, check_openai_translation
from websockets.sync.client import connect

QUESTION = pcm("question.wav")[:48000] + bytes(48000)


def test_an_ephemeral_key_opens_a_session(serve: Callable[..., Server]) -> None:
    server = serve()
    client = OpenAI(api_key="sk-mine", base_url=f"{server.http}/v1")
    secret = client.realtime.client_secrets.create(
        expires_after={"anchor": "created_at", "seconds": 60},
        session={"type": "realtime", "model": "gpt-realtime", "instructions": "Be brief."})
    assert secret.value.startswith("ek_")
    assert secret.session.instructions == "Be brief."
    browser = OpenAI(api_key=secret.value, base_url=f"{server.http}/v1")
    with browser.realtime.connect(model="gpt-realtime") as connection:
        created = Wire(connection).until("session.created")
    assert created["session"]["instructions"] == "Be brief."
    # A browser has no headers.
    protocols = ["realtime", f"openai-insecure-api-key.{secret.value}"]
    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime"
    with connect(url, subprotocols=protocols) as socket:
        assert socket.subprotocol == "realtime"
        assert json.loads(socket.recv())["session"]["instructions"] == "Be brief."


def test_a_wrong_body_is_a_bad_request(serve: Callable[..., Server]) -> None:
    client = OpenAI(api_key="any", base_url=f"{serve().http}/v1")
    with pytest.raises(openai.BadRequestError) as caught:
        client.realtime.client_secrets.create(
            expires_after={"anchor": "created_at", "seconds": 1})
    assert caught.value.code == "integer_below_min_value"
    assert caught.value.param == "expires_after.seconds"


def test_calls_are_controlled(serve: Callable[..., Server]) -> None:
    client = OpenAI(api_key="any", base_url=f"{serve().http}/v1")
    client.realtime.calls.accept("rtc_1", type="realtime")
    client.realtime.calls.refer("rtc_1", target_uri="tel:+15550100")
    client.realtime.calls.hangup("rtc_1")
    with pytest.raises(openai.NotFoundError) as caught:
        client.realtime.calls.hangup("rtc_1")
    assert caught.value.code == "call_id_not_found"
    with pytest.raises(openai.BadRequestError):
        client.realtime.calls.create(sdp="nonsense")


def test_the_options_of_a_scenario_reach_the_resources(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    scenario = tmp_path / "calls.yaml"
    scenario.write_text("mockgem: 1\nopenai-realtime: {beta: accept, calls: [rtc_one]}\n"
                        "steps:\n- await: user\n")
    client = OpenAI(api_key="any", base_url=f"{serve(scenario).http}/v1")
    client.realtime.calls.hangup("rtc_one")
    with pytest.raises(openai.NotFoundError):
        client.realtime.calls.hangup("rtc_two")
    session = client.beta.realtime.sessions.create(model="gpt-4o-realtime-preview", voice="echo")
    assert session.client_secret.value.startswith("ek_")
    transcription = client.beta.realtime.transcription_sessions.create()
    assert transcription.client_secret.expires_at > 0


def test_a_translation(serve: Callable[..., Server], tmp_path: Path) -> None:
    scenario = tmp_path / "translation.yaml"
    scenario.write_text(
        "mockgem: 1\nsteps:\n- await: user\n  heard: Hello there.\n- say: Bonjour.\n")
    url = f"ws://127.0.0.1:{serve(scenario).port}/v1/realtime/translations?model=gpt-translate"
    events = []

    def until(kind: str) -> dict:
        while True:
            events.append(json.loads(socket.recv(timeout=10)))
            check_openai_translation(events[-1])
            if events[-1]["type"] == kind:
                return events[-1]

    with connect(url, additional_headers={"Authorization": "Bearer k"}) as socket:
        until("session.created")
        session = {"audio": {
            "input": {"transcription": {"model": "gpt-realtime-whisper"}},
            "output": {"language": "fr"}}}
        socket.send(json.dumps({"type": "session.update", "session": session}))
        assert until("session.updated")["session"]["audio"]["output"]["language"] == "fr"
        socket.send(json.dumps({"type": "session.nonsense"}))
        until("error")
        socket.send(json.dumps({
            "type": "session.input_audio_buffer.append",
            "audio": base64.b64encode(QUESTION).decode()}))
        until("session.input_transcript.delta")
        until("session.output_transcript.delta")
        until("session.output_audio.delta")
        socket.send(json.dumps({"type": "session.close"}))
        until("session.closed")


def test_a_transcription_session(serve: Callable[..., Server]) -> None:
    client = OpenAI(api_key="any", base_url=f"{serve().http}/v1")
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        wire = Wire(connection)
        assert wire.until("session.created")["session"]["type"] == "transcription"
        connection.session.update(session={
            "type": "transcription",
            "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}})
        wire.say(QUESTION)
        completed = wire.until("conversation.item.input_audio_transcription.completed")
    assert completed["transcript"] == "Hello, can you hear me?"
    assert not wire.of("response.created")
