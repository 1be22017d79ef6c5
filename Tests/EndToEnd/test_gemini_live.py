"""google-genai, unmodified, through TLS: tools, resumption, tokens, music, and every close."""

import asyncio
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Server, pcm
from google import genai
from google.genai import errors, types
from sdk_types import check_gemini
from websockets.asyncio.client import ClientConnection

MODEL = "gemini-3.8-live"
NATIVE = "gemini-2.5-flash-native-audio-latest"
AUDIO = {"response_modalities": ["AUDIO"], "output_audio_transcription": {}}


@pytest.fixture(autouse=True)
def check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds every message that comes in against the SDK's own types."""
    receive = ClientConnection.recv

    async def checked(self, *arguments, **options):
        data = await receive(self, *arguments, **options)
        message = json.loads(data)
        if "audioChunks" not in message.get("serverContent", {}):
            check_gemini(message)
        return data

    monkeypatch.setattr(ClientConnection, "recv", checked)


@pytest.fixture
def play(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., genai.Client]:
    """A client of a server that plays the given scenario; nothing but the environment is set."""

    def start(steps: str, **options) -> genai.Client:
        scenario = tmp_path / "scenario.yaml"
        scenario.write_text(f"mockgem: 1\nname: Test\npace: 10x\n{steps}")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", serve(scenario).https)
        return genai.Client(api_key="key", **options)

    return start


async def turn(session) -> list[types.LiveServerMessage]:
    return [message async for message in session.receive()]


def said(messages: list[types.LiveServerMessage]) -> str:
    return "".join(
        message.server_content.output_transcription.text for message in messages
        if message.server_content and message.server_content.output_transcription)


def functions(behavior: str | None = None) -> list[dict]:
    weather = {"name": "weather", "description": "Tells the weather.", "behavior": behavior}
    return [{"function_declarations": [{k: v for k, v in weather.items() if v}]}]


WEATHER = """
steps:
- await: user
- call: weather
  args: {city: Ankara}
  id: c1
- await: tool_result
  expect: {output: {degrees: 25}}
- say: It is 25 degrees.
"""


def answer(call: types.FunctionCall, **fields) -> types.FunctionResponse:
    return types.FunctionResponse(
        id=call.id, name=call.name, response={"degrees": 25}, **fields)


async def test_a_blocking_call_is_answered_in_the_same_turn(play) -> None:
    client = play(WEATHER)
    config = AUDIO | {"tools": functions()}
    async with client.aio.live.connect(model=NATIVE, config=config) as session:
        await session.send_client_content(
            turns=types.Content(role="user", parts=[types.Part(text="Weather?")]))
        received = []
        async for message in session.receive():
            received.append(message)
            if message.tool_call:
                call = message.tool_call.function_calls[0]
                assert (call.name, call.args, call.id) == ("weather", {"city": "Ankara"}, "c1")
                await session.send_tool_response(function_responses=answer(call))
    assert received[0].tool_call
    assert said(received) == "It is 25 degrees."
    ends = [m for m in received if m.server_content and m.server_content.turn_complete]
    assert len(ends) == 1


@pytest.mark.parametrize("scheduling", [None, "WHEN_IDLE", "INTERRUPT"])
async def test_a_call_that_does_not_block_is_answered_in_a_turn_of_its_own(
    play, scheduling: str | None
) -> None:
    client = play(WEATHER)
    config = AUDIO | {"tools": functions("NON_BLOCKING")}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="Weather?")
        calling = await turn(session)
        assert calling[0].tool_call
        await session.send_tool_response(
            function_responses=answer(calling[0].tool_call.function_calls[0], scheduling=scheduling))
        assert said(await turn(session)) == "It is 25 degrees."


async def test_a_silent_result_is_known_in_the_next_turn(play) -> None:
    client = play(WEATHER)
    config = AUDIO | {"tools": functions("NON_BLOCKING")}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="Weather?")
        call = (await turn(session))[0].tool_call.function_calls[0]
        await session.send_tool_response(
            function_responses=answer(call, scheduling="SILENT"))
        await session.send_realtime_input(text="And now?")
        assert said(await turn(session)) == "It is 25 degrees."


