"""How often both SDKs try again, and how long they wait before it.

Requests are counted by the server's journal; the waiting is what the SDK asks of its clock,
which stands still, so nothing here takes the time that it is about.
"""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Server
from google.genai._gaos.lib import compat_errors as errors
from interactions_play import sdks  # noqa: F401

SDKS = ["new", "old"]
# After the first request: google-genai 3.6.1 tries four times more, 1.75.0 three times.
REQUESTS = {"new": 5, "old": 4}


def came(url: str) -> int:
    """How many requests the server's journal has."""
    with urllib.request.urlopen(f"{url}/mockgem/journal/count?protocol=interactions") as reply:
        return json.load(reply)["count"]


@pytest.fixture
def refusing(serve: Callable[..., Server], tmp_path: Path) -> Callable[..., str]:
    """The address of a server that answers the first requests, or all, with an error."""

    def start(status: str, nth: str | None = None, head: str = "") -> str:
        fault = f"faults: [{{status: {{{status}}}}}]"
        head += f"\nconnections: [{{nth: {nth}, {fault}}}]" if nth else f"\n{fault}"
        file = tmp_path / "scenario.yaml"
        file.write_text(f"mockgem: 1\npace: fast\n{head}\nsteps:\n- await: user\n- say: Hello.\n")
        return serve(file).http

    return start


@dataclass
class Around:
    """A delay the SDK computes: half a second doubled each time, up to a quarter less."""

    count: int

    def __eq__(self, sleeps: object) -> bool:
        assert isinstance(sleeps, list)
        limits = [(0.375 * 2**n, 0.5 * 2**n) for n in range(self.count)]
        return len(sleeps) == self.count and all(
            low <= sleep <= high for sleep, (low, high) in zip(sleeps, limits))


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_an_sdk_gives_up_in_the_end(
    refusing, sdks, sdk: str, stream: bool, status: int
) -> None:
    url = refusing(f"code: {status}, body: coded, message: Busy.")
    seen = sdks[sdk](url=url, stream=stream)
    assert (seen.kinds, seen.status) == ([], status)
    assert seen.body["error"]["message"] == "Busy."
    assert came(url) == REQUESTS[sdk]
    assert seen.sleeps == Around(REQUESTS[sdk] - 1)


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 416, 422, 499])
def test_what_is_not_tried_again(refusing, sdks, sdk: str, status: int) -> None:
    url = refusing(f"code: {status}, body: coded")
    seen = sdks[sdk](url=url, stream=False)
    assert (seen.status, came(url), seen.sleeps) == (status, 1, [])


@pytest.mark.parametrize("sdk", SDKS)
def test_the_third_time_lucky(refusing, sdks, sdk: str) -> None:
    url = refusing("code: 503", nth="1-2")
    seen = sdks[sdk](url=url, stream=False)
    assert (seen.kinds, seen.end) == (["Interaction"], "ends")
    assert came(url) == 3
    assert seen.sleeps == Around(2)


@pytest.mark.parametrize("sdk, headers, sleeps", [
    (sdk, headers, sleeps)
    for headers, new, old in [
        ("retry_after: 7s", [7.0], [7.0]),
        ("retry_after_ms: 20", [0.02], [0.02]),
        ("retry_after: 7s, retry_after_ms: 20", [0.02], [0.02]),
        # None that makes sense: each waits as long as it would have anyway.
        ("retry_after: 0s", Around(1), Around(1)),
        ("retry_after_ms: 0", Around(1), Around(1)),
        # The old SDK finds more than a minute unreasonable.
        ("retry_after: 120s", [120.0], Around(1)),
    ]
    for sdk, sleeps in (("new", new), ("old", old))
])
def test_an_sdk_waits_as_long_as_it_is_told(refusing, sdks, sdk, headers, sleeps) -> None:
    seen = sdks[sdk](url=refusing(f"code: 503, {headers}", nth="1"), stream=False)
    assert seen.kinds == ["Interaction"]
    assert seen.sleeps == sleeps


@pytest.mark.parametrize("sdk", SDKS)
def test_a_date_is_as_good_as_seconds(
    serve: Callable[..., Server], sdks, tmp_path: Path, sdk: str
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("""mockgem: 1
pace: fast
interactions: {retry_after: date}
steps:
- await: user
- fail: {code: service_unavailable, retry_after: 50s}
""")
    seen = sdks[sdk](url=serve(file).http, stream=False)
    assert seen.status == 503
    # The date has whole seconds, and some time passes until it is read.
    assert len(seen.sleeps) == REQUESTS[sdk] - 1
    assert all(40 < sleep <= 51 for sleep in seen.sleeps)


@pytest.mark.parametrize("sdk, status, flag, count", [
    # Only the old SDK obeys.
    ("new", 503, "false", 5), ("old", 503, "false", 1),
    ("new", 400, "true", 1), ("old", 400, "true", 4),
])
def test_whether_an_sdk_is_told_to_try_again(
    refusing, sdks, sdk: str, status: int, flag: str, count: int
) -> None:
    url = refusing(f"code: {status}, should_retry: {flag}")
    seen = sdks[sdk](url=url, stream=False)
    assert (seen.status, came(url)) == (status, count)


@pytest.mark.parametrize("sdk, count", [("new", 1), ("old", 2)])
def test_one_attempt(refusing, sdks, sdk: str, count: int) -> None:
    url = refusing("code: 503")
    seen = sdks[sdk](url=url, stream=False, retry_options={"attempts": 1})
    assert (seen.status, came(url)) == (503, count)


BODIES = {
    "json": {"error": {"code": 400, "message": "No."}},
    "coded": {"error": {"message": "No.", "code": "invalid_request"}},
    "rpc": {"error": {"code": 400, "message": "No.", "status": "INVALID_ARGUMENT"}},
    "rpc_list": [{"error": {"code": 400, "message": "No.", "status": "INVALID_ARGUMENT"}}],
    "html": "<html><head><title>400</title></head><body>No.</body></html>",
    "text": "No.",
    "empty": "",
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status, error", [
    (400, errors.BadRequestError), (429, errors.RateLimitError), (503, errors.InternalServerError)])
def test_every_body_of_an_error_is_read(
    refusing, sdks, sdk: str, stream: bool, body: str, status: int, error: type[Exception]
) -> None:
    url = refusing(f"code: {status}, body: {body}, message: No.")
    seen = sdks[sdk](url=url, stream=stream)
    if (sdk, stream, body) == ("new", True, "empty"):
        # The new SDK looks at a body that it has not read.
        assert (seen.end, seen.status) == ("ResponseNotRead", None)
        return
    assert (seen.end, seen.status) == (error.__name__, status)
    if status == 400:
        assert seen.body == (None if (sdk, body) == ("new", "empty") else BODIES[body])
