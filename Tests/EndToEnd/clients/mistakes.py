"""Clients that do one thing wrong each; the word of the command line says which."""

import base64
import json
import os
import sys
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

URL = os.environ["MOCKGEM_URL"].replace("http", "ws", 1)
OPENAI = f"{URL}/v1/realtime?model=gpt-realtime"
GEMINI = f"{URL}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k"


def openai() -> ClientConnection:
    socket = connect(OPENAI, additional_headers={"Authorization": "Bearer k"}, compression=None)
    until(socket, lambda message: message["type"] == "session.created")
    return socket


def gemini(**setup: object) -> ClientConnection:
    socket = connect(GEMINI, compression=None)
    send(socket, setup={"model": "models/gemini-3.8-live", **setup})
    until(socket, lambda message: "setupComplete" in message)
    return socket


def send(socket: ClientConnection, **message: object) -> None:
    socket.send(json.dumps(message))


def until(socket: ClientConnection, wanted: Callable[[dict], object]) -> None:
    while not wanted(json.loads(socket.recv(timeout=20))):
        pass


def openai_turn(socket: ClientConnection, text: str) -> None:
    send(socket, type="conversation.item.create", item={
        "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
    send(socket, type="response.create")
    until(socket, lambda message: message["type"] == "response.done")


def gemini_turn(socket: ClientConnection, text: str) -> None:
    turns = [{"role": "user", "parts": [{"text": text}]}]
    send(socket, clientContent={"turns": turns, "turnComplete": True})
    until(socket, lambda message: message.get("serverContent", {}).get("turnComplete"))


def wrong_audio_rate() -> None:
    with openai() as socket:
        format = {"type": "audio/pcm", "rate": 16000}
        send(socket, type="session.update", session={
            "type": "realtime", "audio": {"input": {"format": format}}})
        until(socket, lambda message: message["type"] == "error")
        for _ in range(2):
            openai_turn(socket, "Hello?")


def unanswered_call() -> None:
    with openai() as socket:
        send(socket, type="session.update", session={
            "type": "realtime", "tools": [{"type": "function", "name": "get_weather"}]})
        openai_turn(socket, "How is the weather?")
        openai_turn(socket, "Well?")


def no_handle() -> None:
    with gemini(sessionResumption={}) as socket:
        gemini_turn(socket, "Hello?")
    with gemini(sessionResumption={}) as socket:
        gemini_turn(socket, "Where were we?")


def unknown_event() -> None:
    with openai() as socket:
        send(socket, type="response.craete")
        until(socket, lambda message: message["type"] == "error")
        for _ in range(2):
            openai_turn(socket, "Hello?")


def unknown_message() -> None:
    with gemini() as socket:
        send(socket, clientContents={})
        try:
            until(socket, lambda _: False)
        except ConnectionClosed:
            pass


def wrong_path() -> None:
    with openai() as socket:
        for _ in range(2):
            openai_turn(socket, "Hello?")
    try:
        connect(f"{URL}/v1/realtme")
    except Exception:  # noqa: BLE001 - any refusal will do
        pass


def early_leave() -> None:
    socket = openai()
    audio = base64.b64encode(bytes(4800)).decode()
    send(socket, type="input_audio_buffer.append", audio=audio)
    send(socket, type="conversation.item.create", item={
        "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello?"}]})
    send(socket, type="response.create")
    until(socket, lambda message: message["type"] == "response.created")
    socket.close()


globals()[sys.argv[1]]()
