"""Checks what was sent over the Interactions API, as transcripts hold it, against a schema.

`interactions.schema.json` says what each answer and each event may be; here is what it cannot say:
which event may follow which, and which pieces a step is made of.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

SCHEMA = json.loads(Path(__file__).with_name("interactions.schema.json").read_text())
Draft202012Validator.check_schema(SCHEMA)
REVISIONS = {
    "steps": ("interaction.created", "step.", "interaction.completed", "step"),
    "legacy": ("interaction.start", "content.", "interaction.complete", "content"),
}
# The pieces of a step of the model, where they are not called as the step is.
PIECES = {
    "thought": {"thought_summary", "thought_signature"},
    "model_output": {"text", "image", "audio", "video", "document", "text_annotation_delta"},
    "text": {"text", "text_annotation"},
}
CALLS = {"steps": {"arguments_delta"}, "legacy": {"function_call"}}


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMA | {"$ref": f"#/$defs/{name}"})


VALIDATORS = {
    name: validator(name) for revision in REVISIONS
    for name in (f"{revision}_answer", f"{revision}_event")}


def mistake(name: str, value: object) -> str | None:
    error = best_match(VALIDATORS[name].iter_errors(value))
    if error is None:
        return None
    place = "/".join(map(str, error.absolute_path)) or "at the top"
    return f"not a {name}: {place}: {error.message[:300]} in {json.dumps(value)[:600]}"


def mistakes(lines: Iterable[dict], revision: str = "steps") -> list[str]:
    """What is wrong with a transcript of Interactions, or several one behind the other."""
    found, order = [], Order(revision)
    for line in lines:
        if line["from"] == "client":
            if "open" in line:
                order = Order(revision, "last_event_id=" in line["open"]["target"])
            continue
        # A mark of the order of bytes is the beginning of a stream.
        if line.get("answer", {}).get("body", "\ufeff") != "\ufeff":
            found.append(mistake(f"{revision}_answer", line["answer"]["body"]))
        elif "event" in line:
            event = line["event"]
            if event["data"] != "[DONE]":
                found.append(mistake(f"{revision}_event", event["data"]))
            found.append(order.take(event))
        elif "text" in line or "bytes" in line:
            found.append(f"not an event: {line}")
    return [problem for problem in found if problem]


class Order:
    """Which event may come next; a stream may end anywhere, since clients leave and faults cut."""

    def __init__(self, revision: str, is_resumed: bool = False) -> None:
        self.revision = revision
        self.begin, self.step, self.end, self.opening = REVISIONS[revision]
        # A stream that is resumed may begin with anything.
        self.allowed = set() if is_resumed else {self.begin}
        self.index: int | None = None if is_resumed else -1
        self.kind = ""

    def take(self, event: dict) -> str | None:
        name, data = event.get("name"), event["data"]
        if data == "[DONE]":
            is_due = not self.allowed or "done" in self.allowed
            self.allowed = {"nothing"}
            return None if name == "done" and is_due else f"{name} is not the end"
        kind = data.get("event_type") if isinstance(data, dict) else None
        if kind != name:
            return f"the event is called {name}, and its data {kind}"
        if self.allowed and kind not in self.allowed:
            return f"{kind} where {sorted(self.allowed)} may come"
        return self.follow(kind.removeprefix(self.step), data)

    def follow(self, kind: str, data: dict) -> str | None:
        between = {self.step + "start", self.end, "error"}
        if kind == self.begin:
            self.allowed = {"interaction.status_update", self.end}
        elif kind == "interaction.status_update":
            self.allowed = between
        elif kind == "start":
            self.allowed = self.inside
            self.kind = data[self.opening]["type"]
            last, self.index = self.index, data["index"]
            if last is not None and self.index != last + 1:
                return f"step {self.index} comes after step {last}"
        elif kind in ("delta", "stop"):
            self.allowed = between if kind == "stop" else self.inside
            if self.index is None:
                self.index = data["index"]
            if data["index"] != self.index:
                return f"{kind} of step {data['index']} in step {self.index}"
            if kind == "delta" and self.kind and data["delta"]["type"] not in self.pieces:
                return f"{data['delta']['type']} in a step of type {self.kind}"
        else:
            self.allowed = {"done"}
        return None

    @property
    def inside(self) -> set[str]:
        """What may come in the middle of a step: a run is cancelled, and fails, at any time."""
        return {self.step + "delta", self.step + "stop", self.end, "error"}

    @property
    def pieces(self) -> set[str]:
        if self.kind == "function_call":
            return CALLS[self.revision]
        return PIECES.get(self.kind, {self.kind})
