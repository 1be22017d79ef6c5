"""google-genai, unmodified, against the REST family of the Gemini API; and raw requests."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pydantic
import pytest
from gemini_play import MODEL, TOOLS, Mock, play  # noqa: F401
from google import genai
from google.genai import errors, types


def check(model: pydantic.BaseModel) -> None:
    """The SDK's types forbid what they do not know; nothing unknown may have slipped through."""
    assert not model.model_extra, model.model_extra


# Content


def test_an_answer(play: Callable[..., Mock]) -> None:
    mock = play()
    response = mock.client.models.generate_content(model=MODEL, contents="Hi")
    check(response)
    assert response.text == "Hello there, how are you today, on this fine and sunny day?"
    assert response.candidates[0].finish_reason == types.FinishReason.STOP
    usage = response.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count
    assert response.model_version == MODEL
    assert response.response_id


def test_a_stream(play: Callable[..., Mock]) -> None:
    chunks = list(play().client.models.generate_content_stream(model=MODEL, contents="Hi"))
    assert len(chunks) > 1
    for chunk in chunks:
        check(chunk)
    text = "".join(chunk.text or "" for chunk in chunks)
    assert text == "Hello there, how are you today, on this fine and sunny day?"
    reasons = [chunk.candidates[0].finish_reason for chunk in chunks]
    assert reasons == [None] * (len(chunks) - 1) + [types.FinishReason.STOP]


async def test_an_asynchronous_stream(play: Callable[..., Mock]) -> None:
    text = ""
    async for chunk in await play().client.aio.models.generate_content_stream(
        model=MODEL, contents="Hi"
    ):
        text += chunk.text or ""
    assert text == "Hello there, how are you today, on this fine and sunny day?"


def test_a_chat_goes_on_where_its_history_ends(play: Callable[..., Mock]) -> None:
    chat = play().client.chats.create(model=MODEL)
    assert chat.send_message("Hi").text.startswith("Hello there")
    said = "".join(chunk.text or "" for chunk in chat.send_message_stream("Fine, thanks."))
    assert said == "I am glad to hear it."
    assert [content.role for content in chat.get_history()][:3] == ["user", "model", "user"]


def test_functions_are_called_by_the_sdk(play: Callable[..., Mock]) -> None:
    calls = []

    def multiply(a: int, b: int) -> int:
        """Returns a * b."""
        calls.append((a, b))
        return a * b

    response = play(TOOLS).client.models.generate_content(
        model=MODEL, contents="57 cats own 44 mittens each.",
        config=types.GenerateContentConfig(tools=[multiply]))
    assert calls == [(57, 44)]
    assert response.text == "That makes 2508 mittens."


def test_functions_are_called_in_a_stream(play: Callable[..., Mock]) -> None:
    def multiply(a: int, b: int) -> int:
        """Returns a * b."""
        return a * b

    chunks = play(TOOLS).client.models.generate_content_stream(
        model=MODEL, contents="57 cats own 44 mittens each.",
        config=types.GenerateContentConfig(tools=[multiply]))
    assert "".join(chunk.text or "" for chunk in chunks if chunk.function_calls is None) == (
        "That makes 2508 mittens.")


def test_json_fits_the_schema_of_the_client(play: Callable[..., Mock]) -> None:
    class Recipe(pydantic.BaseModel):
        name: str
        minutes: int
        ingredients: list[str]

    response = play().client.models.generate_content(
        model=MODEL, contents="A recipe?",
        config=types.GenerateContentConfig(
            response_mime_type="application/json", response_schema=list[Recipe]))
    assert isinstance(response.parsed[0], Recipe)


