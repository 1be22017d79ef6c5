"""google-genai 1.75, unmodified: the legacy schema of the Interactions API.

The SDK of the other tests speaks the current schema only, so this one runs in an interpreter of its
own; what it does and checks is in `legacy_client.py`.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Server

PYTHON = ROOT / ".venv-legacy" / "bin" / "python"

HELLO = "- await: user\n- say: Hello from the mock."
WEATHER = """
- await: user
- call: get_weather
  args: {location: Ankara}
- await: tool_result
- say: It is 22 degrees.
"""


def odd(text: str) -> str:
    """A stream that holds `text` and then ends in good order."""
    return (f"- await: user\n- send: {{text: {json.dumps(text)}}}\n"
            "  fault: {finish: {after: 3 messages}}")


@pytest.mark.parametrize("check, steps, head", [
    ("whole", HELLO, "pace: fast"),
    ("stream", HELLO, "pace: fast"),
    ("function", WEATHER, "pace: fast"),
    ("function_stream", WEATHER, "pace: fast"),
    ("turns", "- await: user\n- say: Two\n- await: user\n- say: Four.", "pace: fast"),
    ("background", "- await: user\n- say: A is better.", "interactions: {background_time: 500ms}"),
    ("sunset", HELLO, "interactions: {revision: sunset}"),
    # What the old SDK makes of a stream that is not as it should be.
    ("allowed", HELLO, "pace: fast\ninteractions: {line_ends: crlf}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {line_ends: cr}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {done: false}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {stream_type: text/plain}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {byte_order_mark: true}"),
    ("no_json", odd("data: not json\n\n"), "pace: fast"),
    ("no_json", odd("retry: 100\n\n"), "pace: fast"),
    ("no_type", odd('data: {"index": 0}\n\n'), "pace: fast"),
    ("dropped", odd('data: {"event_type": "content.stop", "index": 0}\n'), "pace: fast"),
    ("dropped", odd('{"error": {"message": "Refused.", "code": "x"}}\n'), "pace: fast"),
    ("cut", HELLO + "\n  fault: {reset: {after: 8 messages}}", "pace: service"),
    ("failure", "- await: user\n- fail: {code: rate_limit_exceeded, message: Slow.}", "pace: fast"),
])
def test_the_legacy_schema(
    serve: Callable[..., Server], tmp_path: Path, check: str, steps: str, head: str
) -> None:
    assert PYTHON.exists(), "make .venv-legacy/ready makes the environment of the old SDK"
    file = tmp_path / "scenario.yaml"
    file.write_text(f"mockgem: 1\n{head}\nsteps:\n{steps}\n")
    record = tmp_path / "record"
    server = serve(file, "--record", record)
    environment = {**os.environ, "GOOGLE_GEMINI_BASE_URL": server.http}
    outcome = subprocess.run(
        [PYTHON, Path(__file__).with_name("legacy_client.py"), check],
        env=environment, capture_output=True, text=True, timeout=50)
    assert outcome.stdout == f"ok {check}\n", outcome.stderr
    if check == "failure":  # the SDK tries three times more by itself
        assert len(list(record.glob("interactions-*.jsonl"))) == 4