async def test_parallel_calls_and_a_cancellation(play) -> None:
    client = play("""
steps:
- await: user
- call:
  - {name: weather, id: a}
  - {name: weather, id: b}
- cancel_calls: [b]
- await: tool_result
- say: One was enough.
""")
    config = AUDIO | {"tools": functions("BLOCKING")}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="Weather?")
        received = []
        async for message in session.receive():
            received.append(message)
            if message.tool_call_cancellation:
                calls = received[0].tool_call.function_calls
                assert [call.id for call in calls] == ["a", "b"]
                await session.send_tool_response(function_responses=answer(calls[0]))
    assert received[1].tool_call_cancellation.ids == ["b"]
    assert said(received) == "One was enough."


async def test_thoughts_code_and_pictures_are_parts(play, tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    client = play("""
steps:
- await: user
- think: The user wants a number.
- execute: {code: print(42), output: "42\\n"}
- show: dot.png
- say: Forty-two.
- end_turn: {incomplete: NEED_MORE_INPUT}
""")
    config = AUDIO | {
        "thinking_config": {"include_thoughts": True}, "tools": [{"code_execution": {}}]}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="A number?")
        received = await turn(session)
    parts = [
        part for message in received if message.server_content.model_turn
        for part in message.server_content.model_turn.parts]
    assert parts[0].thought and parts[0].text == "The user wants a number."
    assert parts[1].executable_code.code == "print(42)"
    assert parts[2].code_execution_result.outcome == types.Outcome.OUTCOME_OK
    assert parts[3].inline_data.mime_type == "image/png"
    assert parts[3].inline_data.data == b"\x89PNG\r\n\x1a\n"
    end = received[-1]
    assert end.server_content.turn_complete_reason == types.TurnCompleteReason.NEED_MORE_INPUT
    assert end.server_content.waiting_for_input
    assert end.usage_metadata.thoughts_token_count
    assert end.usage_metadata.tool_use_prompt_token_count


async def test_the_rest_of_the_server_messages_come_by_send(play) -> None:
    client = play("""
steps:
- await: user
- send: {serverContent: {groundingMetadata: {webSearchQueries: [weather], groundingChunks:
    [{web: {uri: "https://example.com", title: e}}]}}}
- send: {serverContent: {urlContextMetadata: {urlMetadata: [{retrievedUrl: "https://example.com",
    urlRetrievalStatus: URL_RETRIEVAL_STATUS_SUCCESS}]}}}
- say: Sunny.
""")
    async with client.aio.live.connect(model=MODEL, config=AUDIO) as session:
        await session.send_realtime_input(text="Weather?")
        received = await turn(session)
    assert received[0].server_content.grounding_metadata.web_search_queries == ["weather"]
    assert received[1].server_content.url_context_metadata.url_metadata


async def test_video_counts_in_the_prompt(play) -> None:
    client = play("steps:\n- await: user\n- say: I see.\n")
    async with client.aio.live.connect(model=MODEL, config=AUDIO) as session:
        await session.send_realtime_input(
            video=types.Blob(data=b"\xff\xd8\xff", mime_type="image/jpeg"))
        await session.send_realtime_input(text="What is this?")
        usage = (await turn(session))[-1].usage_metadata
    assert usage.prompt_tokens_details[1].modality == types.MediaModality.VIDEO


async def test_go_away_then_resume_with_the_handle(play) -> None:
    client = play("""
steps:
- await: user
- say: Let us go on elsewhere.
- go_away: 60s
- await: reconnect
- await: user
- say: Here we are.
""")
    config = AUDIO | {"session_resumption": {}}
    handle = None
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="Hello")
        while message := await session._receive():
            update = message.session_resumption_update
            handle = update.new_handle if update else handle
            if message.go_away:
                assert message.go_away.time_left == "60s"
                break
    config["session_resumption"] = {"handle": handle}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="Hello again")
        assert said(await turn(session)) == "Here we are."


async def test_who_stays_after_go_away_is_cut(play) -> None:
    client = play("steps:\n- go_away: 100ms\n")
    async with client.aio.live.connect(model=MODEL, config=AUDIO) as session:
        with pytest.raises(errors.APIError) as caught:
            while True:
                await session._receive()
    assert caught.value.code == 1008
    assert "after receiving a GoAway signal" in caught.value.details


