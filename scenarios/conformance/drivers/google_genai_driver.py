"""Does the task of a requirement with the `google-genai` package:

    mockgem conform gemini-live -- python scenarios/conformance/drivers/google_genai_driver.py

Tasks of the suites `interactions` and `gemini-rest` are done by `google_genai_http.py` beside it.
"""

import asyncio
import json
import os
import time
import wave

from google import genai
from google.genai import errors, types

task = json.loads(os.environ["MOCKGEM_TASK"])
tools = task.get("tools", {})
turns = list(task.get("turns", []))
wanted = task.get("answers", len(turns))
seen = {"text": "", "audio_ms": 0, "user": "", "calls": [], "answers": 0, "error": None}


def config(handle: str | None) -> dict:
    modality = task.get("modality", "audio").upper()
    manual = {"automatic_activity_detection": {"disabled": True}} if task.get("manual") else None
    settings = {
        "response_modalities": [modality],
        "system_instruction": task.get("instructions"),
        "session_resumption": {"handle": handle} if task.get("resume") else None,
        "input_audio_transcription": {} if task.get("transcription") else None,
        "output_audio_transcription": {} if modality == "AUDIO" else None,
        "tools": [{"function_declarations": [{"name": name} for name in tools]}] if tools else None,
        "realtime_input_config": manual,
    }
    return {name: value for name, value in settings.items() if value is not None}


async def send(session, turn: dict) -> None:
    """Says or types one turn of the user."""
    if "audio" not in turn:
        text = types.Content(role="user", parts=[types.Part(text=turn["text"])])
        return await session.send_client_content(turns=text, turn_complete=True)
    with wave.open(turn["audio"]) as file:
        speech, rate = file.readframes(file.getnframes()), file.getframerate()
    if task.get("manual"):
        await session.send_realtime_input(activity_start=types.ActivityStart())
    for start in range(0, len(speech), 4_800):
        await session.send_realtime_input(audio=types.Blob(
            data=speech[start:start + 4_800], mime_type=f"audio/pcm;rate={rate}"))
    if task.get("manual"):
        await session.send_realtime_input(activity_end=types.ActivityEnd())
    else:
        await session.send_realtime_input(audio_stream_end=True)


async def run(session, call: types.FunctionCall) -> None:
    seen["calls"].append({"name": call.name, "arguments": call.args or {}})
    await asyncio.sleep(0.3)  # a function takes a while, and may be cancelled meanwhile
    await session.send_tool_response(function_responses=types.FunctionResponse(
        id=call.id, name=call.name, response={"output": tools[call.name]}))


async def hear(session, state: dict, running: dict) -> bool:
    """Receives up to the end of a turn; whether it was an answer."""
    received, began, called, turn = 0, None, False, turns[0] if turns else {}
    async for message in session.receive():
        update, content = message.session_resumption_update, message.server_content
        if update and update.resumable:
            state["handle"] = update.new_handle
        if message.go_away:
            state["is_leaving"] = bool(task.get("resume"))
        for call in message.tool_call.function_calls if message.tool_call else []:
            called = True
            running[call.id] = asyncio.create_task(run(session, call))
        for identifier in (message.tool_call_cancellation.ids
                           if message.tool_call_cancellation else []):
            running.pop(identifier).cancel()
        if not content:
            continue
        for words, key in ((content.input_transcription, "user"),
                           (content.output_transcription, "text")):
            seen[key] += words.text or "" if words else ""
        for part in (content.model_turn.parts or []) if content.model_turn else []:
            if part.text and not part.thought:
                seen["text"] += part.text
            if part.inline_data:
                began = began or time.monotonic()
                received += len(part.inline_data.data) // 48
        if content.interrupted:  # what was not played yet is dropped
            received = min(received, int((time.monotonic() - (began or time.monotonic())) * 1000))
        if began and turn.get("interrupt") and time.monotonic() - began > 1:
            turn = {}
            turns.pop(0)
            state["is_sent"] = True
            await send(session, turns[0])
        if content.turn_complete and (received or not called):
            break
    seen["audio_ms"] += received
    return not called or received > 0


async def talk(session, state: dict) -> None:
    running: dict[str, asyncio.Task] = {}
    while seen["answers"] < wanted and not state["is_leaving"]:
        if turns and not state.pop("is_sent", False):
            await send(session, turns[0])
        while not await hear(session, state, running):
            pass
        seen["answers"] += 1
        if turns and not state.get("is_sent"):
            turns.pop(0)
    if state["is_leaving"]:  # the handle of this turn comes after its end
        async for message in session.receive():
            if message.session_resumption_update:
                state["handle"] = message.session_resumption_update.new_handle
                return


async def main() -> None:
    state: dict = {"handle": None, "is_leaving": False}
    live = genai.Client().aio.live
    for attempt in range(4):
        state["is_leaving"] = False
        try:
            settings = config(state["handle"])
            async with live.connect(model="gemini-3.8-live", config=settings) as session:
                await talk(session, state)
            if seen["answers"] >= wanted:
                return
        except errors.APIError:
            if not task.get("resume") or attempt == 3:
                raise
            await asyncio.sleep(0.1 * 2**attempt)


try:
    asyncio.run(main())
except Exception as error:  # what the application of a user would have to deal with
    seen["error"] = f"{type(error).__name__}: {error}"
print(json.dumps(seen))
