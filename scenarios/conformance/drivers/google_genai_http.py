"""Does the task of a requirement with the HTTP side of the `google-genai` package:

    mockgem conform interactions gemini-rest -- \
      python scenarios/conformance/drivers/google_genai_http.py
"""

import io
import json
import os
import time

from google import genai
from google.genai import types

task = json.loads(os.environ["MOCKGEM_TASK"])
tools = task.get("tools", {})
client = genai.Client()
seen: dict = {"text": "", "calls": [], "answers": 0, "results": {}, "error": None}
MODEL = "gemini-2.5-flash"


# Interactions


def interact() -> None:
    declared = [{"type": "function", "name": name, "parameters": {"type": "object"}}
                for name in tools]
    shared = {"model": "gemini-3-flash-preview", "tools": declared or None,
              "system_instruction": task.get("instructions"), "stream": task.get("stream"),
              "store": False if task.get("stateless") else None}
    if task.get("background"):
        shared = {"agent": "deep-research-preview-04-2026", "background": True}
    shared = {name: value for name, value in shared.items() if value is not None}
    history: list = []
    previous = None
    for turn in task["turns"]:
        news: list = [{"type": "user_input", "content": [{"type": "text", "text": turn["text"]}]}]
        while news:
            history += news
            going_on = {"previous_interaction_id": previous} if previous else {}
            if task.get("stateless"):
                answer = client.interactions.create(input=history, **shared)
                history += [step.model_dump(exclude_none=True) for step in answer.steps]
            else:
                answer = client.interactions.create(input=news, **going_on, **shared)
            if task.get("stream"):
                previous, status, calls = follow(answer)
            else:
                while answer.status == "in_progress":
                    time.sleep(0.2)
                    answer = client.interactions.get(answer.id)
                previous, status = answer.id, answer.status
                seen["text"] += answer.output_text or ""
                calls = [(step.id, step.name, step.arguments) for step in answer.steps or []
                         if step.type == "function_call"]
            if status == "failed":
                seen["error"] = "the interaction failed"
            news = [run(*call) for call in calls]
        seen["answers"] += 1


def follow(stream) -> tuple[str | None, str, list]:
    """Reads a stream to its end."""
    identifier, status, calls = None, "cut", {}
    for event in stream:
        if event.event_type == "interaction.created":
            identifier = event.interaction.id
        elif event.event_type == "step.start" and event.step.type == "function_call":
            calls[event.index] = [event.step.id, event.step.name, ""]
        elif event.event_type == "step.delta" and event.delta.type == "text":
            seen["text"] += event.delta.text
        elif event.event_type == "step.delta" and event.delta.type == "arguments_delta":
            calls[event.index][2] += event.delta.arguments
        elif event.event_type == "error":
            seen["error"] = event.error.message
        elif event.event_type == "interaction.completed":
            status = event.interaction.status
    if status == "cut" and not seen["error"]:
        seen["error"] = "the stream ended early"
    return identifier, status, [(id, name, json.loads(text or "{}"))
                                for id, name, text in calls.values()]


def run(identifier: str, name: str, arguments: dict) -> dict:
    seen["calls"].append({"name": name, "arguments": arguments})
    return {"type": "function_result", "call_id": identifier, "name": name, "result": tools[name]}


# The REST family


def generate() -> None:
    declared = [types.Tool(function_declarations=[
        types.FunctionDeclaration(name=name) for name in tools])] if tools else None
    config = types.GenerateContentConfig(
        tools=declared, system_instruction=task.get("instructions"),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))
    contents: list = []
    for turn in task["turns"]:
        contents.append(types.Content(role="user", parts=[types.Part(text=turn["text"])]))
        while contents[-1].role == "user":
            arguments = {"model": MODEL, "contents": contents, "config": config}
            chunks = (client.models.generate_content_stream(**arguments) if task.get("stream")
                      else [client.models.generate_content(**arguments)])
            parts = [part for chunk in chunks for candidate in chunk.candidates or []
                     for part in (candidate.content and candidate.content.parts) or []]
            contents.append(types.Content(role="model", parts=parts or [types.Part(text="")]))
            seen["text"] += "".join(part.text or "" for part in parts if not part.thought)
            calls = [part.function_call for part in parts if part.function_call]
            if calls:
                seen["calls"] += [{"name": c.name, "arguments": c.args or {}} for c in calls]
                contents.append(types.Content(role="user", parts=[
                    types.Part(function_response=types.FunctionResponse(
                        id=call.id, name=call.name, response={"output": tools[call.name]}))
                    for call in calls]))
        seen["answers"] += 1


def upload() -> str:
    settings = {"mime_type": "video/mp4", "display_name": "clip"}
    seen["file"] = client.files.upload(file=io.BytesIO(b"frames" * 100), config=settings).name
    while (file := client.files.get(name=seen["file"])).state == types.FileState.PROCESSING:
        time.sleep(0.2)
    return file.state.value


def tune() -> str:
    examples = [types.TuningExample(text_input=str(n), output=str(n + 1)) for n in range(4)]
    job = client.tunings.tune(
        base_model="models/gemini-1.5-flash-001-tuning",
        training_dataset=types.TuningDataset(examples=examples))
    while not job.has_ended:
        time.sleep(0.2)
        job = client.tunings.get(name=job.name)
    return job.state.value


def cache() -> str:
    text = types.Content(role="user", parts=[types.Part(text="A long text. " * 50)])
    config = types.CreateCachedContentConfig(contents=[text], ttl="300s")
    seen["cache"] = client.caches.create(model=MODEL, config=config).name
    config = types.GenerateContentConfig(cached_content=seen["cache"])
    return client.models.generate_content(model=MODEL, contents="Hello.", config=config).text


RESOURCES = {
    "models.list": lambda: len(list(client.models.list(config={"page_size": 5}))),
    "models.get": lambda: client.models.get(model=MODEL).name,
    "models.tokens": lambda: client.models.count_tokens(model=MODEL, contents="Hi").total_tokens,
    "models.embed": lambda: len(client.models.embed_content(
        model="gemini-embedding-001", contents=["a", "b"]).embeddings),
    "files.upload": upload,
    "files.list": lambda: len(list(client.files.list())),
    "files.delete": lambda: client.files.delete(name=seen["file"]) and None,
    "caches.use": cache,
    "caches.list": lambda: len(list(client.caches.list())),
    "caches.delete": lambda: client.caches.delete(name=seen["cache"]) and None,
    "tunings.tune": tune,
    "tunings.list": lambda: len(list(client.models.list(config={"query_base": False}))),
}

try:
    if os.environ["MOCKGEM_REQUIREMENT"].startswith("interactions/"):
        interact()
    else:
        for name in task.get("do", []):
            seen["results"][name] = RESOURCES[name]()
        if task.get("turns"):
            generate()
except Exception as error:  # what the application of a user would have to deal with
    seen["error"] = f"{type(error).__name__}: {error}"
print(json.dumps(seen))
