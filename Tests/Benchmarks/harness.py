"""What the benchmarks share: servers that are measured, load clients, scenarios."""

import json
import shutil
import subprocess
import time
import wave
from pathlib import Path

HERE = Path(__file__).parent
# What one `response.output_audio.delta` with 100 ms of audio takes; asserted against mockgem.
FRAME_BYTES = 6607
PACED_MS = 100


class Unable(Exception):
    """The benchmark could not run."""


class Server:
    """A server process; `port` is where it listens and `ready_ms` how long it took to say so."""

    def __init__(self, command: list[str]) -> None:
        started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        self.ready_ms = (time.monotonic() - started) * 1000
        if "ready" not in line:
            raise Unable(f"{command[0]} did not start: {self.process.stderr.read().decode()}")
        words = line.replace("mockgem: ", "").split()
        self.port = words[1].rsplit(":", 1)[-1]

    def rss_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(row for row in status.splitlines() if row.startswith("VmRSS")).split()[1])

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()


class Harness:
    def __init__(self, binary: Path, build: Path, is_quick: bool) -> None:
        self.binary = binary.resolve()
        self.build = build
        self.seconds = "0.7" if is_quick else "2"
        self.repeats = 1 if is_quick else 3
        build.mkdir(parents=True, exist_ok=True)
        programs = {
            "ws_sender": ["-lwebsockets"], "ws_load": [], "http_responder": ["-lmicrohttpd"]}
        for name, libraries in programs.items():
            compiler = [shutil.which("cc") or "clang", "-O2", "-Wall", "-Wextra"]
            files = ["-o", build / name, HERE / f"{name}.c"]
            if subprocess.run([*compiler, *files, *libraries]).returncode:
                raise Unable(f"{name}.c does not compile")

    def mockgem(self, scenario: str, isolate: str = "connection") -> Server:
        command = [self.binary, "serve", self.build / scenario, "--port", "0", "--quiet"]
        return Server([*map(str, command), "--isolate", isolate])

    def sender(self, *arguments: object) -> Server:
        return Server([str(self.build / "ws_sender"), *map(str, arguments)])

    def responder(self, size: int) -> Server:
        command = [self.build / "http_responder", size, self.build / "uploaded"]
        return Server([*map(str, command)])

    def load(self, *arguments: object) -> dict:
        command = [str(self.build / "ws_load"), *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Unable(f"the load client failed: {result.stderr.strip()}")
        return json.loads(result.stdout)

    def write_scenario(
        self, name: str, pace: str, seconds: int, turns: int, speaks_first: bool = False,
        more: str = "", chunk_ms: int = PACED_MS,
    ) -> None:
        """A scenario with the same answer over and over; its audio is a plain ramp."""
        clip = self.build / f"{name}.wav"
        with wave.open(str(clip), "wb") as file:
            file.setparams((1, 2, 24000, 0, "NONE", ""))
            file.writeframes(bytes(range(256)) * (seconds * 48000 // 256))
        turn = f"- say: {{audio: {clip.name}, chunk: {chunk_ms}ms}}\n"
        if not speaks_first:
            turn = "- await: user\n" + turn
        text = f"mockgem: 1\npace: {pace}\n{more}steps:\n" + turn * turns
        (self.build / f"{name}.yaml").write_text(text)
