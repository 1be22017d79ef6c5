"""Everything that is sent over the Interactions API is what its schema says, and SDKs know it.

The goldens are checked as they lie there, and each is held with both SDKs, which must know every
event and every step of it. What the other tests of the API hear is checked when they end, by the
`play` of `interactions_play.py`.
"""

import copy
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Server, serving
from google import genai
from google.genai._gaos.lib import compat_errors as errors
from interactions_play import OLD_PYTHON
from interactions_wire import mistakes
from sdk_types import check_interactions
from test_interactions_legacy import CLIENT

GOLDEN, SCENARIOS = ROOT / "golden", ROOT / "scenarios"
ALL = sorted(GOLDEN.rglob("*.interactions.jsonl"))
# What is wrong with these is what they are about.
WRONG = {
    "unknown-events": "an event nobody knows",
    "unknown-event": "an event nobody knows",
    "unknown-deltas": "a delta nobody knows",
    "unknown-members": "members nobody knows",
    "rest-503-with-retry-after": "the error of Google's front end",
}
# What a client gets of these is not what a transcript has.
UNPLAYED = {
    "broken-json": "data that are no JSON are no event there",
    "sse-cut-unseen": "its first stream has no frames, and is bytes there",
    "sse-without-the-last-blank-line": "the last event is none there",
    "rest-429-again-and-again": "the SDK gives up before it is answered",
}


def stem(path: Path) -> str:
    return path.name.removesuffix(".interactions.jsonl")


def revision(path: Path) -> str:
    return "legacy" if stem(path).endswith("-legacy") else "steps"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("path", ALL, ids=stem)
def test_a_golden_is_what_the_schema_says(path: Path) -> None:
    found = mistakes(lines(path), revision(path))
    assert bool(found) == (stem(path) in WRONG), found


def test_every_kind_of_step_and_content_is_in_a_golden() -> None:
    sent = json.dumps([lines(path) for path in ALL])
    for word in (
        "code_execution", "url_context", "google_search", "google_maps", "file_search",
        "mcp_server_tool", "retrieval", "processing", "tool_search",
    ):
        assert f'"type": "{word}_call"' in sent and f'"type": "{word}_result"' in sent
    for word in (
        "thought", "model_output", "function_call", "text", "image", "audio", "document", "video",
        "thought_signature", "arguments_delta", "text_annotation_delta", "text_annotation",
        "url_citation", "file_citation", "place_citation", "speech_metadata", "word_info",
    ):
        assert f'"type": "{word}"' in sent, word


# The schema itself: a change anywhere in what is right must make it wrong.


def changed(value: object) -> Iterator[object]:
    """`value` with a member more in one of its objects, or with another kind of something."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            for other in changed(item):
                yield value[:index] + [other] + value[index + 1:]
    if not isinstance(value, dict):
        return
    yield value | {"sparkle": 1}
    for name in ("type", "event_type", "status", "object"):
        if isinstance(value.get(name), str):
            yield value | {name: "sparkle"}
    for name, inner in value.items():
        # What is inside of these belongs to the scenario and to the client.
        if name not in ("arguments", "result", "tools", "input"):
            for other in changed(inner):
                yield value | {name: other}


@pytest.mark.parametrize("name", ["service-tools", "service-tools-legacy", "weather", "thinking"])
def test_the_schema_is_strict(name: str) -> None:
    path = GOLDEN / f"{name}.interactions.jsonl"
    number = 0
    for line in lines(path):
        if "event" not in line or line["event"]["data"] == "[DONE]":
            continue
        for data in changed(line["event"]["data"]):
            event = {"name": data["event_type"], "data": copy.deepcopy(data)}
            assert mistakes([line | {"event": event}], revision(path)), data
            number += 1
    assert number > 30


@pytest.mark.parametrize("change, problem", [
    (lambda sent: sent[1:], "interaction.status_update where ['interaction.created'] may come"),
    (lambda sent: sent[:2] + sent[3:], "step.delta where"),
    (lambda sent: sent[:4] + sent[5:], "step.start where"),
    (lambda sent: sent + sent[-1:], "done is not the end"),
    (lambda sent: sent[:-2] + sent[-1:], "done is not the end"),
    (lambda sent: sent[:5] + sent[2:5] + sent[5:], "step 0 comes after step 0"),
    (lambda sent: [*sent[:3], sent[6], *sent[3:]], "delta of step 1 in step 0"),
    (lambda sent: [*sent[:6], {**sent[3], "event": retold(sent[3], index=1)}, *sent[6:]],
     "thought_signature in a step of type model_output"),
    (lambda sent: [{**sent[0], "event": sent[0]["event"] | {"name": "message"}}, *sent[1:]],
     "the event is called message"),
])
def test_the_order_of_events_is_checked(change, problem: str) -> None:
    sent = [line for line in lines(GOLDEN / "thinking.interactions.jsonl") if "event" in line]
    assert len(sent) == 10 and mistakes(sent) == []
    [found, *_] = mistakes(change(sent))
    assert problem in found


def retold(line: dict, **members: object) -> dict:
    return line["event"] | {"data": line["event"]["data"] | members}


# The SDKs.


@pytest.fixture(scope="module")
def stage(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """All scenarios that have a golden, on one port; a client says which it wants."""
    files = [
        SCENARIOS / path.relative_to(GOLDEN).with_name(f"{stem(path)}.yaml") for path in PLAYED]
    with serving(state, tmp_path_factory.mktemp("stage")) as start:
        yield start(*files)


def bodies(path: Path) -> list[dict]:
    """What the client of a golden asked for, where it was answered."""
    found, last = [], None
    for line in lines(path):
        if "open" in line and line["open"]["method"] == "POST":
            last = line["open"]["body"]
        elif line.get("answer", {}).get("status") == 200 and last:
            found.append(last)
            last = None
    return found


PLAYED = [path for path in ALL if stem(path) not in WRONG | UNPLAYED and bodies(path)]


@pytest.mark.parametrize("path", [path for path in PLAYED if revision(path) == "steps"], ids=stem)
def test_the_sdk_knows_every_event_of_a_golden(stage: Server, path: Path) -> None:
    client = genai.Client(api_key=f"steps {stem(path)}", http_options={
        "base_url": stage.http, "headers": {"x-mockgem-scenario": stem(path)}})
    number = 0
    for body in bodies(path):
        try:
            for event in client.interactions.create(**body):
                check_interactions(event)
                number += 1
        except errors.APIConnectionError:
            assert "cut" in stem(path)
            return
    sent = [line for line in lines(path) if "event" in line and line["event"]["name"] != "done"]
    assert number == len(sent)


def test_the_old_sdk_knows_every_event_of_the_goldens(stage: Server) -> None:
    work = {
        stem(path): bodies(path) for path in PLAYED
        if stem(path) != "speaks-the-present-schema"}  # which refuses it
    outcome = subprocess.run(
        [OLD_PYTHON, CLIENT, "goldens"], input=json.dumps(work), capture_output=True, text=True,
        env={**os.environ, "GOOGLE_GEMINI_BASE_URL": stage.http}, timeout=50)
    assert outcome.stdout.endswith("ok goldens\n"), outcome.stderr
    counts = json.loads(outcome.stdout.splitlines()[0])
    assert counts.keys() == work.keys() and min(counts.values()) > 2
