"""What a test of an OpenAI Realtime client sees: every event, checked for type and order."""

import base64
import json
from collections.abc import Callable

from event_order import EventOrder
from sdk_types import check_openai, check_openai_beta, check_openai_translation

__all__ = ["Wire", "check_openai", "check_openai_beta", "check_openai_translation"]


class Wire:
    """Receives raw events of an SDK's connection."""

    def __init__(self, connection, check: Callable[[dict], None] = check_openai) -> None:
        self.connection = connection
        self.events: list[dict] = []
        self._check = check
        self._order = EventOrder()

    def receive(self) -> dict:
        event = json.loads(self.connection.recv_bytes())
        self._check(event)
        self._order.check(event)
        self.events.append(event)
        return event

    def until(self, kind: str) -> dict:
        """Receives up to the next event of a kind, and returns it."""
        while True:
            event = self.receive()
            if event["type"] == kind:
                return event

    def of(self, kind: str) -> list[dict]:
        return [event for event in self.events if event["type"] == kind]

    def audio(self, kind: str = "response.output_audio.delta") -> bytes:
        return b"".join(base64.b64decode(event["delta"]) for event in self.of(kind))

    def say(self, speech: bytes, chunk: int = 4800) -> None:
        """Appends speech, with the silence after it that ends the turn."""
        for start in range(0, len(speech), chunk):
            piece = speech[start:start + chunk]
            self.connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
