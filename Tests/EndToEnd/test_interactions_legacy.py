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
from conftest import Server
from interactions_play import OLD_PYTHON, wrong

CLIENT = Path(__file__).with_name("legacy_client.py")

HELLO = "- await: user\n- say: Hello from the mock."
TURNS = """
- await: user
- say: Noted.
- await: user
- say: Eight.
- await: user
- say: No.
"""
WEATHER = """
- await: user
- call: get_weather
  args: {location: Ankara}
- await: tool_result
- say: It is 22 degrees.
"""


@pytest.mark.parametrize("check, steps, head", [
    ("whole", HELLO, "pace: fast"),
    ("stream", HELLO, "pace: fast"),
    ("function", WEATHER, "pace: fast"),
    ("function_stream", WEATHER, "pace: fast"),
    ("turns", "- await: user\n- say: Two\n- await: user\n- say: Four.", "pace: fast"),
    ("chain", TURNS, "pace: fast"),
    ("stateless", TURNS, "pace: fast"),
    ("cancel", "- await: user\n- think: Hm.\n- say: A.", "interactions: {background_time: 10s}"),
    ("resume", "- await: user\n- think: Hm.\n- say: A.", "interactions: {background_time: 1s}"),
    ("thinking", "- await: user\n- think: Hm.\n- say: '42'", "pace: fast"),
    ("uploaded", "- repeat:\n  steps: [{await: user}, {say: A cat.}]", "pace: fast"),
    ("background", "- await: user\n- say: A is better.", "interactions: {background_time: 500ms}"),
    ("sunset", HELLO, "interactions: {revision: sunset}"),
    # Forms of a stream that are allowed; `test_interactions_tolerance.py` has the others.
    ("allowed", HELLO, "pace: fast\ninteractions: {line_ends: crlf}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {line_ends: cr}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {done: false}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {stream_type: text/plain}"),
    ("allowed", HELLO, "pace: fast\ninteractions: {byte_order_mark: true}"),
    ("failure", "- await: user\n- fail: {code: rate_limit_exceeded, message: Slow.}", "pace: fast"),
])
def test_the_legacy_schema(
    serve: Callable[..., Server], tmp_path: Path, check: str, steps: str, head: str
) -> None:
    assert OLD_PYTHON.exists(), "make .venv-legacy/ready makes the environment of the old SDK"
    file = tmp_path / "scenario.yaml"
    file.write_text(f"mockgem: 1\n{head}\nsteps:\n{steps}\n")
    record = tmp_path / "record"
    server = serve(file, "--record", record)
    environment = {**os.environ, "GOOGLE_GEMINI_BASE_URL": server.http}
    outcome = subprocess.run(
        [OLD_PYTHON, CLIENT, check],
        env=environment, capture_output=True, text=True, timeout=50)
    assert outcome.stdout == f"ok {check}\n", outcome.stderr
    assert server.stop() == 0
    assert wrong(record, "legacy") == []
    if check == "failure":  # the SDK tries three times more by itself
        assert len(list(record.glob("interactions-*.jsonl"))) == 4
