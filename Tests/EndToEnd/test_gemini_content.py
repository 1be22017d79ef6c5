"""google-genai, unmodified: chats that call functions, shapes of JSON, ends of answers, errors."""

import enum
from collections.abc import Callable

import pydantic
import pytest
from gemini_play import MODEL, TOOLS, Mock, play  # noqa: F401
from google.genai import errors, types


def multiply(a: int, b: int) -> int:
    """Returns a * b."""
    return a * b


def test_a_chat_calls_functions_by_itself(play: Callable[..., Mock]) -> None:
    mock = play(TOOLS + "- await: user\n- say: You are welcome.\n")
    chat = mock.client.chats.create(
        model=MODEL, config=types.GenerateContentConfig(tools=[multiply]))
    assert chat.send_message("57 cats own 44 mittens each.").text == "That makes 2508 mittens."
    assert chat.send_message("Thanks.").text == "You are welcome."
    parts = [part for content in chat.get_history() for part in content.parts]
    assert [part.function_call.args for part in parts if part.function_call] == [{"a": 57, "b": 44}]
    [result] = [part.function_response for part in parts if part.function_response]
    assert result.response == {"result": 2508}


def test_several_rounds_of_functions(play: Callable[..., Mock]) -> None:
    steps = "\n- await: user" + "".join(
        f"\n- call: multiply\n  args: {{a: {number}, b: 1}}\n- await: tool_result"
        f"\n  expect: {{output: {{result: {number}}}}}" for number in range(5)) + "\n- say: Done.\n"
    mock = play(steps)
    response = mock.client.models.generate_content(
        model=MODEL, contents="Count.", config=types.GenerateContentConfig(tools=[multiply]))
    assert response.text == "Done."
    assert len(response.automatic_function_calling_history) == 11
    assert "expected" not in mock.server.log()


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Shoe(pydantic.BaseModel):
    name: str = pydantic.Field(min_length=3)
    size: Size
    price: float = pydantic.Field(ge=10, le=20)
    colours: list[str] = pydantic.Field(min_length=2, max_length=3)
    twin: "Shoe | None" = None


@pytest.mark.parametrize("config", [
    {"response_schema": Shoe}, {"response_json_schema": Shoe.model_json_schema()},
])
def test_made_up_json_fits(play: Callable[..., Mock], config: dict) -> None:
    if "response_schema" in config:  # the SDK refuses references to itself there
        config = {"response_schema": pydantic.create_model(
            "Flat", **{name: (field.annotation, field) for name, field in
                       Shoe.model_fields.items() if name != "twin"})}
    response = play("\n- await: user\n- end_turn:\n").client.models.generate_content(
        model=MODEL, contents="A shoe?",
        config=types.GenerateContentConfig(response_mime_type="application/json", **config))
    Shoe.model_validate_json(response.text)


def test_one_word_of_an_enum(play: Callable[..., Mock]) -> None:
    response = play("\n- await: user\n- end_turn:\n").client.models.generate_content(
        model=MODEL, contents="Which size?", config=types.GenerateContentConfig(
            response_mime_type="text/x.enum", response_schema=Size))
    assert response.parsed in Size


def test_json_of_the_scenario_is_left_alone(play: Callable[..., Mock]) -> None:
    response = play("""
- await: user
- say: '{"name": "Boot", "size": "large", "price": 12.5, "colours": ["red", "blue"]}'
""").client.models.generate_content(
        model=MODEL, contents="A shoe?", config=types.GenerateContentConfig(
            response_mime_type="application/json",
            response_json_schema=Shoe.model_json_schema()))
    assert Shoe.model_validate_json(response.text).name == "Boot"


@pytest.mark.parametrize("reason", [
    "MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT",
    "SPII", "MALFORMED_FUNCTION_CALL", "IMAGE_SAFETY", "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
])
def test_an_answer_ends_for_a_reason(play: Callable[..., Mock], reason: str) -> None:
    steps = f"\n- await: user\n- say: Once\n- end_turn: {{incomplete: {reason.lower()}}}\n"
    mock = play(f"{steps}{steps}")
    response = mock.client.models.generate_content(model=MODEL, contents="Hi")
    assert response.candidates[0].finish_reason == types.FinishReason[reason]
    *_, last = mock.client.models.generate_content_stream(
        model=MODEL, contents=["Hi", types.ModelContent("Once"), types.UserContent("And?")])
    assert last.candidates[0].finish_reason == types.FinishReason[reason]


@pytest.mark.parametrize("reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT"])
def test_a_prompt_is_blocked_in_a_stream_too(play: Callable[..., Mock], reason: str) -> None:
    mock = play(f"\n- await: user\n- end_turn: {{incomplete: prompt_{reason.lower()}}}\n",
                head="gemini-rest: {safety_ratings: true}")
    [chunk] = mock.client.models.generate_content_stream(model=MODEL, contents="Hi")
    assert chunk.prompt_feedback.block_reason == types.BlockedReason[reason]
    assert chunk.prompt_feedback.safety_ratings
    assert chunk.candidates is None


@pytest.mark.parametrize("code, status, error", [
    ("INVALID_ARGUMENT", 400, errors.ClientError), ("FAILED_PRECONDITION", 400, errors.ClientError),
    ("UNAUTHENTICATED", 401, errors.ClientError), ("PERMISSION_DENIED", 403, errors.ClientError),
    ("NOT_FOUND", 404, errors.ClientError), ("ABORTED", 409, errors.ClientError),
    ("RESOURCE_EXHAUSTED", 429, errors.ClientError), ("CANCELLED", 499, errors.ClientError),
    ("INTERNAL", 500, errors.ServerError), ("UNIMPLEMENTED", 501, errors.ServerError),
    ("UNAVAILABLE", 503, errors.ServerError), ("DEADLINE_EXCEEDED", 504, errors.ServerError),
])
def test_an_error_has_its_class(
    play: Callable[..., Mock], code: str, status: int, error: type[errors.APIError]
) -> None:
    mock = play(f"\n- await: user\n- fail: {code}\n")
    with pytest.raises(error) as caught:
        mock.client.models.generate_content(model=MODEL, contents="Hi")
    assert (caught.value.code, caught.value.status) == (status, code)
    mock = play(f"\n- await: user\n- say: Once upon a time.\n- fail: {code}\n")
    with pytest.raises(error) as caught:
        list(mock.client.models.generate_content_stream(model=MODEL, contents="Hi"))
    assert (caught.value.code, caught.value.status) == (status, code)


def test_mistakes_of_a_client(play: Callable[..., Mock]) -> None:
    models = play(head="defaults: {models: [gemini-2.5-flash]}").client.models
    for call, code in [
        (lambda: models.generate_content(model="gemini-0", contents="Hi"), 404),
        (lambda: models.get(model="gemini-0"), 404),
        (lambda: models.embed_content(model=MODEL, contents="Hi"), 404),
        (lambda: models.generate_content(
            model=MODEL, contents="Hi", config={"cached_content": "cachedContents/none"}), 403),
        (lambda: models.generate_content(model=MODEL, contents=[types.Part.from_uri(
            file_uri="https://generativelanguage.googleapis.com/v1beta/files/none",
            mime_type="text/plain")]), 403),
    ]:
        with pytest.raises(errors.ClientError) as caught:
            call()
        assert caught.value.code == code
