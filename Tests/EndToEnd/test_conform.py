"""`mockgem conform`: the suite against clients that are right, and against clients that are not."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest
from conftest import BINARY, ROOT

DRIVERS = ROOT / "scenarios" / "conformance" / "drivers"
OPENAI = [sys.executable, DRIVERS / "openai_driver.py"]
LIVE = [sys.executable, DRIVERS / "google_genai_driver.py"]
HTTP = [sys.executable, DRIVERS / "google_genai_http.py"]
RAW = [sys.executable, DRIVERS / "websocket_live.py"]
WRONG = [sys.executable, Path(__file__).with_name("wrong_client.py")]


@pytest.fixture
def conform(state: Path, tmp_path: Path):
    """Runs the suite; the exit code, the outcomes by requirement, and the rest of stdout."""

    def run(*words, driver: list | None = None, **environment):
        command = ["--", *driver] if driver else []
        result = subprocess.run(
            [BINARY, "conform", *words, *command], cwd=ROOT, capture_output=True, text=True,
            env={**os.environ, "XDG_STATE_HOME": str(state), **environment})
        rows = {}
        for line in result.stdout.splitlines():
            parts = line.split()
            if len(parts) == 3 and parts[0] in ("pass", "FAIL", "VOID", "xfail", "STALE"):
                rows[parts[2]] = parts[0]
        return result, rows

    return run


def failed(rows: dict[str, str]) -> set[str]:
    return {name for name, word in rows.items() if word != "pass"}


# The catalogue


def test_the_list_reads_like_a_specification(conform) -> None:
    result, _ = conform("--list", "gemini-live")
    lines = result.stdout.splitlines()
    sections = [line for line in lines if line and not line.startswith(" ")]
    assert sections[:3] == ["gemini-live/connection", "gemini-live/session", "gemini-live/audio"]
    place = lines.index("  gemini-live/tools/answers-once")
    assert lines[place + 1] == "    MUST: A client answers a call once."
    assert lines[place + 2].startswith("    Google, ")


def test_there_are_as_many_requirements_as_were_asked_for(conform) -> None:
    counts = {}
    for line in conform("--list")[0].stdout.splitlines():
        if line.startswith("  ") and not line.startswith("   "):
            suite = line.strip().split("/")[0]
            counts[suite] = counts.get(suite, 0) + 1
    assert counts["openai-realtime"] >= 40 and counts["gemini-live"] >= 40
    assert counts["interactions"] >= 25 and counts["gemini-rest"] >= 15


REQUIREMENT = """
mockgem: 1
protocols: [gemini-live]
requirement:
  level: must
  text: A client says please.
  source: A book of manners, "Asking"
  task: {turns: [Tea.]}
  report: {answers: 1}
pace: fast
steps:
- await: user
  expect: {text: {contains: please}}
