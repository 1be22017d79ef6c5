"""A spoken question, a tool that is called, and a spoken answer, with OpenAI's SDK."""

import base64
import wave
from pathlib import Path

from openai import OpenAI

SPEECH = Path(__file__).resolve().parents[3] / "scenarios" / "audio" / "question.wav"
TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}

with wave.open(str(SPEECH)) as file:
    speech = file.readframes(file.getnframes()) + bytes(24000)
with OpenAI().realtime.connect(model="gpt-realtime") as connection:
    connection.session.update(session={"type": "realtime", "tools": [TOOL]})
    for start in range(0, len(speech), 4800):
        audio = base64.b64encode(speech[start:start + 4800]).decode()
        connection.input_audio_buffer.append(audio=audio)
    for event in connection:
        if event.type != "response.done":
            continue
        calls = [item for item in event.response.output if item.type == "function_call"]
        if not calls:
            break
        connection.conversation.item.create(item={
            "type": "function_call_output", "call_id": calls[0].call_id,
            "output": '{"temperature": 25}'})
        connection.response.create()
