"""google-genai's `client.interactions` when something goes wrong: errors, retries, broken streams."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from conftest import Server
from google.genai import errors as google_errors
from google.genai._gaos.lib import compat_errors as errors
from interactions_play import (  # noqa: F401
    HELLO, MODEL, collect, play, requests, sdks, text_of,
)
from sdk_types import check_interactions

ONCE = {"retry_options": {"attempts": 1}}


@pytest.mark.parametrize("code, status, error", [
    ("invalid_request", 400, errors.BadRequestError),
    ("prohibited_content", 400, errors.BadRequestError),
    ("authentication", 401, errors.AuthenticationError),
    ("payment_required", 402, errors.APIStatusError),
    ("permission_denied", 403, errors.PermissionDeniedError),
    ("model_not_found", 404, errors.NotFoundError),
    ("aborted", 409, errors.ConflictError),
    ("rate_limit_exceeded", 429, errors.RateLimitError),
    ("api_error", 500, errors.InternalServerError),
    ("service_unavailable", 503, errors.InternalServerError),
    ("deadline_exceeded", 504, errors.InternalServerError),
])
def test_a_failure_is_the_sdks_exception(
    play, code: str, status: int, error: type[Exception], tmp_path: Path
) -> None:
    client = play(f"- await: user\n- fail: {{code: {code}, message: No.}}\n", http_options=ONCE)
    with pytest.raises(error) as caught:
        client.interactions.create(model=MODEL, input="?")
    assert caught.value.status_code == status
    assert caught.value.body == {"error": {"message": "No.", "code": code}}
    assert requests(tmp_path) == 1


@pytest.mark.parametrize("code, status, error", [
    ("invalid_request", 400, "BadRequestError"), ("authentication", 401, "AuthenticationError"),
    ("payment_required", 402, "APIStatusError"), ("permission_denied", 403, "PermissionDeniedError"),
    ("not_found", 404, "NotFoundError"), ("already_exists", 409, "ConflictError"),
    ("out_of_range", 416, "APIStatusError"), ("quota_exceeded", 429, "RateLimitError"),
    ("cancelled", 499, "APIStatusError"), ("api_error", 500, "InternalServerError"),
    ("unimplemented", 501, "InternalServerError"), ("deadline_exceeded", 504, "InternalServerError"),
])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("sdk", ["new", "old"])
def test_both_sdks_have_an_exception_for_every_status(
    serve: Callable[..., Server], sdks, tmp_path: Path, sdk: str, stream: bool, code: str,
    status: int, error: str
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(f"mockgem: 1\nsteps:\n- await: user\n- fail: {{code: {code}, message: No.}}\n")
    seen = sdks[sdk](url=serve(file).http, stream=stream)
    assert (seen.end, seen.status) == (error, status)
    assert seen.body == {"error": {"message": "No.", "code": code}}


def test_a_mistake_gets_the_services_words(play) -> None:
    client = play(HELLO)
    with pytest.raises(errors.BadRequestError) as caught:
        client.interactions.create(model=MODEL, input="?", extra_body={"colour": "red"})
    assert caught.value.body == {
        "error": {"message": "Unknown parameter 'colour'.", "code": "parameter_unknown"}}


def test_the_sdk_gives_up_after_five_requests(play, tmp_path: Path) -> None:
    client = play("- await: user\n- fail: {code: service_unavailable, retry_after: 1s}\n")
    with pytest.raises(errors.InternalServerError):
        client.interactions.create(model=MODEL, input="?")
    assert requests(tmp_path) == 5


def test_the_sdk_comes_back_when_it_is_told(play, tmp_path: Path) -> None:
    client = play(HELLO, """
connections:
- nth: 1-2
  refuse: {status: 503, headers: {retry-after-ms: "20"}, json: {error: {code: api_error, message: busy}}}
""")
    assert client.interactions.create(model=MODEL, input="?").status == "completed"


def test_a_failure_in_mid_stream_is_an_event(play) -> None:
    client = play("- await: user\n- say: Some\n- fail: {code: gateway_timeout}\n")
    events = collect(client.interactions.create(model=MODEL, input="?", stream=True))
    assert events[-1].event_type == "error"
    assert events[-1].error.code == "gateway_timeout"
    assert text_of(events) == "Some"


def test_a_stream_that_is_cut_is_resumed(play) -> None:
    client = play("""
- await: user
- say: This text is long enough to be cut in pieces.
  fault: {reset: {after: 8 messages}}