def test_thoughts_code_and_pictures(play: Callable[..., Mock], tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(b"\x89PNG")
    response = play("""
- await: user
- think: Let me see.
- execute: {code: print(1), output: "1"}
- show: dot.png
- say: Done.
""").client.models.generate_content(
        model=MODEL, contents="Draw.",
        config=types.GenerateContentConfig(
            thinking_config=types.ThinkingConfig(include_thoughts=True)))
    parts = response.candidates[0].content.parts
    assert parts[0].thought and parts[0].text == "Let me see."
    assert parts[1].executable_code.code == "print(1)"
    assert parts[2].code_execution_result.outcome == types.Outcome.OUTCOME_OK
    assert parts[3].inline_data.data == b"\x89PNG"
    assert parts[4].text == "Done."


def test_failures_are_the_sdks_exceptions(play: Callable[..., Mock]) -> None:
    mock = play("\n- await: user\n- fail: {code: RESOURCE_EXHAUSTED, retry_after: 34s}\n")
    with pytest.raises(errors.ClientError) as caught:
        mock.client.models.generate_content(model=MODEL, contents="Hi")
    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")


def test_a_failure_in_mid_stream_is_raised(play: Callable[..., Mock]) -> None:
    mock = play("\n- await: user\n- say: Once upon a time there was a\n- fail: {status: 503}\n")
    said = ""
    with pytest.raises(errors.ServerError) as caught:
        for chunk in mock.client.models.generate_content_stream(model=MODEL, contents="Hi"):
            said += chunk.text or ""
    assert caught.value.code == 503
    assert said == "Once upon a time there was a"


def test_a_blocked_prompt(play: Callable[..., Mock]) -> None:
    mock = play("\n- await: user\n- end_turn: {incomplete: prompt_prohibited_content}\n")
    response = mock.client.models.generate_content(model=MODEL, contents="Hi")
    assert response.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT
    assert response.candidates is None


# Models


def test_models_tokens_and_embeddings(play: Callable[..., Mock]) -> None:
    client = play().client
    names = [model.name for model in client.models.list()]
    assert "models/gemini-2.5-flash" in names
    model = client.models.get(model=MODEL)
    check(model)
    assert model.input_token_limit == 1_048_576
    assert client.models.count_tokens(model=MODEL, contents="12345678").total_tokens == 2
    reply = client.models.embed_content(
        model="gemini-embedding-001", contents=["a cat", "a cat", "a dog"],
        config=types.EmbedContentConfig(output_dimensionality=128))
    first, second, third = (embedding.values for embedding in reply.embeddings)
    assert len(first) == 128
    assert first == second != third
    assert sum(value * value for value in first) == pytest.approx(1, abs=1e-5)


# Tuned models


def test_a_tuning_job_runs_to_its_end(play: Callable[..., Mock]) -> None:
    mock = play(head="gemini-rest: {tuning: {lasts: 1s}, require_training_data: false}")
    job = mock.client.tunings.tune(
        base_model="models/gemini-1.5-flash-001-tuning",
        training_dataset=types.TuningDataset(
            examples=[types.TuningExample(text_input="1", output="2")]),
        config=types.CreateTuningJobConfig(tuned_model_display_name="number generator"))
    assert job.state == types.JobState.JOB_STATE_QUEUED
    states = []
    while not states or states[-1] != types.JobState.JOB_STATE_SUCCEEDED:
        states.append(mock.client.tunings.get(name=job.name).state)
    assert set(states[:-1]) <= {types.JobState.JOB_STATE_RUNNING}
    response = mock.client.models.generate_content(model=job.name, contents="Hi")
    assert response.text.startswith("Hello there")
    tuned = list(mock.client.models.list(config={"query_base": False}))
    assert [model.name for model in tuned] == [job.name]
    renamed = mock.client.models.update(
        model=job.name, config=types.UpdateModelConfig(display_name="renamed"))
    assert renamed.display_name == "renamed"
    mock.client.models.delete(model=job.name)
    with pytest.raises(errors.ClientError) as caught:
        mock.client.models.get(model=job.name)
    assert caught.value.code == 404


def test_tuning_as_google_generativeai_asks_for_it(play: Callable[..., Mock]) -> None:
    """Its requests, recorded: numbers for enums, an encoded `$alt`, and arrays for streams."""
    mock = play(head="gemini-rest: {tuning: {lasts: 0s}}")
    alt = "?%24alt=json%3Benum-encoding%3Dint"
    examples = [{"textInput": str(i), "output": str(i + 1)} for i in range(15)]
    operation = mock.json("POST", f"/v1beta/tunedModels{alt}&tunedModelId=one", json.dumps({
        "displayName": "one", "baseModel": "models/gemini-1.5-flash-001-tuning",
        "tuningTask": {
            "hyperparameters": {"epochCount": 5, "batchSize": 4},
            "trainingData": {"examples": {"examples": examples}}}}))
    assert operation["metadata"]["totalSteps"] == 19
    assert operation["response"]["state"] == 2
    assert mock.json("GET", f"/v1beta/{operation['name']}")["done"]
    changed = mock.json(
        "PATCH", f"/v1beta/tunedModels/one{alt}&updateMask=displayName",
        json.dumps({"name": "tunedModels/one", "displayName": "two", "state": 2}))
    assert changed["displayName"] == "two"
    permission = mock.json(
        "POST", f"/v1beta/tunedModels/one/permissions{alt}", '{"granteeType":3,"role":3}')
    assert (permission["granteeType"], permission["role"]) == (3, 3)
    prompt = '{"contents": [{"parts": [{"text": "7"}]}]}'
    body = mock.request("POST", f"/v1beta/tunedModels/one:streamGenerateContent{alt}", prompt)[2]
    assert body.startswith(b"[{") and body.endswith(b"}]")
    chunks = json.loads(body)
    assert len(chunks) > 1
    assert chunks[-1]["candidates"][0]["finishReason"] == 1


def test_resources_that_are_there_at_the_start(play: Callable[..., Mock]) -> None:
    mock = play(head="""
gemini-rest:
  tuned_models:
  - name: tunedModels/ready
    displayName: Ready
  - {name: tunedModels/broken, state: FAILED}
  files:
  - {name: files/notes, mimeType: text/plain, text: Hello}
  - {name: files/made, mimeType: text/plain, text: Made, source: GENERATED}
""")
    states = {model["name"]: model["state"] for model in mock.json("GET", "/v1/tunedModels")["tunedModels"]}
    assert states == {"tunedModels/ready": "ACTIVE", "tunedModels/broken": "FAILED"}
    assert mock.client.files.get(name="notes").size_bytes == 5
    assert mock.client.files.download(file="files/made") == b"Made"


# Files and caches


def test_a_small_file(play: Callable[..., Mock]) -> None:
    client = play().client
    file = client.files.upload(
        file=io.BytesIO(b"abc"), config={"mime_type": "text/plain", "display_name": "notes"})
    check(file)
    assert file.state == types.FileState.ACTIVE
    assert file.size_bytes == 3
    digest = hashlib.sha256(b"abc").hexdigest()
    assert base64.b64decode(file.sha256_hash).decode() == digest
    response = client.models.generate_content(model=MODEL, contents=["Read this.", file])
    assert response.text
    assert [item.name for item in client.files.list()] == [file.name]
    client.files.delete(name=file.name)
    with pytest.raises(errors.ClientError) as caught:
        client.files.get(name=file.name)
    assert caught.value.code == 403


def test_twenty_megabytes_come_in_chunks(play: Callable[..., Mock]) -> None:
    contents = bytes(range(256)) * (20 << 12)
    file = play().client.files.upload(
        file=io.BytesIO(contents), config={"mime_type": "application/octet-stream"})
    assert file.size_bytes == len(contents) == 20 << 20
    digest = base64.b64decode(file.sha256_hash).decode()
    assert digest == hashlib.sha256(contents).hexdigest()


def test_an_upload_stays_under_tls(play: Callable[..., Mock]) -> None:
    server = play().server
    client = genai.Client(api_key="k", http_options={"base_url": server.https})
    file = client.files.upload(file=io.BytesIO(b"abc"), config={"mime_type": "text/plain"})
    assert file.uri.startswith(server.https)


def test_a_video_is_polled(play: Callable[..., Mock]) -> None:
    client = play(head="gemini-rest: {file_processing: 1s}").client
    file = client.files.upload(file=io.BytesIO(b"frames"), config={"mime_type": "video/mp4"})
    assert file.state == types.FileState.PROCESSING
    while file.state != types.FileState.ACTIVE:
        file = client.files.get(name=file.name)
    assert file.video_metadata


def test_uploads_of_two_keys_do_not_meet(play: Callable[..., Mock]) -> None:
    mock = play()
    other = genai.Client(api_key="other", http_options={"base_url": mock.server.http})
    other.files.upload(file=io.BytesIO(b"abc"), config={"mime_type": "text/plain"})
    assert list(mock.client.files.list()) == []
    assert len(list(other.files.list())) == 1


def test_a_cache(play: Callable[..., Mock]) -> None:
    client = play().client
    cache = client.caches.create(
        model=MODEL,
        config=types.CreateCachedContentConfig(
            contents=[types.Content(role="user", parts=[types.Part(text="12345678")])],
            system_instruction="1234", display_name="notes", ttl="300s"))
    check(cache)
    assert cache.usage_metadata.total_token_count == 3
    response = client.models.generate_content(
        model=MODEL, contents="Hi",
        config=types.GenerateContentConfig(cached_content=cache.name))
    assert response.usage_metadata.cached_content_token_count == 3
    longer = client.caches.update(
        name=cache.name, config=types.UpdateCachedContentConfig(ttl="600s"))
    assert longer.expire_time > cache.expire_time
    assert [item.name for item in client.caches.list()] == [cache.name]
    client.caches.delete(name=cache.name)
    with pytest.raises(errors.ClientError):
        client.caches.get(name=cache.name)


# Raw requests


def test_bodies_as_shell_examples_write_them(play: Callable[..., Mock]) -> None:
    mock = play()
    status, headers, _ = mock.request(
        "POST", "/upload/v1beta/files?key=k", "{'file': {'display_name': 'AUDIO'}}",
        X_Goog_Upload_Protocol="resumable", X_Goog_Upload_Command="start",
        X_Goog_Upload_Header_Content_Length="3", X_Goog_Upload_Header_Content_Type="audio/mp3")
    assert status == 200
    address = headers["X-Goog-Upload-URL"].removeprefix(mock.server.http)
    body = mock.request(
        "POST", address, b"abc", X_Goog_Upload_Command="upload, finalize",
        X_Goog_Upload_Offset="0", Content_Type="application/x-www-form-urlencoded")[2]
    file = json.loads(body)["file"]
    assert file["uri"].startswith(mock.server.http)
    body = mock.request("POST", "/v1beta/models/gemini-2.0-flash:generateContent?key=k", f"""{{
      "contents": [{{
        "parts":[{{'text': "Describe this"}}, {{"file_data":{{"mime_type": "audio/mp3",
          "file_uri": '{file["uri"]}'}}}},],
      }}],
      "tool_config": {{"function_calling_config": {{"mode": "auto"}}}},
    }}""")[2]
    lines = body.decode().splitlines()
    assert any(line.strip().startswith('"text": "Hello there') for line in lines)


def test_errors_in_the_words_of_the_service(play: Callable[..., Mock]) -> None:
    mock = play(head="auth: {keys: [k]}")
    path = f"/v1beta/models/{MODEL}:generateContent"
    status, _, body = mock.request("POST", path, '{"contentz": []}')
    error = json.loads(body)["error"]
    assert (status, error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"].endswith('Unknown name "contentz": Cannot find field.')
    status, _, body = mock.request("POST", path, "{}", x_goog_api_key="bad")
    assert status == 400
    assert json.loads(body)["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert mock.request("POST", path, "{}", x_goog_api_key="")[0] == 403
    assert mock.request("GET", "/v1/corpora/x/permissions")[0] == 404


def test_keys_quotas_and_tokens(play: Callable[..., Mock]) -> None:
    mock = play(head="auth: {expired: [old], quota: 2, oauth_only: [files.list]}")

    def refusal(key: str, call: Callable[[genai.Client], object]) -> tuple[int, str]:
        client = genai.Client(api_key=key, http_options={"base_url": mock.server.http})
        with pytest.raises(errors.ClientError) as caught:
            call(client)
        return caught.value.code, caught.value.status

    assert refusal("old", lambda client: client.models.get(model=MODEL)) == (
        400, "INVALID_ARGUMENT")
    assert refusal("a", lambda client: list(client.files.list())) == (401, "UNAUTHENTICATED")
    assert mock.request("GET", "/v1/files", Authorization="Bearer t", x_goog_api_key="")[0] == 200
    for _ in range(2):
        mock.client.models.get(model=MODEL)
    assert refusal("k", lambda client: client.models.get(model=MODEL)) == (
        429, "RESOURCE_EXHAUSTED")
    _, _, body = mock.request("GET", "/v1/models")
    details = {item["@type"].rpartition(".")[2]: item for item in json.loads(body)["error"]["details"]}
    assert 0 < float(details["RetryInfo"]["retryDelay"].removesuffix("s")) <= 60
