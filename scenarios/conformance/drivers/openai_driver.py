"""Does the task of a requirement with the `openai` package:

    mockgem conform openai-realtime -- python scenarios/conformance/drivers/openai_driver.py
"""

import base64
import json
import os
import time
import wave

from openai import OpenAI

task = json.loads(os.environ["MOCKGEM_TASK"])
tools = task.get("tools", {})
seen = {"text": "", "audio_ms": 0, "user": "", "calls": [], "answers": 0, "error": None}


def session() -> dict:
    vad = None if task.get("manual") else {"type": "server_vad"}
    hears = {"model": "gpt-4o-transcribe"} if task.get("transcription") else None
    return {
        "type": "realtime", "output_modalities": [task.get("modality", "audio")],
        "audio": {"input": {"turn_detection": vad, "transcription": hears}},
        "instructions": task.get("instructions", "Be brief."),
        "tools": [{"type": "function", "name": name, "parameters": {"type": "object"}}
                  for name in tools],
    }


def send(connection, turn: dict) -> None:
    """Says or types one turn of the user."""
    if "audio" in turn:
        with wave.open(turn["audio"]) as file:
            speech = file.readframes(file.getnframes()) + bytes(0 if task.get("manual") else 48_000)
        for start in range(0, len(speech), 4_800):
            piece = base64.b64encode(speech[start:start + 4_800]).decode()
            connection.input_audio_buffer.append(audio=piece)
        if task.get("manual"):
            connection.input_audio_buffer.commit()
            connection.response.create()
    else:
        connection.conversation.item.create(item={
            "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": turn["text"]}]})
        connection.response.create()


def talk(connection) -> None:
    turns = list(task.get("turns", []))
    turn, calls, cancelled, began, received = None, 0, set(), None, 0
    for event in connection:
        kind = getattr(event, "type", None)
        if kind == "session.created":  # also after the SDK has come back by itself
            connection.session.update(session=session())
            turn = turn or (turns.pop(0) if turns else None)
            if turn:
                send(connection, turn)
        elif kind == "error":
            seen["error"] = event.error.code or event.error.message
        elif kind == "conversation.item.input_audio_transcription.completed":
            seen["user"] += event.transcript
        elif kind in ("response.output_text.delta", "response.output_audio_transcript.delta"):
            if event.response_id not in cancelled:
                seen["text"] += event.delta
        elif kind == "response.output_audio.delta" and event.response_id not in cancelled:
            began = began or time.monotonic()
            received += len(base64.b64decode(event.delta)) // 48
            played = int((time.monotonic() - began) * 1000)
            if turn and turn.get("interrupt") and played >= 1000:
                received = min(received, played)  # what was not played yet is dropped
                cancelled.add(event.response_id)
                connection.response.cancel()
                connection.conversation.item.truncate(
                    item_id=event.item_id, content_index=0, audio_end_ms=received)
        elif kind == "response.function_call_arguments.done":
            calls += 1
            arguments = json.loads(event.arguments)
            seen["calls"].append({"name": event.name, "arguments": arguments})
            connection.conversation.item.create(item={
                "type": "function_call_output", "call_id": event.call_id,
                "output": json.dumps(tools[event.name])})
        elif kind == "response.done":
            details = event.response.status_details
            if event.response.status == "failed":
                seen["error"] = details.error.code if details and details.error else "failed"
            seen["audio_ms"] += received
            began, received = None, 0
            if calls:
                calls = 0
                connection.response.create()
                continue
            seen["answers"] += 1
            if not turns and seen["answers"] >= task.get("answers", len(task.get("turns", []))):
                return
            turn = turns.pop(0) if turns else None
            if turn:
                send(connection, turn)


try:
    retry = {"on_reconnecting": lambda event: None} if task.get("resume") else {}
    with OpenAI(max_retries=2).realtime.connect(model="gpt-realtime", **retry) as connection:
        talk(connection)
        if seen["answers"] < task.get("answers", len(task.get("turns", []))) and not seen["error"]:
            seen["error"] = "the connection ended early"
except Exception as error:  # what the application of a user would have to deal with
    seen["error"] = f"{type(error).__name__}: {error}"
print(json.dumps(seen))