- say: Here you are.
"""


def test_a_new_requirement_is_one_file(conform, tmp_path: Path) -> None:
    file = tmp_path / "mine" / "manners" / "says-please.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(REQUIREMENT)
    result, rows = conform("--catalogue", tmp_path, driver=RAW)
    assert result.returncode == 1
    assert rows == {"mine/manners/says-please": "FAIL"}
    assert 'unmet: text: expected something that contains "please"' in result.stdout
    file.write_text(REQUIREMENT.replace("Tea.", "Tea please."))
    assert conform("--catalogue", tmp_path, driver=RAW)[0].returncode == 0


def test_words_that_are_wrong(conform, tmp_path: Path) -> None:
    result, _ = conform("gemini-live/tuls", driver=RAW)
    assert result.returncode == 64 and "did you mean 'gemini-live/tools'?" in result.stderr
    assert conform("gemini-live")[0].returncode == 64
    assert conform("gemini-live", "--attach", driver=RAW)[0].returncode == 64
    baseline = tmp_path / "baseline"
    baseline.write_text("gemini-live/tools/answers-onse\n")
    result, _ = conform("gemini-live/tools", "--baseline", baseline, driver=RAW)
    assert result.returncode == 2 and "did you mean" in result.stderr


# Clients


SECTIONS = [f"gemini-live/{name}" for name in ("tools", "interruption", "reconnect", "tolerance")]
BUGS = {
    "none": set(),
    "plays-on": {"interruption/drops-what-was-not-played"},
    "answers-twice": {"tools/answers-once"},
    "dies-of-the-unknown": {"tolerance/unknown-message"},
    "never-resumes": {
        "reconnect/keeps-the-newest-handle", "reconnect/resumes-after-a-reset",
        "reconnect/resumes-after-an-internal-error", "reconnect/heeds-a-go-away",
        "reconnect/resumes-after-an-end-without-a-word",
    },
    "ignores-go-away": {"reconnect/heeds-a-go-away"},
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_client_fails_what_names_its_bug(conform, bug: str) -> None:
    result, rows = conform(*SECTIONS, "--strict", "--parallel", "4", driver=WRONG, WRONG=bug)
    assert failed(rows) == {f"gemini-live/{name}" for name in BUGS[bug]}, result.stdout
    assert result.returncode == (1 if BUGS[bug] else 0)


SAMPLES = {
    "openai": (OPENAI, ["openai-realtime/connection", "openai-realtime/tools"]),
    "google-genai": (LIVE, ["gemini-live/tools", "gemini-live/reconnect", "gemini-live/tolerance"]),
    "google-genai-http": (HTTP, ["interactions/tools", "interactions/errors", "gemini-rest"]),
}


@pytest.mark.timeout(300)  # an SDK takes seconds to be imported, dozens of times
@pytest.mark.parametrize("name", SAMPLES)
def test_the_baselines_of_the_sdks_hold(conform, name: str) -> None:
    driver, suites = SAMPLES[name]
    baseline = DRIVERS / f"{name}.baseline"
    result, rows = conform(
        *suites, "--strict", "--parallel", "4", "--baseline", baseline, "--time-limit", "60s",
        driver=driver)
    assert result.returncode == 0, result.stdout + result.stderr
    known = {line.split()[0] for line in baseline.read_text().splitlines() if line[:1] not in "#"}
    assert failed(rows) == {name for name in known if name in rows}


def test_a_stale_baseline_fails(conform, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    baseline.write_text("gemini-live/turns/types-a-turn  # not any more\n")
    result, rows = conform("gemini-live/turns/types-a-turn", "--baseline", baseline, driver=RAW)
    assert (result.returncode, rows) == (1, {"gemini-live/turns/types-a-turn": "STALE"})


def test_a_driver_that_hangs_is_ended(conform) -> None:
    hanging = [sys.executable, "-c", "import signal; signal.pause()"]
    result, rows = conform(
        "gemini-live/turns", "--parallel", "9", "--time-limit", "500ms", driver=hanging)
    assert result.returncode == 1 and set(rows.values()) == {"FAIL"}
    assert "timeout: the command was ended after the time limit of 500 ms" in result.stdout


def test_a_driver_that_is_no_program(conform) -> None:
    assert conform("gemini-live/turns", driver=["/nothing/there"])[0].returncode == 2


def test_reports(conform, tmp_path: Path) -> None:
    formats = {"junit": "xml", "json": "json", "html": "html", "tap": "tap"}
    reports = [f"--report={name}={tmp_path}/out.{end}" for name, end in formats.items()]
    result, rows = conform(
        "gemini-live/reconnect", "--strict", "--parallel", "4", *reports, driver=WRONG,
        WRONG="ignores-go-away")
    assert result.returncode == 1
    [suite] = xml.parse(tmp_path / "out.xml").getroot()
    assert (suite.get("name"), suite.get("failures")) == ("gemini-live/reconnect", "1")
    assert len(suite) == len(rows)
    report = json.loads((tmp_path / "out.json").read_text())
    assert (report["passed"], report["failed"]) == (len(rows) - 1, 1)
    assert len(report["connections"]) > len(rows)
    page = (tmp_path / "out.html").read_text()
    assert page.count("A client that is told to go away") >= 1
    assert (tmp_path / "out.tap").read_text().startswith(f"TAP version 14\n1..{len(rows)}")


def test_a_client_that_runs_already(state: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    process = subprocess.Popen(
        [BINARY, "conform", "gemini-live/turns/types-a-turn", "gemini-live/tools/answers-a-call",
         "--attach", "--port", "0"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    address = process.stderr.readline().split()[2]
    done: set[str] = set()
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/mockgem/task", timeout=5) as answer:
                shown = json.load(answer)
        except OSError:
            break
        if shown["requirement"] in done:
            time.sleep(0.05)
            continue
        done.add(shown["requirement"])
        subprocess.run(RAW, check=True, capture_output=True, env={
            **environment, "MOCKGEM_URL": address, "GEMINI_API_KEY": "mine",
            "MOCKGEM_TASK": json.dumps(shown["task"])})
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert output.count("pass ") == 2
    assert done == {"gemini-live/turns/types-a-turn", "gemini-live/tools/answers-a-call"}


def test_an_interrupt_ends_everything(state: Path) -> None:
    process = subprocess.Popen(
        [BINARY, "conform", "gemini-live/turns", "--", sys.executable, "-c",
         "import signal; print(1, flush=True); signal.pause()"],
        cwd=ROOT, env={**os.environ, "XDG_STATE_HOME": str(state)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 20
    while not children.read_text().split():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "the run was ended before its end" in errors
