"""Holds a story of `scenarios/faults` with a vendor's unmodified SDK, and says what the SDK did.

The answer is one line: what came of each turn, connection by connection. It is what the table in
`scenarios/faults/README.md` records.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import BINARY, ROOT
from google import genai
from google.genai import types
from openai import OpenAI
from websockets.exceptions import ConnectionClosed

STORIES = ROOT / "scenarios" / "faults"
CONNECTIONS = 6
TURNS = 2
PATIENCE = 12  # how long a turn may take before the SDK is said to wait for ever
SDKS = {
    "gemini-live": "google-genai", "interactions": "google-genai", "gemini-rest": "google-genai",
    "openai-realtime": "openai"}


@contextmanager
def served(scenario: Path, state: Path) -> Iterator[str]:
    """The address of a server that plays the scenario, without TLS."""
    process = subprocess.Popen(
        [BINARY, "serve", scenario, "--port", "0", "--quiet", "--no-tls"],
        stdout=subprocess.PIPE, env={**os.environ, "XDG_STATE_HOME": str(state)})
    try:
        yield process.stdout.readline().split()[2].decode()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


class Facts:
    """What happened, in order, each thing said once in a row."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def add(self, word: str) -> None:
        if word and self.words[-1:] != [word]:
            self.words.append(word)

    def fail(self, problem: BaseException) -> None:
        text = " ".join(str(problem).split())
        if isinstance(problem, TimeoutError):
            return self.add("waits until its caller gives up")
        if isinstance(problem, ConnectionClosed) and not (problem.rcvd or problem.sent):
            text = "no close frame"
        self.add(f"**{type(problem).__name__}**: {text[:90]}".rstrip(": "))

    @property
    def text(self) -> str:
        return ", ".join(self.words)


def told(connections: list[Facts]) -> str:
    return " / ".join(facts.text for facts in connections if facts.words)


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
        return "audio"
    return "turn complete" if content.turn_complete else ""


async def live(address: str) -> str:
    client = genai.Client(api_key="k", http_options={"base_url": address})
    connections: list[Facts] = []
    handle = None
    for _ in range(CONNECTIONS):
        facts = Facts()
        connections.append(facts)
        config = {"response_modalities": ["AUDIO"], "session_resumption": {"handle": handle}}
        try:
            async with client.aio.live.connect(model="gemini-3.8-live", config=config) as session:
                for _ in range(TURNS):
                    facts.add("")
                    await session.send_client_content(
                        turns={"role": "user", "parts": [{"text": "Hi"}]}, turn_complete=True)
                    async with asyncio.timeout(PATIENCE):
                        async for message in session.receive():
                            facts.add(heard(message))
                            if update := message.session_resumption_update:
                                handle = update.new_handle or handle
                break
        except TimeoutError as problem:
            facts.fail(problem)
            break
        except Exception as problem:
            facts.fail(problem)
            # A handle that is refused is given up, as the stories ask of a client.
            if "not found" in str(problem):
                handle = None
    return told(connections)


# MARK: OpenAI Realtime


def listen(connection, facts: Facts) -> None:
    """One turn: what comes until a response is done."""
    connection.conversation.item.create(item={
        "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]})
    connection.response.create()
    while True:
        try:
            event = connection.recv()
        except (ConnectionClosed, TimeoutError):
            raise
        except Exception as problem:
            facts.fail(problem)
            continue
        kind = getattr(event, "type", None)
        if kind == "error":
            facts.add(f"error event {event.error.code}")
        elif kind == "response.output_audio.delta":
            facts.add("audio")
        elif kind == "response.done":
            facts.add(f"response {event.response.status}")
            if event.response.status != "cancelled":
                return
        elif kind not in KNOWN:
            facts.add(f"takes {type(event).__name__} of type {kind}")


KNOWN = {
    "session.created", "conversation.item.added", "conversation.item.done", "response.created",
    "response.output_item.added", "response.output_item.done", "response.content_part.added",
    "response.content_part.done", "response.output_audio_transcript.delta", "rate_limits.updated",
    "response.output_audio_transcript.done", "response.output_audio.done",
}


def realtime(address: str) -> str:
    client = OpenAI(api_key="k", base_url=f"{address}/v1")
    connections: list[Facts] = []
    for _ in range(CONNECTIONS):
        facts = Facts()
        connections.append(facts)
        try:
            with client.realtime.connect(
                model="gpt-realtime", websocket_connection_options={"close_timeout": 1}
            ) as connection:
                for _ in range(TURNS):
                    listen(connection, facts)
                break
        except Exception as problem:
            facts.fail(problem)
    return told(connections)


# MARK: HTTP


def interact(address: str) -> str:
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


def generate(address: str) -> str:
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


WAYS: dict[str, Callable[[str], str]] = {
    "gemini-live": lambda address: asyncio.run(live(address)), "openai-realtime": realtime,
    "interactions": interact, "gemini-rest": generate}


def react(scenario: Path, protocol: str, state: Path) -> str:
    with served(scenario, state) as address:
        return WAYS[protocol](address).replace("|", "\\|")
