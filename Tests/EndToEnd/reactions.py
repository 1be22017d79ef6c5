"""Holds a story of `scenarios/faults` with a vendor's unmodified SDK, and says what the SDK did.

The answer is one line: what came of each turn, connection by connection. It is what the table in
`scenarios/faults/README.md` records.
"""

import asyncio
import base64
import itertools
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from conftest import BINARY, ROOT
from google import genai
from google.genai import types
from openai import AsyncOpenAI
from websockets.exceptions import ConnectionClosed

STORIES = ROOT / "scenarios" / "faults"
CONNECTIONS = 6
AFTERTHOUGHT = 1.5  # how long one listens after a turn
PATIENCE = 12  # how long a turn may take before the SDK is said to wait for ever
SDKS = {
    "gemini-live": "google-genai", "interactions": "google-genai", "gemini-rest": "google-genai",
    "openai-realtime": "openai"}


@contextmanager
def served(scenario: Path, state: Path) -> Iterator[str]:
    """The address of a server that plays the scenario: google-genai insists on TLS for Live."""
    process = subprocess.Popen(
        [BINARY, "serve", scenario, "--port", "0", "--quiet"],
        stdout=subprocess.PIPE, env={**os.environ, "XDG_STATE_HOME": str(state)})
    try:
        words = process.stdout.readline().decode().split()
        yield next(word for word in words if word.startswith("https://127."))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


