"""The OpenAI SDK calls tools, fails, and is interrupted."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Server, pcm
from openai import OpenAI
from openai_wire import Wire

QUESTION = pcm("question.wav")[:48000] + bytes(24000)
TOOL = {
    "type": "function", "name": "get_weather", "description": "Looks up the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


@pytest.fixture
def play(serve: Callable[..., Server], tmp_path: Path) -> Callable[[str], OpenAI]:
    """Serves a scenario written in the test, and returns a client of it."""

    def start(steps: str) -> OpenAI:
        scenario = tmp_path / "scenario.yaml"
        scenario.write_text(f"mockgem: 1\n{steps}")
        return OpenAI(api_key="any", base_url=f"{serve(scenario).http}/v1")

    return start


def ask(connection, text: str) -> None:
    connection.conversation.item.create(item={
        "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
    connection.response.create()


def test_a_call_is_answered_as_soon_as_it_is_seen(play: Callable[[str], OpenAI]) -> None:
    client = play("""
steps:
- await: user
- call:
  - {name: get_weather, args: {city: Oslo}, id: call_oslo}
  - {name: get_weather, args: {city: Rome}}
- await: tool_result
  expect: {output: {rain: true}}
- say: Rain in Oslo.
""")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        wire.until("session.created")
        connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"], "tools": [TOOL]})
        ask(connection, "Rain?")
        wire.until("response.function_call_arguments.done")
        # Before the response is done, as the reference clients do.
        connection.conversation.item.create(item={
            "type": "function_call_output", "call_id": "call_oslo", "output": '{"rain": true}'})
        done = wire.until("response.done")
        calls = done["response"]["output"]
        assert [json.loads(call["arguments"])["city"] for call in calls] == ["Oslo", "Rome"]
        connection.conversation.item.create(item={
            "type": "function_call_output", "call_id": calls[1]["call_id"],
            "output": '{"rain": true}'})
        connection.response.create()
        wire.until("response.output_text.done")
        assert wire.until("response.done")["response"]["status"] == "completed"
    assert not wire.of("error")


def test_a_voice_cuts_the_answer(play: Callable[[str], OpenAI]) -> None:
    client = play("""
pace: realtime
steps:
- await: user
- say: A very long story that nobody will hear to its end, since somebody speaks.
- await: interruption
- await: user
- say: Yes?
""")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        connection.response.create()
        item = wire.until("response.output_audio.delta")["item_id"]
        # What was played is cut while the item is still generated.
        connection.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=50)
        assert wire.until("conversation.item.truncated")["audio_end_ms"] == 50
        wire.say(QUESTION)
        done = wire.until("response.done")["response"]
        assert done["status_details"]["reason"] == "turn_detected"
        assert done["output"][0]["status"] == "incomplete"
        assert wire.until("response.done")["response"]["status"] == "completed"
    assert wire.of("response.output_audio_transcript.done")[-1]["transcript"] == "Yes?"


@pytest.mark.parametrize(
    ("end", "status", "reason"),
    [
        ("incomplete: max_tokens", "incomplete", "max_output_tokens"),
        ("incomplete: content_filter", "incomplete", "content_filter"),
        ("failed: {code: rate_limit_exceeded, message: Slow down.}", "failed", None),
    ],
)
def test_answers_end_badly(
    play: Callable[[str], OpenAI], end: str, status: str, reason: str | None
) -> None:
    client = play(f"steps:\n- await: user\n- say: Half an\n- end_turn: {{{end}}}\n")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        connection.response.create()
        response = wire.until("response.done")["response"]
    assert response["status"] == status
    assert response["status_details"].get("reason") == reason
    if status == "failed":
        assert response["status_details"]["error"]["code"] == "rate_limit_exceeded"


def test_errors_of_the_service(play: Callable[[str], OpenAI]) -> None:
    client = play("""
