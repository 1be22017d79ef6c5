"""google-genai's `client.interactions`, unmodified, against scenarios of this file."""

import base64
import io
import json
import wave

import pytest
from conftest import pcm
from google.genai._gaos.lib import compat_errors as errors
from interactions_play import HELLO, MODEL, collect, play, text_of  # noqa: F401
from sdk_types import check_interactions

AGENT = "deep-research-preview-04-2026"
WEATHER = {
    "type": "function", "name": "get_weather",
    "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
}


def test_a_whole_answer(play) -> None:
    answer = play(HELLO).interactions.create(model=MODEL, input="Hi")
    check_interactions(answer)
    assert answer.output_text == "Hello, this is a somewhat longer answer."
    assert answer.status == "completed"
    assert [step.type for step in answer.steps] == ["thought", "model_output"]
    usage = answer.usage
    assert usage.total_tokens == (
        usage.total_input_tokens + usage.total_output_tokens + usage.total_thought_tokens)


def test_a_stream(play) -> None:
    events = collect(play(HELLO).interactions.create(model=MODEL, input="Hi", stream=True))
    kinds = [event.event_type for event in events]
    assert kinds[:2] == ["interaction.created", "interaction.status_update"]
    assert kinds[-1] == "interaction.completed"
    assert text_of(events) == "Hello, this is a somewhat longer answer."
    assert events[-1].interaction.status == "completed"


async def test_both_asynchronously(play) -> None:
    client = play(HELLO)
    answer = await client.aio.interactions.create(model=MODEL, input="Hi")
    check_interactions(answer)
    events = []
    async for event in await client.aio.interactions.create(model=MODEL, input="Hi", stream=True):
        check_interactions(event)
        events.append(event)
    assert text_of(events) == answer.output_text


def test_a_function_round(play) -> None:
    client = play("""
- await: user
- call: get_weather
  args: {location: Ankara}
- await: tool_result
  expect: {output: {celsius: 22}}
- say: It is 22 degrees.
""")
    first = client.interactions.create(model=MODEL, input="Weather?", tools=[WEATHER])
    check_interactions(first)
    assert first.status == "requires_action"
    call = first.steps[-1]
    assert (call.name, call.arguments) == ("get_weather", {"location": "Ankara"})
    result = {
        "type": "function_result", "call_id": call.id, "name": call.name,
        "result": {"celsius": 22}}
    second = client.interactions.create(
        model=MODEL, tools=[WEATHER], previous_interaction_id=first.id, input=[result])
    assert second.output_text == "It is 22 degrees."
    assert second.previous_interaction_id == first.id


def test_streamed_arguments_are_json_in_pieces(play) -> None:
    client = play("- await: user\n- call: get_weather\n  args: {location: İstanbul, unit: c}\n"
                  "- await: tool_result\n")
    events = collect(
        client.interactions.create(model=MODEL, input="?", tools=[WEATHER], stream=True))
    pieces = [e.delta.arguments for e in events
              if e.event_type == "step.delta" and e.delta.type == "arguments_delta"]
    assert len(pieces) > 1
    assert json.loads("".join(pieces)) == {"location": "İstanbul", "unit": "c"}
    assert events[-1].interaction.status == "requires_action"


TWO_TURNS = """
- await: user
- say: Noted.
- await: user
- say: Eight.
"""


def test_a_conversation_the_server_keeps(play) -> None:
    client = play(TWO_TURNS)
    first = client.interactions.create(model=MODEL, input="I have 2 dogs.")
    for _ in range(2):  # both go on from the same place
        second = client.interactions.create(
            model=MODEL, input="How many paws?", previous_interaction_id=first.id)
        assert second.output_text == "Eight."
        assert second.usage.total_input_tokens > first.usage.total_input_tokens


