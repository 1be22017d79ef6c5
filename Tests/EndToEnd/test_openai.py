"""The OpenAI SDK, unmodified, against `scenarios/hello.yaml`."""

import base64
import json
from collections.abc import Callable

import numpy
import pytest
from conftest import Server, pcm
from openai import AsyncOpenAI, OpenAI
from sdk_types import check_openai

QUESTION = pcm("question.wav")[:48000]  # one second of speech
ANSWER = pcm("loud-and-clear.wav")
SILENCE = bytes(24000)
CHUNK = 4800


def until_done(connection, kinds: str = "response.done") -> list[dict]:
    """Receives raw events up to the named one, each checked against the SDK's types."""
    events = []
    while not events or events[-1]["type"] != kinds:
        events.append(json.loads(connection.recv_bytes()))
        check_openai(events[-1])
    return events


def of(events: list[dict], kind: str) -> list[dict]:
    return [event for event in events if event["type"] == kind]


def audio_of(events: list[dict]) -> bytes:
    return b"".join(base64.b64decode(e["delta"]) for e in of(events, "response.output_audio.delta"))


def assert_same_sound(left: bytes, right: bytes) -> None:
    assert len(left) == len(right)
    first, second = (numpy.frombuffer(x, "<i2").astype(float) for x in (left, right))
    assert numpy.corrcoef(first, second)[0, 1] > 0.99


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_spoken_turn(serve: Callable[..., Server], monkeypatch, scheme: str) -> None:
    server = serve()
    monkeypatch.setenv("OPENAI_BASE_URL", f"{getattr(server, scheme)}/v1")
    client = OpenAI(api_key="any")
    with client.realtime.connect(model="gpt-realtime") as connection:
        created = json.loads(connection.recv_bytes())
        check_openai(created)
        assert created["type"] == "session.created"
        transcription = {"model": "gpt-4o-transcribe"}
        connection.session.update(
            session={"type": "realtime", "audio": {"input": {"transcription": transcription}}})
        for start in range(0, len(QUESTION + SILENCE), CHUNK):
            chunk = (QUESTION + SILENCE)[start:start + CHUNK]
            connection.input_audio_buffer.append(audio=base64.b64encode(chunk).decode())
        events = until_done(connection)
    assert_same_sound(audio_of(events), ANSWER)
    said = of(events, "response.output_audio_transcript.done")[0]["transcript"]
    assert said == "Loud and clear. How can I help you today?"
    heard = of(events, "conversation.item.input_audio_transcription.completed")[0]
    assert heard["transcript"] == "Hello, can you hear me?"
    usage = events[-1]["response"]["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 0
    assert usage["output_token_details"]["audio_tokens"] == -(-len(ANSWER) // 48 // 50)


def test_a_text_turn(serve: Callable[..., Server]) -> None:
    client = OpenAI(api_key="any", base_url=f"{serve().http}/v1")
    with client.realtime.connect(model="gpt-realtime") as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        connection.conversation.item.create(item={
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]})
        connection.response.create()
        events = until_done(connection, "rate_limits.updated")
    assert of(events, "response.output_text.done")[0]["text"].startswith("Loud and clear.")
    assert not of(events, "response.output_audio.delta")


def test_a_cancelled_turn(serve: Callable[..., Server]) -> None:
    client = OpenAI(api_key="any", base_url=f"{serve().http}/v1")
    with client.realtime.connect(model="gpt-realtime") as connection:
        connection.response.create()
        until_done(connection, "response.output_audio.delta")
        connection.response.cancel()
        events = until_done(connection)
    response = events[-1]["response"]
    assert response["status"] == "cancelled"
    assert response["status_details"]["reason"] == "client_cancelled"
    assert response["output"][0]["status"] == "incomplete"


def test_a_mistake_is_an_error_event_and_the_session_goes_on(serve: Callable[..., Server]) -> None:
    client = OpenAI(api_key="any", base_url=f"{serve().http}/v1")
    with client.realtime.connect(model="gpt-realtime") as connection:
        connection.send_raw('{"type":"nonsense","event_id":"mine"}')
        events = until_done(connection, "error")
        assert events[-1]["error"]["event_id"] == "mine"
        connection.response.create()
        assert until_done(connection)[-1]["response"]["status"] == "completed"


async def test_the_async_client_iterates(serve: Callable[..., Server]) -> None:
    client = AsyncOpenAI(api_key="any", base_url=f"{serve().http}/v1")
    async with client.realtime.connect(model="gpt-realtime") as connection:
        await connection.response.create()
        async for event in connection:
            if event.type == "response.done":
                assert event.response.usage.total_tokens > 0
                break


def test_the_end_of_the_server_is_1001(serve: Callable[..., Server]) -> None:
    server = serve()
    client = OpenAI(api_key="any", base_url=f"{server.http}/v1")
    with client.realtime.connect(model="gpt-realtime") as connection:
        connection.recv()
        assert server.stop() == 0
        with pytest.raises(Exception) as caught:
            while True:
                connection.recv()
    assert caught.value.rcvd.code == 1001
