"""`mockgem run`: real clients as its command, the verdict, the reports and the exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BINARY, ROOT
from lxml import etree

CLIENTS = Path(__file__).parent / "clients"
EXPECTED = Path(__file__).parent / "expected" / "mistakes"
HELLO = ROOT / "scenarios" / "hello.yaml"
UPDATE = os.environ.get("MOCKGEM_GOLDEN") == "update"

Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def environment(state: Path) -> dict[str, str]:
    """No CI, no other proxies: what a test sees does not depend on where it runs."""
    own = {name: value for name, value in os.environ.items()
           if name not in ("CI", "MOCKGEM_GOLDEN", "GITHUB_STEP_SUMMARY", "NO_COLOR")}
    return {**own, "XDG_STATE_HOME": str(state), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Run:
    def start(*words: str | Path, command: list[str], env: dict[str, str] | None = None):
        return subprocess.run(
            [BINARY, "run", *words, "--", *command], capture_output=True, text=True, timeout=50,
            env={**environment, **(env or {})}, cwd=tmp_path)
    return start


def client(name: str, *words: str) -> list[str]:
    return [sys.executable, str(CLIENTS / f"{name}.py"), *words]


@pytest.mark.parametrize("name", ["openai_hello", "gemini_hello"])
def test_sdks_find_the_server_in_their_environment(run: Run, name: str) -> None:
    result = run(HELLO, command=client(name))
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == (
        "Loud and clear. How can I help you today? You are welcome. Goodbye!".split())
    assert result.stderr.endswith("passed: 2 passed, 0 failed\n")


def test_the_environment_is_what_the_readme_says(
    run: Run, state: Path, tmp_path: Path, environment: dict[str, str],
) -> None:
    show = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    result = run(
        HELLO, "--env-file", "here/env", command=show,
        env={"OPENAI_API_KEY": "a real one", "NO_PROXY": "example.org", "KEPT": "yes"})
    seen = json.loads(result.stdout)
    plain, secure = seen["MOCKGEM_URL"], seen["MOCKGEM_TLS_URL"]
    assert plain.replace("http:", "https:") == secure
    bundle = str(state / "mockgem" / "bundle.pem")
    own = {
        "MOCKGEM_URL": plain, "MOCKGEM_TLS_URL": secure,
        "OPENAI_BASE_URL": f"{plain}/v1", "OPENAI_API_KEY": "mockgem",
        "GOOGLE_GEMINI_BASE_URL": secure, "GEMINI_API_KEY": "mockgem",
        "GOOGLE_API_KEY": "mockgem", "NO_PROXY": "127.0.0.1,localhost,::1,example.org",
        "no_proxy": "127.0.0.1,localhost,::1,127.0.0.1,localhost"
        if "no_proxy" in environment else "127.0.0.1,localhost,::1",
        "SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle,
        "NODE_EXTRA_CA_CERTS": str(state / "mockgem" / "ca.pem"),
    }
    own["no_proxy"] = seen["no_proxy"]
    assert {name: seen[name] for name in own} == own
    assert seen["KEPT"] == "yes"
    file = (tmp_path / "here" / "env").read_text()
    assert dict(line.split("=", 1) for line in file.splitlines()) == own
    authority = (state / "mockgem" / "ca.pem").read_text()
    assert Path(bundle).read_text().startswith(authority)


def test_the_key_is_one_that_the_scenario_accepts(run: Run, tmp_path: Path) -> None:
    scenario = tmp_path / "x.yaml"
    scenario.write_text("mockgem: 1\nauth: {keys: [sk-one, sk-two]}\nsteps: [{await: user}]\n")
    result = run(scenario, command=["sh", "-c", "echo $OPENAI_API_KEY"])
    assert result.stdout == "sk-one\n"


def test_the_exit_code_of_the_command_is_kept_apart(run: Run) -> None:
    script = f"{' '.join(client('openai_hello'))} >/dev/null; exit 3"
    result = run(HELLO, "--report", "json=-", command=["sh", "-c", script])
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert report["command"]["exit"] == 3
    assert [suite["pass"] for suite in report["suites"]] == [True, False]


def test_a_command_that_does_nothing_fails_the_scenario(run: Run) -> None:
    result = run(HELLO, command=["true"])
    assert result.returncode == 1
    assert "unplayed: no client opened a connection to this scenario" in result.stderr


def test_a_command_that_is_not_there_is_one_line(run: Run) -> None:
    result = run(HELLO, command=["no-such-program"])
    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == (
        "mockgem: error: cannot run 'no-such-program': no such file or directory")


def test_words_that_are_wrong(environment: dict[str, str]) -> None:
    for words, message in [
        ([HELLO], "the command is missing"),
        ([HELLO, "--report", "junt=x", "--", "true"], "unknown report 'junt'\nhint: did you mean"),
        ([HELLO, "--report", "junit", "--", "true"], "'--report junit' needs a file"),
        ([HELLO, "--time-limit", "soon", "--", "true"], "'--time-limit soon' is no time"),
        ([HELLO, "--update", "--", "true"], "'--update' needs the folder: --golden DIR"),
    ]:
        result = subprocess.run(
            [BINARY, "run", *words], capture_output=True, text=True, env=environment)
        assert result.returncode == 64
        assert result.stderr.startswith(f"mockgem: error: {message}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_are_passed_on(environment: dict[str, str], number: signal.Signals) -> None:
    script = (
        "import signal, sys\n"
        f"signal.signal({int(number)}, lambda number, _: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()")
    process = subprocess.Popen(
        [BINARY, "run", HELLO, "--report", "json=-", "--", sys.executable, "-c", script],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    report = json.loads(process.stdout.read())
    assert report["command"]["exit"] == 7
    assert process.wait(10) == 1


def test_the_time_limit_ends_the_command_and_what_it_started(run: Run) -> None:
    result = run(
        HELLO, "--time-limit", "1s", "--report", "json=-",
        command=["sh", "-c", "sleep 300 & echo $!; wait"])
    pid, report = result.stdout.split("\n", 1)
    assert json.loads(report)["command"]["timed_out"] is True
    assert "was ended after the time limit of 1 s" in result.stderr
    end = time.monotonic() + 10
    while alive(int(pid)) and time.monotonic() < end:
        os.sched_yield()
    assert not alive(int(pid))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_failed_run_is_kept_and_a_good_one_is_not(run: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    assert run(HELLO, "--keep", good, command=client("openai_hello")).returncode == 0
    assert not good.exists()
    result = run(HELLO, "--keep", bad, command=client("mistakes", "early_leave"))
    assert result.returncode == 1
    assert f"transcripts, log and report.html are in {bad}" in result.stderr
    assert {path.name for path in bad.iterdir()} == {
        "audio.jsonl", "findings.jsonl", "log.txt", "openai-realtime-1.jsonl", "report.html"}
    assert "sk-" not in (bad / "report.html").read_text()


def test_every_report_is_written_and_junit_is_valid(run: Run, tmp_path: Path) -> None:
    reports = {name: tmp_path / "out" / name for name in ("text", "junit", "json", "tap", "html")}
    options = [word for name, path in reports.items() for word in ("--report", f"{name}={path}")]
    summary = tmp_path / "summary.md"
    result = run(
        HELLO, *options, "--report", "github", command=client("mistakes", "unknown_event"),
        env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert result.returncode == 1
    schema = etree.XMLSchema(etree.parse(Path(__file__).parent / "junit.xsd"))
    junit = etree.parse(reports["junit"])
    schema.assertValid(junit)
    assert junit.getroot().get("failures") == "1"
    assert json.loads(reports["json"].read_text())["failed"] == 1
    assert reports["tap"].read_text().startswith("TAP version 14\n1..2\nnot ok 1 - Hello")
    assert reports["text"].read_text() == result.stderr
    assert result.stdout.startswith("::error file=")
    assert summary.read_text().startswith("### mockgem: failed\n")


# What each mistake's scenario is; the message is in `expected/mistakes`.
RETURNING = """\
mockgem: 1
name: Coming back
steps:
- await: user
- say: One.
- await: reconnect
  expect: {resumed: true}
