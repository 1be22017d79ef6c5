"""What google-genai 1.75 does with the legacy schema of the Interactions API.

Run by `test_interactions_legacy.py` with an interpreter that has that version:
`legacy_client.py NAME`, where NAME is a function of this file. The server's address comes in the
environment, as the SDK expects it.
"""

import json
import sys

import httpx
from google import genai
from google.genai import _interactions as interactions
from pydantic import BaseModel

MODEL = "gemini-3-flash-preview"
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}
# Sent by the service, and missing in the SDK's class.
WIRE_ONLY = {"Interaction.object"}


def unknown(model: object, path: str) -> set[str]:
    if isinstance(model, list):
        return {name for item in model for name in unknown(item, path)}
    if not isinstance(model, BaseModel):
        return set()
    found = {f"{path}.{name}" for name in model.model_extra or {}}
    for name in type(model).model_fields:
        found |= unknown(getattr(model, name), f"{path}.{name}")
    return found


def check(model: BaseModel) -> BaseModel:
    found = {name for name in unknown(model, type(model).__name__)
             if not name.endswith("interaction.object")} - WIRE_ONLY
    assert not found, f"the SDK knows no {found}"
    # The SDK builds its models without validation; here they have to stand it.
    type(model).model_validate(model.model_dump(exclude_unset=True))
    return model


def collect(stream) -> list[BaseModel]:
    return [check(event) for event in stream]


def whole(client: genai.Client) -> None:
    answer = check(client.interactions.create(model=MODEL, input="Hi"))
    assert [output.type for output in answer.outputs] == ["thought", "text"]
    assert answer.outputs[-1].text == "Hello from the mock."
    assert (answer.role, answer.status) == ("model", "completed")
    kept = check(client.interactions.get(answer.id))
    assert kept.outputs[-1].text == "Hello from the mock."
    client.interactions.delete(answer.id)
    try:
        client.interactions.get(answer.id)
    except interactions.NotFoundError:
        return
    raise AssertionError("it is still there")


def stream(client: genai.Client) -> None:
    events = collect(client.interactions.create(model=MODEL, input="Hi", stream=True))
    kinds = [event.event_type for event in events]
    assert kinds == [
        "interaction.start", "interaction.status_update", "content.start", "content.delta",
        "content.stop", "content.start", "content.delta", "content.stop", "interaction.complete"], kinds
    deltas = [event.delta for event in events if event.event_type == "content.delta"]
    assert "".join(d.text for d in deltas if d.type == "text") == "Hello from the mock."
    assert events[-1].interaction.usage.total_tokens > 0


def function(client: genai.Client) -> None:
    first = check(client.interactions.create(model=MODEL, input="Weather?", tools=[WEATHER]))
    assert first.status == "requires_action"
    call = first.outputs[-1]
    assert call.arguments == {"location": "Ankara"}
    result = {"type": "function_result", "call_id": call.id, "name": call.name, "result": "22"}
    second = check(client.interactions.create(
        model=MODEL, tools=[WEATHER], previous_interaction_id=first.id, input=[result]))
    assert second.outputs[-1].text == "It is 22 degrees."


def function_stream(client: genai.Client) -> None:
    events = collect(client.interactions.create(
        model=MODEL, input="Weather?", tools=[WEATHER], stream=True))
    deltas = [event.delta for event in events if event.event_type == "content.delta"]
    assert [d.arguments for d in deltas if d.type == "function_call"] == [{"location": "Ankara"}]
    assert events[-1].interaction.status == "requires_action"


def turns(client: genai.Client) -> None:
    answer = check(client.interactions.create(model=MODEL, store=False, input=[
        {"role": "user", "content": "One"}, {"role": "model", "content": "Two"},
        {"role": "user", "content": [{"type": "text", "text": "Three"}]}]))
    assert answer.outputs[-1].text == "Four."


def background(client: genai.Client) -> None:
    run = client.interactions.create(
        agent="deep-research-preview-04-2026", input="Compare.", background=True)
    assert check(run).status == "in_progress"
    while run.status == "in_progress":
        run = check(client.interactions.get(run.id))
    assert run.outputs[-1].text == "A is better."


def failure(client: genai.Client) -> None:
    try:
        client.interactions.create(model=MODEL, input="?")
    except interactions.RateLimitError as error:
        assert error.body == {"error": {"message": "Slow.", "code": "rate_limit_exceeded"}}
        return
    raise AssertionError("it answered")


def raw_stream(client: genai.Client) -> list:
    return list(client.interactions.create(model=MODEL, input="?", stream=True))


def no_json(client: genai.Client) -> None:
    try:
        raw_stream(client)
    except json.JSONDecodeError:
        return
    raise AssertionError("it was read")


def no_type(client: genai.Client) -> None:
    event = raw_stream(client)[2]
    assert type(event).__name__ == "InteractionStartEvent" and event.event_type is None


def dropped(client: genai.Client) -> None:
    assert len(raw_stream(client)) == 2


def allowed(client: genai.Client) -> None:
    events = collect(client.interactions.create(model=MODEL, input="Hi", stream=True))
    assert events[0].event_type == "interaction.start"
    assert events[-1].event_type == "interaction.complete"


def cut(client: genai.Client) -> None:
    try:
        raw_stream(client)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return
    raise AssertionError("it ended well")


def sunset(client: genai.Client) -> None:
    try:
        client.interactions.create(model=MODEL, input="?")
    except interactions.BadRequestError as error:
        assert "legacy Interactions API schema is no longer supported" in str(error)
        return
    raise AssertionError("it answered")


if __name__ == "__main__":
    assert genai.__version__.startswith("1."), genai.__version__
    name = sys.argv[1]
    with genai.Client(api_key="any") as client:
        globals()[name](client)
    print(f"ok {name}")