async def test_resuming_beside_the_open_connection_is_refused(play) -> None:
    client = play("steps:\n- await: user\n- say: Hello.\n")
    config = AUDIO | {"session_resumption": {}}
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        handle = (await session._receive()).session_resumption_update.new_handle
        config["session_resumption"] = {"handle": handle}
        with pytest.raises(errors.APIError) as caught:
            async with client.aio.live.connect(model=MODEL, config=config):
                pass
    assert caught.value.code == 1011


async def test_an_ephemeral_token_begins_one_session(play) -> None:
    client = play(
        "steps:\n- await: user\n- say: Hello.\n", http_options={"api_version": "v1alpha"})
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    token = client.auth_tokens.create(config={
        "uses": 1, "expire_time": now + datetime.timedelta(minutes=5),
        "live_connect_constraints": {
            "model": MODEL, "config": {"output_audio_transcription": {}}}})
    browser = genai.Client(api_key=token.name, http_options={"api_version": "v1alpha"})
    async with browser.aio.live.connect(model=MODEL, config={}) as session:
        await session.send_realtime_input(text="Hello")
        # The token's setup asks for the transcript, the client's does not.
        assert said(await turn(session)) == "Hello."
    with pytest.raises(errors.APIError) as caught:
        async with browser.aio.live.connect(model=MODEL, config={}):
            pass
    assert (caught.value.code, caught.value.details) == (
        1011, "Token has been used too many times")


async def test_a_token_that_lives_too_long_is_refused(play) -> None:
    client = play(
        "steps:\n- await: user\n- say: Hello.\n", http_options={"api_version": "v1alpha"})
    later = datetime.datetime.now(tz=datetime.timezone.utc) + datetime.timedelta(hours=21)
    with pytest.raises(errors.ClientError) as caught:
        client.auth_tokens.create(config={"expire_time": later})
    assert caught.value.code == 400
    assert "Maximum lifetime is 20h" in caught.value.message


HELLO = "steps:\n- await: user\n- say: Hello.\n"


@pytest.mark.parametrize(("model", "config", "code", "reason"), [
    (MODEL, {"response_modalities": ["TEXT"]}, 1007, "The requested combination"),
    (NATIVE, {"response_modalities": ["TEXT"]}, 1007, "Cannot extract voices"),
    ("gemini-3.1-flash-live-preview", {"response_modalities": ["TEXT"]}, 1011, "Internal error"),
    (MODEL, {"thinking_config": {"thinking_level": "LOW"}}, 1007, "Request contains"),
    ("gemini-3.1-flash-live-preview", {"tools": [{"code_execution": {}}]}, 1008, "Operation is"),
    (MODEL, {"session_resumption": {"handle": "00000000"}}, 1008, "BidiGenerateContent session"),
    (MODEL, {"session_resumption": {"handle": "?"}}, 1007, "Invalid session handle"),
    (MODEL, {"temperature": 9}, 1007, "Request contains"),
])
async def test_a_wrong_setup_is_an_api_error(
    play, model: str, config: dict, code: int, reason: str
) -> None:
    client = play(HELLO)
    with pytest.raises(errors.APIError) as caught:
        async with client.aio.live.connect(model=model, config=config):
            pass
    assert caught.value.code == code
    assert caught.value.details.startswith(reason)


@pytest.mark.parametrize(("message", "code", "reason"), [
    ({"setup": {"model": "m"}}, 1007, "Request contains an invalid argument."),
    ({"realtimeInput": {"activityStart": {}}}, 1007, "Request contains an invalid argument."),
    ({"realtimeInput": {"mediaChunks": [{"data": "", "mimeType": "audio/pcm"}]}}, 1007,
     "realtime_input.media_chunks is deprecated. Use audio, video, or text instead."),
    ({"clientContent": {"turns": [{"parts": [{"text": "x"}]}]}}, 1007,
     "Request contains an invalid argument."),
    ({"toolResponse": {"functionResponses": [{"scheduling": "SOON"}]}}, 1007,
     "Invalid value at 'tool_response.function_responses[0].scheduling'"),
])
async def test_a_wrong_message_is_an_api_error(
    play, message: dict, code: int, reason: str
) -> None:
    client = play(HELLO)
    async with client.aio.live.connect(model=MODEL, config=AUDIO) as session:
        await session._ws.send(json.dumps(message))
        with pytest.raises(errors.APIError) as caught:
            await session._receive()
    assert (caught.value.code, caught.value.details) == (code, reason)


