"""openai-agents holds voice, text and tool turns, is interrupted, and meets errors."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner, RealtimeSession
from conftest import AUDIO, Server, pcm
from event_order import EventOrder
from sdk_types import check_openai

QUESTION = pcm("question.wav")[:48000] + bytes(48000)


@function_tool
def get_weather(city: str) -> str:
    """Looks up the weather of a city."""
    return f"{city}: rain"


class Listener:
    """Reads a session's events; what came raw is checked for type and order."""

    def __init__(self, session: RealtimeSession) -> None:
        self.session = session
        self.kinds: list[str] = []
        self.raw: list[dict] = []
        self.audio = b""
        self.errors: list[object] = []
        self._order = EventOrder()
        self._events = aiter(session)

    def of(self, kind: str) -> list[dict]:
        return [event for event in self.raw if event["type"] == kind]

    async def until(self, kind: str) -> object:
        """Reads up to the next event of a kind: the session's own, or one of the wire."""
        while True:
            event = await anext(self._events)
            self.kinds.append(event.type)
            if event.type == "audio":
                self.audio += event.audio.data
            if event.type == "error":
                self.errors.append(event.error)
            if event.type == kind:
                return event
            data = getattr(event, "data", None)
            if event.type == "raw_model_event" and data.type == "raw_server_event":
                check_openai(data.data)
                self._order.check(data.data)
                self.raw.append(data.data)
                if data.data["type"] == kind:
                    return data.data


@pytest.fixture
def talk(serve: Callable[..., Server], tmp_path: Path):
    """Serves a scenario written in the test, and begins a session with an agent."""

    @asynccontextmanager
    async def start(steps: str, **settings: object) -> AsyncIterator[Listener]:
        shutil.copy(AUDIO / "loud-and-clear.wav", tmp_path / "answer.wav")
        scenario = tmp_path / "scenario.yaml"
        # The SDK asks for semantic detection.
        head = "mockgem: 1\nopenai-realtime: {semantic_silence: 500ms}\n"
        scenario.write_text(f"{head}{steps}")
        port = serve(scenario).port
        agent = RealtimeAgent(name="Guide", instructions="Be brief.", tools=[get_weather])
        runner = RealtimeRunner(agent, config={"tracing_disabled": True})
        session = await runner.run(model_config={
            "url": f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime", "api_key": "any",
            "initial_model_settings": settings})
        async with session, asyncio.timeout(20):
            yield Listener(session)

    return start


async def test_a_spoken_turn(talk) -> None:
    async with talk("""
steps:
- await: user
  heard: Hello?
- {say: Good morning., audio: answer.wav}
""") as listener:
        await listener.until("session.updated")
        await listener.session.send_audio(QUESTION)
        await listener.until("response.done")
        await listener.until("agent_end")
    assert listener.audio == pcm("loud-and-clear.wav")
    assert not listener.errors


async def test_a_tool_is_called_and_its_result_is_spoken_of(talk) -> None:
    async with talk("""
steps:
- await: user
- call: get_weather
  args: {city: Oslo}
- await: tool_result
  expect: {output: "Oslo: rain"}
- say: Rain in Oslo.
""", modalities=["text"]) as listener:
        await listener.session.send_message("What is the weather in Oslo?")
        ended = await listener.until("tool_end")
        assert ended.output == "Oslo: rain"
        while (await listener.until("response.done"))["response"]["output"][0]["type"] != "message":
            pass
    message = listener.raw[-1]["response"]["output"][0]
    assert message["content"][0].get("text", message["content"][0].get("transcript")) == (
        "Rain in Oslo.")
    assert not listener.errors


async def test_the_user_interrupts(talk) -> None:
    async with talk("""
pace: realtime
steps:
- await: user
- say: A very long story that nobody will hear to its end, since somebody speaks up soon.
- await: interruption
- await: user
- say: Yes?
""") as listener:
        await listener.session.send_message("Tell me a story.")
        await listener.until("audio")
        await listener.session.send_audio(QUESTION)
        while len(done := listener.of("response.done")) < 2:
            await listener.until("response.done")
        assert done[0]["response"]["status_details"]["reason"] == "turn_detected"
        assert done[1]["response"]["status"] == "completed"
        assert "audio_interrupted" in listener.kinds
    # The agent cuts what was not played; it is accepted while the item is generated, and after.
    assert not listener.errors


async def test_an_error_is_reported_and_the_session_goes_on(talk) -> None:
    async with talk("""
steps:
- await: user
- fail: {code: server_error, message: Sorry.}
- await: user
- say: Fine again.
""") as listener:
        await listener.session.send_message("Hello")
        await listener.until("response.done")
        assert "Sorry." in str(listener.errors)
        await listener.session.send_message("Again")
        done = await listener.until("response.done")
        assert done["response"]["status"] == "completed"


async def test_a_dropped_connection_raises(talk) -> None:
    with pytest.raises(Exception) as caught:
        async with talk("steps:\n- await: user\n- close: 1011\n") as listener:
            await listener.session.send_message("Hello")
            await listener.until("never")
    assert "1011" in str(caught.value)
