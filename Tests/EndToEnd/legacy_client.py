"""What google-genai 1.75 does with the legacy schema of the Interactions API.

Run by `test_interactions_legacy.py` with an interpreter that has that version:
`legacy_client.py NAME`, where NAME is a function of this file. The server's address comes in the
environment, as the SDK expects it.
"""

import io
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
    # The SDK builds its models without validation; here they have to stand it, but for a content
    # that begins: of that only the type is known.
    if getattr(model, "event_type", None) == "content.start":
        return model
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
    raises(interactions.NotFoundError, client.interactions.get, answer.id)


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


def raises(error: type[Exception], call, *arguments, **options) -> Exception:
    try:
        call(*arguments, **options)
    except error as caught:
        assert type(caught) is error, caught
        return caught
    raise AssertionError("it answered")


def chain(client: genai.Client) -> None:
    first = check(client.interactions.create(model=MODEL, input="I have 2 dogs."))
    second = check(client.interactions.create(
        model=MODEL, input="Paws?", previous_interaction_id=first.id))
    assert second.outputs[-1].text == "Eight."
    assert second.previous_interaction_id == first.id
    client.interactions.delete(first.id)
    raises(interactions.NotFoundError, client.interactions.create,
           model=MODEL, input="And cats?", previous_interaction_id=first.id)


def stateless(client: genai.Client) -> None:
    history = [{"role": "user", "content": "I have 2 dogs."}]
    first = check(client.interactions.create(model=MODEL, input=history, store=False))
    outputs = [output.model_dump(exclude_none=True) for output in first.outputs]
    history += [{"role": "model", "content": outputs}, {"role": "user", "content": "Paws?"}]
    second = check(client.interactions.create(model=MODEL, input=history, store=False))
    assert second.outputs[-1].text == "Eight."
    raises(interactions.NotFoundError, client.interactions.get, first.id)


RESEARCH = {
    "agent": "deep-research-preview-04-2026", "input": "Compare.", "background": True,
    "agent_config": {"type": "deep-research", "thinking_summaries": "auto"},
}


def cancel(client: genai.Client) -> None:
    run = client.interactions.create(**RESEARCH)
    assert check(client.interactions.cancel(run.id)).status == "cancelled"
    assert check(client.interactions.get(run.id)).status == "cancelled"
    raises(interactions.BadRequestError, client.interactions.cancel, run.id)


def resume(client: genai.Client) -> None:
    seen = []
    stream = client.interactions.create(**RESEARCH, stream=True)
    for event in stream:
        seen.append(check(event))
        if event.event_id:
            break
    stream.close()
    id = seen[0].interaction.id
    rest = collect(client.interactions.get(id, stream=True, last_event_id=seen[-1].event_id))
    assert rest[-1].interaction.status == "completed" and all(event.event_id for event in rest)
    whole = collect(client.interactions.get(id, stream=True))
    assert [e.event_type for e in seen + rest] == [e.event_type for e in whole]


def thinking(client: genai.Client) -> None:
    answer = check(client.interactions.create(
        model=MODEL, input="?",
        generation_config={"thinking_summaries": "auto", "thinking_level": "low"}))
    thought = answer.outputs[0]
    assert (thought.type, thought.summary[0].text) == ("thought", "Hm.")
    assert thought.signature and answer.usage.total_thought_tokens > 0
    deltas = [event.delta for event in collect(client.interactions.create(
        model=MODEL, input="?", stream=True, generation_config={"thinking_summaries": "auto"}))
        if event.event_type == "content.delta"]
    assert [delta.content.text for delta in deltas if delta.type == "thought_summary"] == ["Hm."]


def uploaded(client: genai.Client) -> None:
    file = client.files.upload(file=io.BytesIO(b"pixels"), config={"mime_type": "image/png"})
    picture = {"type": "image", "uri": file.uri, "mime_type": file.mime_type}
    question = {"type": "text", "text": "What is it?"}
    answer = check(client.interactions.create(model=MODEL, input=[question, picture]))
    assert {m.modality for m in answer.usage.input_tokens_by_modality} == {"text", "image"}
    client.files.delete(name=file.name)
    raises(interactions.PermissionDeniedError, client.interactions.create,
           model=MODEL, input=[question, picture])


def failure(client: genai.Client) -> None:
    error = raises(
        interactions.RateLimitError, client.interactions.create, model=MODEL, input="?")
    assert error.body == {"error": {"message": "Slow.", "code": "rate_limit_exceeded"}}


def allowed(client: genai.Client) -> None:
    events = collect(client.interactions.create(model=MODEL, input="Hi", stream=True))
    assert events[0].event_type == "interaction.start"
    assert events[-1].event_type == "interaction.complete"


def sunset(client: genai.Client) -> None:
    error = raises(
        interactions.BadRequestError, client.interactions.create, model=MODEL, input="?")
    assert "legacy Interactions API schema is no longer supported" in str(error)


def goldens(client: genai.Client) -> None:
    """Holds the conversations that come on stdin, by scenario; tells how many events came."""
    counts = {}
    for scenario, bodies in json.load(sys.stdin).items():
        with genai.Client(api_key=f"legacy {scenario}", http_options={
            "headers": {"x-mockgem-scenario": scenario}}) as player:
            # What is cut short leaves nothing to go on from.
            last = 1 if "cut" in scenario else len(bodies)
            counts[scenario] = sum(played(player, scenario, body) for body in bodies[:last])
    print(json.dumps(counts))


CLASSES = {
    "interaction.start": "InteractionStartEvent", "content.start": "ContentStart",
    "interaction.status_update": "InteractionStatusUpdate", "content.delta": "ContentDelta",
    "content.stop": "ContentStop", "interaction.complete": "InteractionCompleteEvent",
    "error": "ErrorEvent",
}


def played(client: genai.Client, scenario: str, body: dict) -> int:
    count = 0
    try:
        for event in client.interactions.create(**body):
            # What it does not know is taken for the first class it knows.
            assert type(check(event)).__name__ == CLASSES[event.event_type], event
            count += 1
    except httpx.HTTPError:
        assert "cut" in scenario, scenario
    return count


if __name__ == "__main__":
    assert genai.__version__.startswith("1."), genai.__version__
    name = sys.argv[1]
    with genai.Client(api_key="any") as client:
        globals()[name](client)
    print(f"ok {name}")
