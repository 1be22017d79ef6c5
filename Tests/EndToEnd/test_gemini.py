"""google-genai, unmodified, against `scenarios/hello.yaml`."""

from collections.abc import Callable

import numpy
import pytest
from conftest import Server, pcm
from google import genai
from google.genai import errors, types

QUESTION = pcm("question.wav")[:48000]  # one second of speech, at 24 kHz
ANSWER = pcm("loud-and-clear.wav")
MODEL = "gemini-3.8-live"
CONFIG = {
    "response_modalities": ["AUDIO"],
    "input_audio_transcription": {},
    "output_audio_transcription": {},
}


@pytest.fixture
def client(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> genai.Client:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", serve().https)
    return genai.Client(api_key="any")


class Turn:
    """What one turn of the model brought."""

    def __init__(self) -> None:
        self.audio = b""
        self.said = self.heard = ""
        self.usage: types.UsageMetadata | None = None
        self.kinds: list[str] = []

    @classmethod
    async def receive(cls, session) -> "Turn":
        turn = cls()
        async for message in session.receive():
            content = message.server_content or types.LiveServerContent()
            turn.audio += message.data or b""
            if content.output_transcription:
                turn.said += content.output_transcription.text
            if content.input_transcription:
                turn.heard += content.input_transcription.text
            turn.usage = message.usage_metadata or turn.usage
            for kind in ("generation_complete", "interrupted", "turn_complete"):
                if getattr(content, kind):
                    turn.kinds.append(kind)
        return turn


@pytest.mark.parametrize("rate", [16000, 24000])
async def test_a_spoken_turn(client: genai.Client, rate: int) -> None:
    samples = numpy.frombuffer(QUESTION, "<i2")
    at = numpy.arange(rate) * (len(samples) / rate)
    speech = numpy.interp(at, numpy.arange(len(samples)), samples).astype("<i2").tobytes()
    async with client.aio.live.connect(model=MODEL, config=CONFIG) as session:
        for start in range(0, len(speech), 3200):
            chunk = types.Blob(data=speech[start:start + 3200], mime_type=f"audio/pcm;rate={rate}")
            await session.send_realtime_input(audio=chunk)
        await session.send_realtime_input(audio_stream_end=True)
        turn = await Turn.receive(session)
    assert len(turn.audio) == len(ANSWER)
    first, second = (numpy.frombuffer(x, "<i2").astype(float) for x in (turn.audio, ANSWER))
    assert numpy.corrcoef(first, second)[0, 1] > 0.99
    assert turn.said == "Loud and clear. How can I help you today?"
    assert turn.heard == "Hello, can you hear me?"
    assert turn.kinds == ["generation_complete", "turn_complete"]
    usage = turn.usage
    assert usage.total_token_count == usage.prompt_token_count + usage.response_token_count
    assert usage.response_tokens_details[0].modality == types.MediaModality.AUDIO


async def test_a_text_turn(client: genai.Client) -> None:
    async with client.aio.live.connect(
        model="gemini-2.0-flash-live-001", config={"response_modalities": ["TEXT"]}
    ) as session:
        await session.send_client_content(
            turns=types.Content(role="user", parts=[types.Part(text="Hi")]))
        text = ""
        async for message in session.receive():
            text += message.text or ""
    assert text == "Loud and clear. How can I help you today?"


async def test_a_manual_turn(client: genai.Client) -> None:
    config = CONFIG | {
        "realtime_input_config": {"automatic_activity_detection": {"disabled": True}}}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(activity_start=types.ActivityStart())
        await session.send_realtime_input(
            audio=types.Blob(data=QUESTION, mime_type="audio/pcm;rate=24000"))
        await session.send_realtime_input(activity_end=types.ActivityEnd())
        turn = await Turn.receive(session)
    assert turn.audio == ANSWER
    assert turn.heard == "Hello, can you hear me?"


async def test_text_interrupts(client: genai.Client) -> None:
    async with client.aio.live.connect(model=MODEL, config=CONFIG) as session:
        await session.send_realtime_input(text="Hi")
        async for message in session.receive():
            if message.data:
                break
        await session.send_realtime_input(text="Wait!")
        turn = await Turn.receive(session)
        assert turn.kinds[0] in ("interrupted", "generation_complete")
        assert "interrupted" in turn.kinds
        assert turn.kinds[-1] == "turn_complete"
        assert (await Turn.receive(session)).said == "You are welcome. Goodbye!"


async def test_a_mistake_closes_with_the_services_words(client: genai.Client) -> None:
    async with client.aio.live.connect(model=MODEL, config=CONFIG) as session:
        await session._ws.send('{"realtimeInput":{"sound":{}}}')
        with pytest.raises(errors.APIError) as caught:
            await session._receive()
    assert caught.value.code == 1007
    assert "Unknown name \"sound\" at 'realtime_input'" in caught.value.details