""", "pace: service")
    seen = []
    with pytest.raises(errors.APIConnectionError):
        for event in client.interactions.create(model=MODEL, input="?", stream=True):
            seen.append(event)
    last = [event.event_id for event in seen if event.event_id][-1]
    rest = collect(client.interactions.get(
        seen[0].interaction.id, stream=True, last_event_id=last))
    assert text_of(seen + rest).startswith("This text is long enough")
    assert rest[-1].interaction.status == "completed"


def test_a_stream_that_stalls(play) -> None:
    client = play("- await: user\n- say: Some\n- wait: 20s\n- say: more\n", "pace: service")
    stream = client.interactions.create(model=MODEL, input="?", stream=True, timeout=1.0)
    with pytest.raises(errors.APITimeoutError):
        list(stream)


TWO_HOPS = """
- await: user
- say: So far
- end_turn: {incomplete: requires_continuation}
- await: user
- say: "and on"
- end_turn: {incomplete: requires_continuation}
- await: user
- say: to the end.
"""


def asked(tmp_path: Path) -> list[dict]:
    """The bodies of the requests, in their order."""
    files = sorted((tmp_path / "record").glob("interactions-*.jsonl"),
                   key=lambda file: int(file.stem.split("-")[1]))
    return [json.loads(file.read_text().splitlines()[0])["open"]["body"] for file in files]


@pytest.mark.parametrize("store", [True, False], ids=["stored", "stateless"])
def test_the_sdk_goes_on_by_itself(play, tmp_path: Path, store: bool) -> None:
    answer = play(TWO_HOPS).interactions.create(model=MODEL, input="?", store=store)
    check_interactions(answer)
    assert answer.status == "completed"
    assert "to the end." in answer.output_text
    first, *hops = asked(tmp_path)
    assert len(hops) == 2
    for hop in hops:
        assert hop["continuation_token"]
        # What is stored is named; what is not comes again.
        assert ("previous_interaction_id" in hop, "input" in hop) == (store, not store)


def test_a_stream_goes_on_by_itself(play, tmp_path: Path) -> None:
    events = collect(play(TWO_HOPS).interactions.create(model=MODEL, input="?", stream=True))
    assert text_of(events) == "So farand onto the end."
    ends = [e.interaction.status for e in events if e.event_type == "interaction.completed"]
    assert ends == ["requires_continuation", "requires_continuation", "completed"]
    assert len(asked(tmp_path)) == 3


def test_a_hop_that_fails_leaves_what_there_is(play, tmp_path: Path) -> None:
    client = play(TWO_HOPS, """
connections:
- nth: 2-9
  refuse: {status: 400, json: {error: {code: invalid_request, message: No.}}}
""")
    with pytest.raises(google_errors.ContinuationInterruptedError) as caught:
        client.interactions.create(model=MODEL, input="?")
    assert isinstance(caught.value.__cause__, errors.BadRequestError)
    assert caught.value.continuation_token == asked(tmp_path)[1]["continuation_token"]


def test_a_client_may_go_on_by_itself(play, tmp_path: Path) -> None:
    answer = play(TWO_HOPS).interactions.create(
        model=MODEL, input="?", automatic_continuation=False)
    assert (answer.status, answer.output_text) == ("requires_continuation", "So far")
    assert answer.continuation_token and len(asked(tmp_path)) == 1


def test_the_old_schema_is_refused_after_its_end(play) -> None:
    client = play(HELLO, "interactions: {revision: sunset}")
    assert client.interactions.create(model=MODEL, input="?").status == "completed"
    base = client._api_client._http_options.base_url
    answer = httpx2.post(
        f"{base}/v1beta/interactions", json={"model": MODEL, "input": "?"},
        headers={"x-goog-api-key": "k", "user-agent": "google-genai-sdk/1.75.0 gl-python/3.11"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("head", [
    "interactions: {line_ends: crlf}", "interactions: {line_ends: cr}",
    "interactions: {byte_order_mark: true}", "interactions: {done: false}",
    "interactions: {event_ids: all}", "interactions: {event_ids: none}",
])
def test_forms_of_a_stream_that_are_allowed(play, head: str) -> None:
    events = collect(play(HELLO, head).interactions.create(model=MODEL, input="?", stream=True))
    assert events[0].event_type == "interaction.created"
    assert events[-1].event_type == "interaction.completed"
    assert text_of(events) == "Hello, this is a somewhat longer answer."


@pytest.mark.off_schema
def test_an_unknown_event_is_kept_raw(play) -> None:
    client = play("- await: user\n- send: {event_type: interaction.surprise}\n- say: Hello.\n")
    event = list(client.interactions.create(model=MODEL, input="?", stream=True))[2]
    assert event.is_unknown and event.raw["event_type"] == "interaction.surprise"