def test_a_conversation_the_client_keeps(play) -> None:
    client = play(TWO_TURNS)
    history = [{"type": "user_input", "content": [{"type": "text", "text": "I have 2 dogs."}]}]
    first = client.interactions.create(model=MODEL, input=history, store=False)
    history += [step.model_dump(exclude_none=True) for step in first.steps]
    history.append({"type": "user_input", "content": [{"type": "text", "text": "Paws?"}]})
    second = client.interactions.create(model=MODEL, input=history, store=False)
    assert second.output_text == "Eight."
    with pytest.raises(errors.NotFoundError):
        client.interactions.get(first.id)


def test_what_is_stored(play) -> None:
    client = play(HELLO)
    made = client.interactions.create(model=MODEL, input="Hi")
    kept = client.interactions.get(made.id, include_input=True)
    check_interactions(kept)
    assert [step.type for step in kept.steps] == ["user_input", "thought", "model_output"]
    assert kept.input == "Hi"
    client.interactions.delete(made.id)
    with pytest.raises(errors.NotFoundError) as caught:
        client.interactions.get(made.id)
    assert "Interaction not found." in str(caught.value)


RESEARCH = """
- await: user
- think: Reading.
- think: Weighing.
- say: A is better.
"""
SLOWLY = "pace: service\ninteractions: {background_time: 1s}"
RESEARCH_REQUEST = {
    "agent": AGENT, "input": "Compare.", "background": True,
    "agent_config": {"type": "deep-research", "thinking_summaries": "auto"},
}


def test_a_run_in_the_background(play) -> None:
    client = play(RESEARCH, SLOWLY)
    run = client.interactions.create(**RESEARCH_REQUEST)
    while run.status == "in_progress":
        check_interactions(run)
        assert not run.steps
        run = client.interactions.get(run.id)
    check_interactions(run)
    assert run.status == "completed"
    assert run.output_text == "A is better."
    assert run.steps[1].summary[0].text == "Reading."


def test_a_scenario_that_waits_makes_a_run_longer(play) -> None:
    steps = RESEARCH.replace("- say", "- wait: 700ms\n- say")
    client = play(steps, SLOWLY.replace("1s", "0s"))
    run = client.interactions.create(**RESEARCH_REQUEST)
    assert run.status == "in_progress"
    while run.status == "in_progress":
        run = client.interactions.get(run.id)
    assert run.output_text == "A is better."


def test_a_run_is_cancelled(play) -> None:
    client = play(RESEARCH, SLOWLY)
    run = client.interactions.create(**RESEARCH_REQUEST)
    cancelled = client.interactions.cancel(run.id)
    check_interactions(cancelled)
    assert cancelled.status == "cancelled"
    assert client.interactions.get(run.id).status == "cancelled"
    with pytest.raises(errors.BadRequestError):
        client.interactions.cancel(run.id)


def test_a_stream_is_dropped_and_resumed(play) -> None:
    client = play(RESEARCH, SLOWLY)
    seen = []
    stream = client.interactions.create(**RESEARCH_REQUEST, stream=True)
    for event in stream:
        seen.append(event)
        if event.event_id:
            break
    stream.close()
    rest = collect(client.interactions.get(
        seen[0].interaction.id, stream=True, last_event_id=seen[-1].event_id))
    assert all(event.event_id for event in rest)
    assert rest[-1].interaction.status == "completed"
    whole = collect(client.interactions.get(seen[0].interaction.id, stream=True))
    assert [e.event_type for e in seen + rest] == [e.event_type for e in whole]
    assert text_of(rest) == "A is better."


def test_a_client_that_leaves_may_come_back(play) -> None:
    client = play("- await: user\n- say: One.\n- wait: 100ms\n- say: Two.\n", "pace: service")
    stream = client.interactions.create(model=MODEL, input="Hi", stream=True)
    id = next(iter(stream)).interaction.id
    stream.close()
    events = collect(client.interactions.get(id, stream=True))
    assert text_of(events) == "One.Two."


def test_thoughts_are_summed_up_for_who_asks(play) -> None:
    client = play("- await: user\n- think: Hm.\n- say: 42\n- await: user\n- say: x\n")
    config = {"thinking_summaries": "auto", "thinking_level": "low"}
    asked = client.interactions.create(model=MODEL, input="?", generation_config=config)
    check_interactions(asked)
    assert asked.steps[0].summary[0].text == "Hm."
    plain = client.interactions.create(model=MODEL, input="?")
    assert plain.steps[0].summary is None and plain.steps[0].signature


