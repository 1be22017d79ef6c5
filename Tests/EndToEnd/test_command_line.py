"""What a user sees who makes a mistake: one clear line, and the right exit code."""

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BINARY, ROOT, Server

HELLO = str(ROOT / "scenarios" / "hello.yaml")


def run(*words: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, *words], capture_output=True, text=True, timeout=10, env={**os.environ, **env})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no command given\nhint: 'mockgem help' lists the commands"),
        (["sreve"], "unknown command 'sreve'\nhint: did you mean 'serve'?"),
        (["check"], "a file is missing\nhint: 'mockgem check --help' shows how it is written"),
        (["play", HELLO, "x"], "unexpected 'x'"),
        (["serve", HELLO, "--fault", "explode"], "--fault 'explode': unknown fault 'explode'"),
        (["faults", "rest"], "unknown fault 'rest'\nhint: did you mean 'reset'?"),
        (["serve", HELLO, "--prot", "1"], "unknown option '--prot'\nhint: did you mean '--port'?"),
        (["serve", HELLO, "-p"], "unknown option '-p'"),
        (["serve", HELLO, "--port"], "'--port' needs a value: --port N"),
        (["serve", HELLO, "--port", "70000"], "'--port 70000' is out of range"),
        (["serve", HELLO, "--port=1", "--port=2"], "'--port' is given twice"),
        (["serve", HELLO, "--no-tls=1"], "'--no-tls' takes no value"),
        (["serve", HELLO, "--cert", "x"], "'--cert' and '--key' go together"),
        (["serve", HELLO, "--isolate", "all"], "unknown isolation 'all'"),
        (["help", "chekc"], "unknown command 'chekc'\nhint: did you mean 'check'?"),
    ],
)
def test_wrong_words_are_usage_errors(words: list[str], message: str) -> None:
    result = run(*words)
    assert result.returncode == 64
    assert result.stderr.startswith(f"mockgem: error: {message}")
    assert result.stdout == ""


def test_a_missing_file_is_an_input_error() -> None:
    result = run("serve", "nowhere.yaml")
    assert result.returncode == 2
    assert result.stderr == (
        "nowhere.yaml:1:1: error: cannot read the file: no such file or directory\n")


def test_a_recording_that_cannot_be_read_is_named_where_it_stands(tmp_path: Path) -> None:
    scenario = tmp_path / "x.yaml"
    scenario.write_text("mockgem: 1\nsteps:\n- say: Hi\n  audio: gone.wav\n")
    result = run("check", str(scenario))
    assert result.returncode == 2
    assert result.stderr == (
        f"{scenario}:4:10: error: cannot read '{tmp_path}/gone.wav': no such file or directory\n"
        "    audio: gone.wav\n           ^\n")


def test_check_shows_the_mistakes_of_every_file() -> None:
    broken = ROOT / "scenarios" / "broken"
    result = run("check", HELLO, str(broken / "unknown-key.yaml"), str(broken / "close-code.yaml"))
    assert result.returncode == 2
    assert result.stderr.count(": error: ") == 2
    good = run("check", HELLO)
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")


def test_a_port_in_use_is_one_line(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", HELLO, "--port", str(port), XDG_STATE_HOME=str(state))
    assert result.returncode == 69
    assert result.stderr.splitlines() == [
        f"mockgem: error: port {port} on 127.0.0.1 is in use",
        "hint: stop what listens there, or choose another with --port (0 takes any free one)",
    ]


def test_an_unreadable_certificate_is_an_input_error() -> None:
    result = run("serve", HELLO, "--cert", "/no.pem", "--key", "/no.key", "--port", "0")
    assert result.returncode == 2
    assert result.stderr.startswith("mockgem: error: cannot use the certificate '/no.pem': ")
    assert "hint: a PEM file" in result.stderr


def test_a_key_of_another_certificate_is_an_input_error(state: Path, serve) -> None:
    serve()
    own = state / "mockgem"
    result = run("serve", HELLO, "--cert", f"{own}/ca.pem", "--key", f"{own}/server.key")
    assert result.returncode == 2
    assert "cannot use the key" in result.stderr


def test_a_certificate_of_the_users_own_is_served(state: Path, serve) -> None:
    first = serve()
    own = state / "mockgem"
    second = serve("hello.yaml", "--cert", f"{own}/server.pem", "--key", f"{own}/server.key")
    assert second.port != first.port


def test_help_names_every_command() -> None:
    overview = run("help")
    assert overview.returncode == 0
    for name in ("serve", "check", "play", "diff", "schema", "faults", "help"):
        assert f"  {name} " in overview.stdout
        assert run(name, "--help").stdout.startswith(f"usage: mockgem {name} ")
    assert run("--version").stdout.startswith("mockgem ")


def test_several_servers_make_one_authority(tmp_path: Path) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    processes = [
        subprocess.Popen(
            [BINARY, "serve", HELLO, "--port", "0", "--quiet"], env=env, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert all(b"ready" in process.stdout.readline() for process in processes)
    for process in processes:
        process.terminate()
        assert process.wait(5) == 0
    assert sorted(os.listdir(tmp_path / "mockgem")) == [
        "ca.pem", "lock", "server.key", "server.pem"]
    assert (tmp_path / "mockgem" / "server.key").stat().st_mode & 0o777 == 0o600
