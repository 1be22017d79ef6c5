"""Starts the built binary for the tests, and knows where its files are."""

import contextlib
import os
import signal
import subprocess
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / ".build" / "release" / "mockgem"
AUDIO = ROOT / "scenarios" / "audio"


@dataclass
class Server:
    """A running `mockgem serve`."""

    process: subprocess.Popen
    port: int
    authority: Path
    record: Path
    log_file: Path

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def https(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def log(self) -> str:
        return self.log_file.read_text()

    def wait_for_log(self, words: str) -> None:
        deadline = time.monotonic() + 10
        while words not in self.log():
            assert time.monotonic() < deadline, f"{words!r} is not in the log: {self.log()}"
            time.sleep(0.01)

    def stop(self) -> int:
        """Ends the server as a supervisor would; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(5)


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory of the tests' own, so that the user's is left alone."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def serve(state: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Serves a scenario on a free port; several may run at once."""
    with serving(state, tmp_path) as start:
        yield start


@contextlib.contextmanager
def serving(state: Path, folder: Path) -> Iterator[Callable[..., Server]]:
    """What starts servers, which end with it; their files are in `folder`."""
    servers: list[Server] = []

    def start(
        scenario: str | Path = "hello.yaml", *options: str | Path, stderr: int | None = None,
        descriptors: int | None = None,
    ) -> Server:
        """`descriptors` is the limit of open files, soft and hard."""
        ready = folder / f"ready-{len(servers)}"
        log = open(folder / f"log-{len(servers)}", "wb")
        limit = [] if descriptors is None else ["prlimit", f"--nofile={descriptors}:{descriptors}"]
        process = subprocess.Popen(
            [*limit, BINARY, "serve", ROOT / "scenarios" / scenario, "--port", "0",
             "--ready-file", ready, *options],
            stdout=subprocess.PIPE, stderr=log if stderr is None else stderr,
            env={**os.environ, "XDG_STATE_HOME": str(state)})
        line = process.stdout.readline().decode()
        assert line.startswith("mockgem: ready "), Path(log.name).read_text()
        assert ready.read_text() == line
        port = int(line.split()[2].rsplit(":", 1)[1])
        authority = state / "mockgem" / "ca.pem"
        servers.append(Server(process, port, authority, folder / "record", Path(log.name)))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            assert server.stop() == 0


@pytest.fixture(autouse=True)
def trust(monkeypatch: pytest.MonkeyPatch, state: Path) -> None:
    """What the README tells users to set: the authority, and no proxy for loopback."""
    monkeypatch.setenv("SSL_CERT_FILE", str(state / "mockgem" / "ca.pem"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def pcm(name: str) -> bytes:
    """The samples of a recording in `scenarios/audio`: 24 kHz, 16 bit, one channel."""
    with wave.open(str(AUDIO / name)) as file:
        assert file.getparams()[:3] == (1, 2, 24000)
        return file.readframes(file.getnframes())
