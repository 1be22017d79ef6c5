"""google-generativeai 0.8.6, unmodified: tuned models from their examples to their end.

It is the only SDK that tunes with examples; what it does and checks is in `tuning_client.py`.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Server

PYTHON = ROOT / ".venv-legacy" / "bin" / "python"


@pytest.mark.parametrize("check, settings", [
    ("whole", "{tuning: {lasts: 1s}}"),
    ("failure", "{tuning: {lasts: 100ms, outcome: FAILED, message: The data are odd.}}"),
    ("mistakes", "{tuning: {lasts: 0s}}"),
    ("pages", "{tuning: {lasts: 0s}}"),
])
def test_tuned_models(
    serve: Callable[..., Server], tmp_path: Path, check: str, settings: str
) -> None:
    assert PYTHON.exists(), "make .venv-legacy/ready makes the environment of the old SDK"
    file = tmp_path / "scenario.yaml"
    file.write_text(
        f"mockgem: 1\npace: fast\ngemini-rest: {settings}\n"
        "otherwise: [{say: 'Eight, of course.'}]\n")
    server = serve(file)
    outcome = subprocess.run(
        [PYTHON, Path(__file__).with_name("tuning_client.py"), check, server.http],
        capture_output=True, text=True, timeout=50)
    assert outcome.stdout == f"ok {check}\n", outcome.stderr
