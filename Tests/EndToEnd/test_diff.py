"""`mockgem diff`: its formats, its colours, and how it updates a golden."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, ROOT

GOLDEN = ROOT / "golden" / "weather.openai-realtime.jsonl"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The same conversation with one field changed, and one event gone."""
    lines = GOLDEN.read_text().splitlines()
    [place] = [number for number, line in enumerate(lines)
               if '"type":"input_audio_buffer.committed"' in line][:1]
    del lines[place]
    file = tmp_path / "changed.jsonl"
    file.write_text("\n".join(lines).replace("gpt-4o-transcribe", "whisper-1", 1) + "\n")
    return file


def diff(*words: object, **env: str) -> subprocess.CompletedProcess:
    own = {name: value for name, value in os.environ.items()
           if name not in ("CI", "MOCKGEM_GOLDEN", "NO_COLOR")}
    return subprocess.run(
        [BINARY, "diff", *map(str, words)], capture_output=True, text=True, env={**own, **env})


def test_differences_are_told_in_the_words_of_the_protocol(changed: Path) -> None:
    result = diff(GOLDEN, changed)
    assert result.returncode == 1
    assert result.stdout.splitlines()[:2] == [
        "~ line 3: client session.update changed",
        '    session.audio.input.transcription.model: expected "gpt-4o-transcribe", '
        'found "whisper-1"']
    assert "server input_audio_buffer.committed is missing" in result.stdout
    assert diff(GOLDEN, GOLDEN).stdout == ""


def test_json_and_github(changed: Path) -> None:
    report = json.loads(diff(GOLDEN, changed, "--format", "json").stdout)
    assert [change["change"] for change in report["changes"]] == ["changed", "missing"]
    assert report["changes"][0]["fields"][0]["path"] == "session.audio.input.transcription.model"
    assert json.loads(diff(GOLDEN, GOLDEN, "--format", "json").stdout)["changes"] == []
    line = diff(GOLDEN, changed, "--format", "github").stdout.splitlines()[0]
    assert line.startswith(f"::error file={GOLDEN},line=3,col=1::line 3: client session.update")


def test_a_terminal_gets_colours(changed: Path) -> None:
    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run([BINARY, "diff", GOLDEN, changed], stdout=theirs, stderr=subprocess.DEVNULL,
                   env=env)
    os.close(theirs)
    assert os.read(ours, 100).startswith(b"\x1b[33m~ line 3")
    os.close(ours)


def test_a_golden_is_updated_but_never_in_ci(changed: Path, tmp_path: Path) -> None:
    golden = tmp_path / "golden.jsonl"
    golden.write_text(GOLDEN.read_text())
    assert diff(golden, changed, "--update", CI="true").returncode == 64
    assert golden.read_text() == GOLDEN.read_text()
    assert diff(golden, changed, MOCKGEM_GOLDEN="update").returncode == 0
    assert diff(golden, changed).returncode == 0