steps:
- await: user
- fail: {code: server_error, message: Sorry.}
- await: user
- say: Fine again.
- await: user
- fail: session_expired
""")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        connection.response.create()
        assert wire.until("error")["error"]["message"] == "Sorry."
        assert wire.until("response.done")["response"]["status"] == "failed"
        connection.response.create()
        assert wire.until("response.done")["response"]["status"] == "completed"
        connection.response.create()
        assert wire.until("error")["error"]["code"] == "session_expired"
        with pytest.raises(Exception) as caught:
            wire.receive()
    assert caught.value.rcvd.code == 1001
    assert caught.value.rcvd.reason == "Your session hit the maximum duration of 60 minutes."


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
def test_telephone_audio_in_and_out(play: Callable[[str], OpenAI], name: str) -> None:
    client = play("steps:\n- await: user\n- say: Good morning.\n")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        form = {"type": name}
        connection.session.update(session={
            "type": "realtime", "audio": {"input": {"format": form}, "output": {"format": form}}})
        loud, quiet = {"audio/pcmu": (b"\x90", b"\xff"), "audio/pcma": (b"\xb0", b"\xd5")}[name]
        other = bytes([loud[0] ^ 0x80])
        wire.say((loud * 20 + other * 20) * 200 + quiet * 4000, chunk=800)
        assert wire.until("input_audio_buffer.speech_started")["audio_start_ms"] == 0
        wire.until("response.done")
    # 60 ms of hum a character, at 8000 bytes a second.
    assert len(wire.audio()) == len("Good morning.") * 60 * 8


def test_a_response_beside_the_conversation(play: Callable[[str], OpenAI]) -> None:
    client = play("steps:\n- await: user\n- say: A label.\n")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        connection.response.create(response={
            "conversation": "none", "output_modalities": ["text"], "metadata": {"topic": "label"},
            "input": [{
                "type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "Label this."}]}]})
        response = wire.until("response.done")["response"]
    assert response["conversation_id"] is None
    assert response["metadata"] == {"topic": "label"}
    assert not wire.of("conversation.item.added")


def test_audio_is_retrieved(play: Callable[[str], OpenAI]) -> None:
    client = play("steps:\n- await: user\n  heard: Hello\n- say: Hi.\n")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        connection.session.update(session={
            "type": "realtime", "audio": {"input": {
                "turn_detection": None, "transcription": {"model": "whisper-1"}}}})
        wire.say(QUESTION)
        connection.input_audio_buffer.commit()
        item = wire.until("input_audio_buffer.committed")["item_id"]
        wire.until("conversation.item.input_audio_transcription.completed")
        connection.conversation.item.retrieve(item_id=item)
        content = wire.until("conversation.item.retrieved")["item"]["content"][0]
    assert base64.b64decode(content["audio"]) == QUESTION
    assert content["transcript"] == "Hello"


def test_server_tools(play: Callable[[str], OpenAI]) -> None:
    client = play("""
openai-realtime:
  mcp:
    docs:
      tools:
      - {name: search, description: Searches., output: A page.}
steps:
- await: user
- call: search
  args: {q: gems}
- await: tool_result
- say: Found it.
""")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        connection.session.update(session={
            "type": "realtime", "tools": [{
                "type": "mcp", "server_label": "docs", "server_url": "https://docs.test/mcp",
                "require_approval": "always"}]})
        wire.until("mcp_list_tools.completed")
        connection.response.create()
        request = wire.until("response.done")["response"]["output"][0]
        assert request["type"] == "mcp_approval_request"
        connection.conversation.item.create(item={
            "id": "mine", "type": "mcp_approval_response", "approve": True,
            "approval_request_id": request["id"]})
        wire.until("response.mcp_call.completed")
        connection.response.create()
        wire.until("response.output_audio_transcript.done")
        assert wire.until("response.done")["response"]["status"] == "completed"


def test_a_session_expires(play: Callable[[str], OpenAI]) -> None:
    client = play("openai-realtime: {session_limit: 1s}\nsteps:\n- await: user\n")
    with client.realtime.connect(model="gpt-realtime") as connection:
        wire = Wire(connection)
        assert wire.until("error")["error"]["code"] == "session_expired"
        with pytest.raises(Exception) as caught:
            wire.receive()
    assert caught.value.rcvd.code == 1001