TOOLS = """
- await: user
- execute: {code: print(6*7), output: "42\\n"}
- send: {type: google_search_call, arguments: {queries: [cats]}}
- send: {type: google_search_result, result: [{search_suggestions: <div/>}]}
- send: {type: url_context_call, arguments: {urls: ["https://cats"]}}
- send: {type: url_context_result, result: [{url: "https://cats", status: success}]}
- send: {type: google_maps_call, arguments: {queries: [cat cafe]}}
- send: {type: google_maps_result, result: [{places: [{name: Cats, place_id: p}]}]}
- send: {type: file_search_call}
- send: {type: file_search_result, result: []}
- send: {type: mcp_server_tool_call, name: f, server_name: s, arguments: {x: 1}}
- send: {type: mcp_server_tool_result, name: f, server_name: s, result: done}
- send:
    type: model_output
    content:
    - {type: text, text: Cats., annotations: [{type: url_citation, url: "https://cats", title: C}]}
"""


@pytest.mark.parametrize("stream", [False, True])
def test_tools_of_the_service(play, stream: bool) -> None:
    kinds = ["thought", "code_execution_call", "code_execution_result"]
    for tool in ("google_search", "url_context", "google_maps", "file_search", "mcp_server_tool"):
        kinds += [f"{tool}_call", f"{tool}_result"]
    client = play(TOOLS)
    if stream:
        events = collect(client.interactions.create(model=MODEL, input="?", stream=True))
        steps = [event.step for event in events if event.event_type == "step.start"]
        deltas = [event.delta for event in events if event.event_type == "step.delta"]
        assert deltas[-1].annotations[0].url == "https://cats"
    else:
        answer = client.interactions.create(model=MODEL, input="?")
        steps = answer.steps
        assert answer.usage.grounding_tool_count[0].count == 1
        assert steps[-1].content[0].annotations[0].title == "C"
    assert [step.type for step in steps] == kinds + ["model_output"]


def test_pictures_in_and_out(play) -> None:
    client = play("- await: user\n- show: {file: goodbye.wav, mime: image/png}\n")
    made = client.interactions.create(model=MODEL, input=[
        {"type": "text", "text": "Like this"},
        {"type": "image", "data": base64.b64encode(b"pixels").decode(), "mime_type": "image/png"}])
    check_interactions(made)
    assert made.output_image.mime_type == "image/png"
    assert base64.b64decode(made.output_image.data)
    modalities = {m.modality for m in made.usage.input_tokens_by_modality}
    assert modalities == {"text", "image"}


def test_an_uploaded_picture(play) -> None:
    client = play("- repeat:\n  steps: [{await: user}, {say: A cat.}]\n")
    file = client.files.upload(file=io.BytesIO(b"pixels"), config={"mime_type": "image/png"})
    picture = {"type": "image", "uri": file.uri, "mime_type": file.mime_type}
    question = {"type": "text", "text": "What is it?"}
    made = client.interactions.create(model=MODEL, input=[question, picture])
    check_interactions(made)
    assert made.output_text == "A cat."
    assert {m.modality for m in made.usage.input_tokens_by_modality} == {"text", "image"}
    events = collect(client.interactions.create(model=MODEL, stream=True, input=[
        {"type": "user_input", "content": [question, picture]}]))
    assert text_of(events) == "A cat."
    client.files.delete(name=file.name)
    with pytest.raises(errors.PermissionDeniedError) as caught:
        client.interactions.create(model=MODEL, input=[question, picture])
    assert caught.value.body["error"] == {
        "code": "permission_denied",
        "message": f"You do not have permission to access the File {file.name[6:]} or it may not "
        "exist."}