class Facts:
    """What happened, in order, each thing said once in a row."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.is_in_turn = False
        self.done: set[str] = set()

    def add(self, word: str) -> None:
        if word == "turn complete" or word and self.words[-1:] != [word]:
            self.words.append(word)

    def fail(self, problem: BaseException) -> None:
        text = " ".join(str(problem).split())
        if isinstance(problem, TimeoutError):
            return self.add("waits until its caller gives up")
        if isinstance(problem, ConnectionClosed) and not (problem.rcvd or problem.sent):
            text = "no close frame"
        self.add(f"**{type(problem).__name__}**: {text[:90]}".rstrip(": "))

    def has_no_turn(self) -> bool:
        """True once for each turn: when the first of it comes."""
        first = not self.is_in_turn
        self.is_in_turn = True
        return first

    def end_turn(self) -> None:
        self.is_in_turn = False

    @property
    def text(self) -> str:
        return ", ".join(self.words)


def told(connections: list[Facts]) -> str:
    """One connection after the other; the same thing once, and how often."""
    texts = [facts.text for facts in connections if facts.words]
    groups = [(text, len(list(group))) for text, group in itertools.groupby(texts)]
    return " / ".join(text if count == 1 else f"{text} ({count}x)" for text, count in groups)


def sound(audio: str | bytes) -> str:
    """What is wrong with a piece of PCM, if anything is."""
    samples = base64.b64decode(audio) if isinstance(audio, str) else audio
    if len(samples) % 2:
        return "half a sample of audio"
    peak = max((abs(value) for value in memoryview(samples).cast("h")), default=0)
    return "audio of -60 dB" if 0 < peak <= 33 else "audio"


# MARK: Gemini Live


def heard(message: types.LiveServerMessage) -> str:
    content = message.server_content
    if message.tool_call:
        return "tool call"
    if message.tool_call_cancellation:
        return "calls cancelled"
    if message.go_away:
        return "go away"
    if not content:
        return ""
    if content.interrupted:
        return "interrupted"
    if content.model_turn:
        return sound(content.model_turn.parts[0].inline_data.data)
    return "turn complete" if content.turn_complete else ""


async def live(address: str, turns: int) -> str:
    client = genai.Client(api_key="k", http_options={"base_url": address})
    connections: list[Facts] = []
    handle = None

    async def take(session, patience: float) -> None:
        nonlocal handle, turns
        messages = session.receive()
        while message := await asyncio.wait_for(anext(messages, None), patience):
            if (word := heard(message)) and word != "go away":
                turns -= facts.has_no_turn()
            facts.add(word)
            if update := message.session_resumption_update:
                handle = update.new_handle or handle

    for _ in range(CONNECTIONS):
        facts = Facts()
        connections.append(facts)
        config = {"response_modalities": ["AUDIO"], "session_resumption": {"handle": handle}}
        try:
            async with client.aio.live.connect(model="gemini-3.8-live", config=config) as session:
                while turns > 0:
                    # What came before an end is still there to be read.
                    with suppress(ConnectionClosed):
                        await session.send_client_content(
                            turns={"role": "user", "parts": [{"text": "Hi"}]}, turn_complete=True)
                    await take(session, PATIENCE)
                    # The SDK stops reading at the end of a turn, and more may come.
                    with suppress(TimeoutError):
                        while True:
                            await take(session, AFTERTHOUGHT)
                    facts.end_turn()
        except Exception as problem:
            facts.fail(problem)
            # A handle that is refused is given up, as the stories ask of a client.
            if "not found" in str(problem):
                handle = None
            if isinstance(problem, TimeoutError):
                break
        if turns <= 0:
            break
    return told(connections)


# MARK: OpenAI Realtime


async def listen(connection, facts: Facts) -> None:
    """What comes until a response is done."""
    while True:
        try:
            event = await connection.recv()
        except (ConnectionClosed, TimeoutError):
            raise
        except Exception as problem:
            facts.fail(problem)
            continue
        kind = getattr(event, "type", None)
        if kind == "error":
            facts.add(f"error event {event.error.code}")
        elif kind == "response.output_audio.delta":
            is_late = event.response_id in facts.done
            facts.add(sound(event.delta) + (" of a response that is over" if is_late else ""))
        elif kind == "response.done":
            facts.done.add(event.response.id)
            facts.add(f"response {event.response.status}")
            return
        elif kind not in KNOWN:
            facts.add(f"takes {type(event).__name__} of type {kind}")


KNOWN = {
    "session.created", "conversation.item.added", "conversation.item.done", "response.created",
    "response.output_item.added", "response.output_item.done", "response.content_part.added",
    "response.content_part.done", "response.output_audio_transcript.delta", "rate_limits.updated",
    "response.output_audio_transcript.done", "response.output_audio.done",
    "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
}


async def realtime(address: str, turns: int) -> str:
    client = AsyncOpenAI(api_key="k", base_url=f"{address}/v1")
    connections: list[Facts] = []
    for _ in range(CONNECTIONS):
        facts = Facts()
        connections.append(facts)
        try:
            async with client.realtime.connect(model="gpt-realtime") as connection:
                while turns > 0:
                    with suppress(ConnectionClosed):
                        await connection.conversation.item.create(item={
                            "type": "message", "role": "user",
                            "content": [{"type": "input_text", "text": "Hi"}]})
                        await connection.response.create()
                    async with asyncio.timeout(PATIENCE):
                        await listen(connection, facts)
                    turns -= 1
        except Exception as problem:
            facts.fail(problem)
            if isinstance(problem, TimeoutError):
                break
        if turns <= 0:
            break
    return told(connections)


# MARK: HTTP


def interact(address: str, turns: int) -> str:
    client = genai.Client(api_key="k", http_options={"base_url": address})
    facts = Facts()
    try:
        stream = client.interactions.create(
            model="gemini-3-flash-preview", input="Hi", stream=True, timeout=PATIENCE)
        for event in stream:
            kind = event.event_type
            facts.add("text" if kind == "step.delta" else kind if "completed" in kind else "")
        facts.add("the stream ends")
    except Exception as problem:
        facts.fail(problem)
    return facts.text


def generate(address: str, turns: int) -> str:
    client = genai.Client(api_key="k", http_options={"base_url": address})
    facts = Facts()
    try:
        for chunk in client.models.generate_content_stream(
            model="gemini-3.8-flash", contents="Hi"
        ):
            facts.add("text" if chunk.text else "a chunk without text")
        facts.add("the stream ends")
    except Exception as problem:
        facts.fail(problem)
    return facts.text


WAYS: dict[str, Callable[[str, int], str]] = {
    "gemini-live": lambda *words: asyncio.run(live(*words)),
    "openai-realtime": lambda *words: asyncio.run(realtime(*words)),
    "interactions": interact, "gemini-rest": generate}


def react(scenario: Path, protocol: str, state: Path) -> str:
    turns = max(1, scenario.read_text().count("await: user"))
    with served(scenario, state) as address:
        return WAYS[protocol](address, turns).replace("|", "\\|")
