"""google-genai's `client.interactions` when something goes wrong: errors, retries, broken streams."""

import json
from pathlib import Path

import httpx2
import pytest
from google.genai._gaos.lib import compat_errors as errors
from interactions_play import HELLO, MODEL, collect, play, requests, text_of  # noqa: F401
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
  refuse: {status: 503, headers: {retry-after-ms: "20"}, json: {error: {code: x, message: busy}}}
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


def test_the_sdk_goes_on_by_itself(play, tmp_path: Path) -> None:
    client = play("""
- await: user
- say: So far
- end_turn: {incomplete: requires_continuation}
- await: user
- say: and on.
""")
    answer = client.interactions.create(model=MODEL, input="?")
    check_interactions(answer)
    assert answer.status == "completed"
    assert "and on." in answer.output_text
    assert requests(tmp_path) == 2


def test_the_old_schema_is_refused_after_its_end(play) -> None:
    client = play(HELLO, "interactions: {revision: sunset}")
    assert client.interactions.create(model=MODEL, input="?").status == "completed"
    base = client._api_client._http_options.base_url
    answer = httpx2.post(
        f"{base}/v1beta/interactions", json={"model": MODEL, "input": "?"},
        headers={"x-goog-api-key": "k", "user-agent": "google-genai-sdk/1.75.0 gl-python/3.11"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


# What the SDK makes of a stream that is not as it should be. Each row was measured with the real
# SDK; `test_interactions_legacy.py` holds the same rows for the old one.

ODD = """
- await: user
- send: {text: %s}
  fault: {finish: {after: 3 messages}}
"""


def odd(play, text: str, head: str = "") -> list:
    """The events of a stream that holds `text` and then ends in good order."""
    client = play(ODD % json.dumps(text), head)
    return list(client.interactions.create(model=MODEL, input="?", stream=True))[2:]


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


def test_a_comment_and_a_time_to_wait_are_passed_over(play) -> None:
    stop = 'data: {"event_type": "step.stop", "index": 0}\n\n'
    events = odd(play, f": ping\n\nretry: 100\n\nid: 7\n{stop}")
    assert [event.event_type for event in events] == ["step.stop"]


def test_data_that_is_no_json_is_text(play) -> None:
    assert odd(play, "data: not json\n\n") == ["not json"]


def test_an_event_without_a_type_is_an_error(play) -> None:
    assert type(odd(play, 'data: {"index": 0}\n\n')[0]).__name__ == "ErrorEvent"


def test_an_unknown_event_is_kept_raw(play) -> None:
    event = odd(play, 'data: {"event_type": "interaction.surprise"}\n\n')[0]
    assert event.is_unknown and event.raw["event_type"] == "interaction.surprise"


def test_an_event_without_its_empty_line_is_delivered(play) -> None:
    events = odd(play, 'data: {"event_type": "step.stop", "index": 0}\n')
    assert [event.event_type for event in events] == ["step.stop"]


def test_a_bare_error_line_is_a_silent_end(play) -> None:
    assert odd(play, '{"error": {"message": "Refused.", "code": "prohibited_content"}}\n') == []


def test_another_content_type_is_refused(play) -> None:
    client = play(HELLO, "interactions: {stream_type: text/plain}")
    with pytest.raises(errors.APIError):
        list(client.interactions.create(model=MODEL, input="?", stream=True))