def test_a_video_that_is_not_ready(play) -> None:
    client = play(HELLO, "gemini-rest: {file_processing: 60min}")
    file = client.files.upload(file=io.BytesIO(b"frames"), config={"mime_type": "video/mp4"})
    with pytest.raises(errors.BadRequestError) as caught:
        client.interactions.create(model=MODEL, input=[
            {"type": "video", "uri": file.uri, "mime_type": "video/mp4"}])
    assert caught.value.body["error"]["code"] == "failed_precondition"


def test_a_file_that_was_there_before(play) -> None:
    head = "gemini-rest: {files: [{name: files/cat, mimeType: image/png, text: pixels}]}"
    client = play("- await: user\n- say: Purr.\n", head)
    for address in ("https://generativelanguage.googleapis.com/v1beta/files/cat",
                    "https://www.youtube.com/watch?v=cat"):
        made = client.interactions.create(model=MODEL, input=[
            {"type": "image", "uri": address, "mime_type": "image/png"}])
        assert made.output_text == "Purr."


def test_what_the_request_says_comes_back(play) -> None:
    client = play(HELLO)
    said = {
        "system_instruction": "Be brief.", "tools": [WEATHER], "labels": {"team": "a"},
        "generation_config": {"temperature": 0.5}, "environment": "remote",
        "response_format": {"type": "text", "mime_type": "text/plain"},
        "safety_settings": [{"type": "harassment", "threshold": "block_none"}],
    }
    made = client.interactions.create(model=MODEL, input="Hi", **said)
    check_interactions(made)
    kept = client.interactions.get(made.id)
    check_interactions(kept)
    for answer in (made, kept):
        dumped = answer.model_dump(exclude_none=True, exclude_unset=True)
        assert {name: dumped[name] for name in said} == said
        assert answer.environment_id == made.environment_id and made.environment_id
    other = client.interactions.create(
        model=MODEL, input="Hi", environment=made.environment_id)
    assert other.environment_id == made.environment_id


@pytest.mark.parametrize("stream", [False, True])
def test_speech(play, stream: bool) -> None:
    client = play("- await: user\n- say: {text: Bye., audio: goodbye.wav}\n")
    answer = client.interactions.create(
        model=MODEL, input="?", stream=stream, response_format={"type": "audio"})
    if stream:
        deltas = [e.delta for e in collect(answer) if e.event_type == "step.delta"]
        chunks = [delta.data for delta in deltas if delta.type == "audio"]
        assert len(chunks) > 3
        sound = b"".join(map(base64.b64decode, chunks))
    else:
        check_interactions(answer)
        assert (answer.output_audio.mime_type, answer.output_audio.sample_rate) == (
            "audio/l16", 24000)
        sound = base64.b64decode(answer.output_audio.data)
    assert sound == pcm("goodbye.wav")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind, rate", [
    ("audio/wav", 24000), ("audio/mulaw", 8000), ("audio/alaw", 8000), ("audio/mp3", 24000)])
def test_speech_in_the_format_that_is_asked_for(play, stream: bool, kind: str, rate: int) -> None:
    client = play("- await: user\n- say: {text: Bye., audio: goodbye.wav}\n")
    answer = client.interactions.create(
        model=MODEL, input="?", stream=stream, response_format={"type": "audio", "mime_type": kind})
    if stream:
        pieces = [e.delta for e in collect(answer) if e.event_type == "step.delta"][1:]
        assert len(pieces) > 3
    else:
        check_interactions(answer)
        pieces = answer.steps[-1].content
    # What compresses is not made here: plain samples come instead, and the log says so.
    made = "audio/l16" if kind == "audio/mp3" else kind
    assert {(piece.mime_type, piece.sample_rate) for piece in pieces} == {(made, rate)}
    sound, whole = b"".join(base64.b64decode(piece.data) for piece in pieces), pcm("goodbye.wav")
    if kind == "audio/wav":
        with wave.open(io.BytesIO(sound)) as file:
            assert file.getparams()[:4] == (1, 2, 24000, len(whole) // 2)
            assert file.readframes(len(whole)) == whole
    elif kind == "audio/mp3":
        assert sound == whole
    else:
        assert len(sound) == -(-len(whole) // 6)
