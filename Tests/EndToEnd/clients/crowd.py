"""So many clients that hold the conversation of `hello.yaml`, fifty at a time."""

import base64
import json
import os
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from websockets.sync.client import connect

URL = os.environ["MOCKGEM_URL"].replace("http", "ws", 1) + "/v1/realtime?model=gpt-realtime"
SPEECH = Path(__file__).resolve().parents[3] / "scenarios" / "audio" / "question.wav"
TEXT = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Bye."}]}

with wave.open(str(SPEECH)) as file:
    speech = file.readframes(file.getnframes()) + bytes(24000)
chunks = [
    json.dumps({"type": "input_audio_buffer.append",
                "audio": base64.b64encode(speech[start:start + 4800]).decode()})
    for start in range(0, len(speech), 4800)]


def talk(number: int) -> None:
    headers = {"Authorization": f"Bearer key-{number}"}
    with connect(URL, additional_headers=headers, compression=None, open_timeout=30) as socket:
        for chunk in chunks:
            socket.send(chunk)
        await_answer(socket)
        socket.send(json.dumps({"type": "conversation.item.create", "item": TEXT}))
        socket.send(json.dumps({"type": "response.create"}))
        await_answer(socket)


def await_answer(socket) -> None:
    while json.loads(socket.recv(timeout=30))["type"] != "response.done":
        pass


with ThreadPoolExecutor(50) as pool:
    list(pool.map(talk, range(int(sys.argv[1]))))
