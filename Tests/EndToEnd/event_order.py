"""Checks the order of the events of one OpenAI Realtime session, whatever was asked for.

The rules: an item is announced before its parts, no delta comes after its done, one response of the
conversation is active at a time, indices count, ends repeat what was sent, ids are used once, and
from the end of a call's arguments to the end of its response nothing else comes between.
"""

from collections import defaultdict

BETA = {
    f"response.{old}.{end}": f"response.{new}.{end}"
    for old, new in [
        ("text", "output_text"), ("audio", "output_audio"),
        ("audio_transcript", "output_audio_transcript")]
    for end in ("delta", "done")
}
CLOSING = (
    "response.function_call_arguments.", "response.mcp_call", "conversation.item.done",
    "response.output_item.done", "response.done")


class EventOrder:
    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.responses: dict[str, dict] = {}
        self.open_items: set[str] = set()
        self.open_parts: set[str] = set()
        self.texts: defaultdict[tuple[str, str], str] = defaultdict(str)
        self.ended: set[tuple[str, str]] = set()
        self.speech: str | None = None
        self.previous: dict = {"type": ""}
        self.burst = False

    def check(self, event: dict) -> None:
        kind = BETA.get(event["type"], event["type"])
        identifier = event.get("event_id")
        if identifier is not None:
            assert identifier not in self.ids, event
            self.ids.add(identifier)
        if self.burst:
            assert kind.startswith(CLOSING), f"{kind} in the burst that closes a response"
        if "response_id" in event and not kind.startswith("output_audio_buffer"):
            assert event["response_id"] in self.responses, f"not open: {event}"
        if kind == "response.created":
            response = event["response"]
            conversation = response["conversation_id"]
            active = [r for r in self.responses.values() if r["conversation"]]
            assert not (conversation and active), "another response is active"
            assert (response["output"], response["usage"]) == ([], None)
            self.responses[response["id"]] = {"conversation": conversation, "items": 0, "done": []}
        elif kind == "response.done":
            response = event["response"]
            opened = self.responses.pop(response["id"])
            assert response["output"] == opened["done"], "output is not what was done"
            assert opened["items"] == len(opened["done"]), "an item is still open"
            self.burst = False
        elif kind == "response.output_item.added":
            opened = self.responses[event["response_id"]]
            assert event["output_index"] == opened["items"], "the index does not count"
            opened["items"] += 1
            assert event["item"]["id"] not in self.open_items
            self.open_items.add(event["item"]["id"])
        elif kind in ("conversation.item.added", "conversation.item.created"):
            if self.previous["type"] == "response.output_item.added":
                assert event["item"] == self.previous["item"]
        elif kind == "response.content_part.added":
            assert event["item_id"] in self.open_items
            self.open_parts.add(event["item_id"])
        elif kind == "response.content_part.done":
            self.open_parts.remove(event["item_id"])
        elif kind == "response.output_item.done":
            self.open_items.remove(event["item"]["id"])
            assert event["item"]["id"] not in self.open_parts, "a part is still open"
            opened = self.responses[event["response_id"]]
            if opened["conversation"] and "object" not in event["item"]:
                assert self.previous["type"] == "conversation.item.done"
                assert self.previous["item"] == event["item"]
            opened["done"].append(event["item"])
        elif kind == "input_audio_buffer.speech_started":
            self.speech = event["item_id"]
        elif kind in ("input_audio_buffer.speech_stopped", "input_audio_buffer.committed"):
            assert self.speech in (None, event["item_id"]), "another item"
            if kind.endswith("committed"):
                self.speech = None
        elif kind.endswith(".delta") and "item_id" in event:
            part = (event["item_id"], kind.removesuffix(".delta"))
            assert part not in self.ended, "a delta after its done"
            if "response_id" in event:
                assert event["item_id"] in self.open_items, "its item is not open"
            self.texts[part] += event["delta"]
        elif kind.endswith(".done") and "item_id" in event:
            part = (event["item_id"], kind.removesuffix(".done"))
            said = event.get("text", event.get("transcript", event.get("arguments")))
            assert said is None or said == self.texts[part], "it is not what was sent"
            self.ended.add(part)
            self.burst = kind.endswith("arguments.done") or self.burst
        self.previous = event
