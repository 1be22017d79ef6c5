"""What an SDK makes of a stream of interactions, in words: which events came, and how it ended.

Used by tests for the SDK they run with, and run by itself for the old one: a line with a request
comes in, a line with the outcome goes out.
"""

import asyncio
import contextlib
import json
import sys
import time
import types
import unittest.mock
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from google import genai

MODEL = "gemini-3-flash-preview"


def kind(event: object) -> str:
    """The type of an event, and its class where that is not the type's own."""
    name, word = type(event).__name__, getattr(event, "event_type", None)
    if not isinstance(word, str) or word == "UNKNOWN":
        return name
    own = "".join(part.title() for part in word.replace("_", ".").split("."))
    # `step.start` is a StepStart, `interaction.created` an InteractionCreatedEvent.
    if own.removesuffix("Event") not in name:
        return f"{name} {word}"
    for part in ("step", "delta"):
        inner = type(getattr(event, part, None)).__name__
        if inner != "NoneType" and "hologram" in str(getattr(event, part)):
            return f"{word} with {inner}"
    return word


@contextlib.contextmanager
def awake() -> Iterator[list[float]]:
    """An SDK that does not sleep, but tells how long it would."""
    try:
        from google.genai._gaos.utils import retries as waiting
    except ImportError:
        from google.genai._interactions import _base_client as waiting
    sleeps: list[float] = []

    async def sleep(seconds: float) -> None:
        sleeps.append(seconds)

    fakes = {
        "time": types.SimpleNamespace(**vars(time) | {"sleep": sleeps.append}),
        "asyncio": types.SimpleNamespace(**vars(asyncio) | {"sleep": sleep}),
    }
    with unittest.mock.patch.multiple(waiting, **{
        name: fake for name, fake in fakes.items() if hasattr(waiting, name)}):
        yield sleeps


@dataclass
class Outcome:
    """The kinds of the events that came, how it ended, and how long the SDK waited in between."""

    kinds: list[str]
    end: str = "ends"
    status: int | None = None
    body: object = None
    sleeps: list[float] = field(default_factory=list)

    def fail(self, problem: Exception) -> None:
        self.end = type(problem).__name__
        self.status = getattr(problem, "status_code", None)
        self.body = getattr(problem, "body", None)


def outcome(url: str, stream: bool, timeout: float | None = None, **options: object) -> Outcome:
    seen = Outcome([])
    with awake() as seen.sleeps, genai.Client(
        api_key="any", http_options={"base_url": url, **options}
    ) as client:
        try:
            answer = client.interactions.create(
                model=MODEL, input="Hi", stream=stream, timeout=timeout)
            if not stream or not hasattr(answer, "__next__"):
                seen.kinds.append(type(answer).__name__)
                return seen
            for event in answer:
                seen.kinds.append(kind(event))
        except Exception as problem:
            seen.fail(problem)
    return seen


async def outcome_async(
    url: str, stream: bool, timeout: float | None = None, **options: object
) -> Outcome:
    seen = Outcome([])
    client = genai.Client(api_key="any", http_options={"base_url": url, **options})
    with awake() as seen.sleeps:
        try:
            answer = await client.aio.interactions.create(
                model=MODEL, input="Hi", stream=stream, timeout=timeout)
            if not stream or not hasattr(answer, "__anext__"):
                seen.kinds.append(type(answer).__name__)
            else:
                async for event in answer:
                    seen.kinds.append(kind(event))
        except Exception as problem:
            seen.fail(problem)
    await client.aio.aclose()
    client.close()
    return seen


if __name__ == "__main__":
    print(genai.__version__, flush=True)
    for line in sys.stdin:
        print(json.dumps(asdict(outcome(**json.loads(line)))), flush=True)