@pytest.mark.parametrize(("name", "code"), [
    ("API_KEY_INVALID", 1007), ("API_KEY_EXPIRED", 1007), ("UNAUTHENTICATED", 1008),
    ("NOT_FOUND", 1008), ("INVALID_ARGUMENT", 1007), ("FAILED_PRECONDITION", 1007),
    ("LOCATION", 1007), ("UNIMPLEMENTED", 1008), ("ABORTED", 1008), ("QUOTA", 1011),
    ("RESOURCE_EXHAUSTED", 1011), ("INTERNAL", 1011), ("UNAVAILABLE", 1011),
    ("DEADLINE_EXCEEDED", 1011), ("TOKEN_EXPIRING", 1011),
])
async def test_a_failure_of_the_scenario_is_an_api_error(play, name: str, code: int) -> None:
    client = play(f"steps:\n- await: user\n- fail: {name}\n")
    async with client.aio.live.connect(model=MODEL, config=AUDIO) as session:
        await session.send_realtime_input(text="Hello")
        with pytest.raises(errors.APIError) as caught:
            while True:
                await session._receive()
    assert caught.value.code == code
    assert len(caught.value.details.encode()) <= 123


async def test_music(play) -> None:
    client = play("steps:\n- await: user\n- say: Hum.\n")
    async with client.aio.live.music.connect(model="models/lyria-realtime-exp") as session:
        await session.set_weighted_prompts([types.WeightedPrompt(text="techno", weight=1.0)])
        await session.set_music_generation_config(types.LiveMusicGenerationConfig(bpm=90))
        await session.play()
        message = await anext(aiter(session.receive()))
        await session.stop()
    chunk = message.server_content.audio_chunks[0]
    assert len(chunk.data) == 4 * 24000 * 2 * 240 // 1000  # four characters of hum
    assert chunk.source_metadata.client_content.weighted_prompts[0].text == "techno"
    assert chunk.source_metadata.music_generation_config.bpm == 90


async def test_the_steps_of_the_vendors_guide(play) -> None:
    """Connect; send text, audio and video; receive audio and both transcripts; answer a call."""
    client = play("""
steps:
- await: user
- say: Hello there.
- await: user
  heard: What do you see?
- call: weather
- await: tool_result
- say: A sunny sky.
""")
    config = types.LiveConnectConfig(
        response_modalities=[types.Modality.AUDIO],
        input_audio_transcription=types.AudioTranscriptionConfig(),
        output_audio_transcription=types.AudioTranscriptionConfig(),
        tools=[types.Tool(function_declarations=[
            types.FunctionDeclaration(name="weather", behavior=types.Behavior.BLOCKING)])])
    speech = pcm("question.wav")[:48000]
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        await session.send_client_content(
            turns={"role": "user", "parts": [{"text": "Hello"}]}, turn_complete=True)
        received = await turn(session)
        assert said(received) == "Hello there."
        assert any(message.data for message in received)

        async def send() -> None:
            frame = types.Blob(data=b"\xff\xd8\xff", mime_type="image/jpeg")
            await session.send_realtime_input(video=frame)
            for start in range(0, len(speech), 4800):
                chunk = types.Blob(data=speech[start:start + 4800], mime_type="audio/pcm;rate=24000")
                await session.send_realtime_input(audio=chunk)
            await session.send_realtime_input(audio_stream_end=True)

        sending = asyncio.create_task(send())
        heard = ""
        received = []
        async for message in session.receive():
            received.append(message)
            content = message.server_content
            if content and content.input_transcription:
                heard += content.input_transcription.text
            if message.tool_call:
                responses = [
                    types.FunctionResponse(id=call.id, name=call.name, response={"sky": "blue"})
                    for call in message.tool_call.function_calls]
                await session.send_tool_response(function_responses=responses)
        await sending
    assert heard == "What do you see?"
    assert said(received) == "A sunny sky."