- await: user
- say: Two.
"""
MISTAKES = {
    "wrong_audio_rate": HELLO, "unanswered_call": ROOT / "scenarios" / "weather.yaml",
    "no_handle": RETURNING, "unknown_event": HELLO, "unknown_message": HELLO,
    "wrong_path": HELLO, "early_leave": HELLO,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_step_and_what_the_documentation_asks_for(
    run: Run, tmp_path: Path, mistake: str,
) -> None:
    scenario = MISTAKES[mistake]
    if isinstance(scenario, str):
        path = tmp_path / "scenario.yaml"
        path.write_text(scenario)
        scenario = path
    result = run(scenario, "--report", "json=-", command=client("mistakes", mistake))
    assert result.returncode == 1
    lines = []
    for suite in json.loads(result.stdout)["suites"]:
        for check in suite["checks"]:
            for problem in check["problems"]:
                place = ":".join(
                    str(problem[key]) for key in ("line", "column") if key in problem)
                text = problem["text"].replace(str(scenario), scenario.name)
                lines.append(f"{place or '-'} {problem['kind']}: {text}")
                if "hint" in problem:
                    lines.append(f"  hint: {problem['hint'].replace(str(scenario), '')}")
    told = "\n".join(lines) + "\n"
    golden = EXPECTED / f"{mistake}.txt"
    if UPDATE:
        golden.write_text(told)
    assert told == golden.read_text()


def test_goldens_are_written_compared_and_never_written_in_ci(run: Run, tmp_path: Path) -> None:
    golden = tmp_path / "golden" / "hello.openai-realtime.jsonl"
    options = [HELLO, "--golden", "golden"]
    missing = run(*options, command=client("openai_hello"))
    assert missing.returncode == 1
    assert "golden: there is no golden yet" in missing.stderr
    in_ci = run(*options, "--update", command=client("openai_hello"), env={"CI": "true"})
    assert in_ci.returncode == 64
    assert "goldens are never written in CI" in in_ci.stderr
    failed = run(*options, "--update", command=client("mistakes", "early_leave"))
    assert "not written, since the run failed otherwise" in failed.stderr
    assert not golden.exists()
    written = run(*options, command=client("openai_hello"), env={"MOCKGEM_GOLDEN": "update"})
    assert written.returncode == 0, written.stderr
    assert run(*options, command=client("openai_hello")).returncode == 0
    golden.write_text(golden.read_text().replace('"text":"Thank you."', '"text":"Thanks."'))
    changed = run(*options, command=client("openai_hello"))
    assert changed.returncode == 1
    assert 'item.content[0].text: expected "Thanks.", found "Thank you."' in changed.stderr


@pytest.mark.parametrize(("turns", "code"), [("1", 1), ("2", 0)])
def test_over_requests_and_answers_the_exchanges_together_play_the_scenario(
    run: Run, turns: str, code: int,
) -> None:
    result = run(HELLO, command=client("generate_hello", turns))
    assert result.returncode == code
    assert ("unplayed: 'await: user' was not played" in result.stderr) == (code == 1)


def test_several_scenarios_are_judged_each(run: Run, tmp_path: Path) -> None:
    result = run(
        HELLO, ROOT / "scenarios" / "weather.yaml", "--report", "json=-",
        command=client("openai_hello"))
    suites = json.loads(result.stdout.split("Goodbye!\n", 1)[1])["suites"]
    assert [(suite["name"], suite["pass"]) for suite in suites] == [
        ("Hello", True), ("Weather", False), ("command", True)]
