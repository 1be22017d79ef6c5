"""Measures mockgem beside a bare libwebsockets sender, in the same run, and reports ratios.

Only the ratio and the bars mean something on a shared machine: both sides are measured in turns,
three times each, and the median counts. Figures go to `.build/bench/bench.json` as well.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import wave
from pathlib import Path

HERE = Path(__file__).parent
AUDIO_FRAME = "frames of 6.4 kB audio"
# What one `response.output_audio.delta` with 100 ms of audio takes; asserted against mockgem.
FRAME_BYTES = 6607
PACED_MS = 100
REALTIME_PATH = "/v1/realtime?model=gpt-realtime"
CREATE = '{"type":"response.create"}'
LIVE_PATH = "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key=k"
SETUP = '{"setup":{"model":"models/gemini-3.8-live"}}'


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


class Bench:
    def __init__(self, binary: Path, build: Path, is_quick: bool) -> None:
        self.binary = binary.resolve()
        self.build = build
        self.seconds = "0.7" if is_quick else "2"
        self.repeats = 1 if is_quick else 3
        build.mkdir(parents=True, exist_ok=True)
        for name, libraries in (("ws_sender", ["-lwebsockets"]), ("ws_load", [])):
            compiler = [shutil.which("cc") or "clang", "-O2", "-Wall", "-Wextra"]
            files = ["-o", build / name, HERE / f"{name}.c"]
            if subprocess.run([*compiler, *files, *libraries]).returncode:
                raise Unable(f"{name}.c does not compile")

    def mockgem(self, scenario: str, isolate: str = "connection") -> Server:
        command = [self.binary, "serve", self.build / scenario, "--port", "0", "--quiet"]
        return Server([*map(str, command), "--isolate", isolate])

    def sender(self, *arguments: object) -> Server:
        return Server([str(self.build / "ws_sender"), *map(str, arguments)])

    def load(self, *arguments: object) -> dict:
        command = [str(self.build / "ws_load"), *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Unable(f"the load client failed: {result.stderr.strip()}")
        return json.loads(result.stdout)

    def write_scenario(
        self, name: str, pace: str, seconds: int, turns: int, speaks_first: bool = False,
        more: str = "",
    ) -> None:
        """A scenario with the same answer over and over; its audio is a plain ramp."""
        clip = self.build / f"{name}.wav"
        with wave.open(str(clip), "wb") as file:
            file.setparams((1, 2, 24000, 0, "NONE", ""))
            file.writeframes(bytes(range(256)) * (seconds * 48000 // 256))
        turn = f"- say: {{audio: {clip.name}, chunk: {PACED_MS}ms}}\n"
        if not speaks_first:
            turn = "- await: user\n" + turn
        text = f"mockgem: 1\npace: {pace}\n{more}steps:\n" + turn * turns
        (self.build / f"{name}.yaml").write_text(text)

    # Rows: each returns (baseline, mockgem) and, where they differ from it, what the bar is for.

    def throughput(self, connections: int) -> dict:
        self.write_scenario("fast", "fast", 10, 5000)
        baseline, ours = [], []
        with self.sender(FRAME_BYTES) as sender, self.mockgem("fast.yaml") as mockgem:
            for _ in range(self.repeats):
                options = [connections, self.seconds, "--min-bytes", 1000, "--first"]
                baseline.append(self.load("throughput", sender.port, "/", *options, "go"))
                again = [CREATE, "--again-on", "response.done"]
                path = REALTIME_PATH
                ours.append(self.load("throughput", mockgem.port, path, *options, *again))
        for run in ours:
            if abs(run["frame_bytes"] - FRAME_BYTES) > 20:
                raise Unable(f"mockgem's frames have {run['frame_bytes']} bytes, not {FRAME_BYTES}")
        return {
            "baseline": statistics.median(run["frames_per_s"] for run in baseline),
            "mockgem": statistics.median(run["frames_per_s"] for run in ours),
            "unit": "frames/s",
            "client_cpu": max(run["client_cpu"] for run in baseline + ours),
        }

    def start_up(self) -> dict:
        hello = HERE.parent.parent / "scenarios" / "hello.yaml"
        baseline, ours = [], []
        for _ in range(5 if self.repeats == 1 else 20):
            with self.sender(FRAME_BYTES) as server:
                baseline.append(server.ready_ms)
            with Server([str(self.binary), "serve", str(hello), "--port", "0"]) as server:
                ours.append(server.ready_ms)
        return {
            "baseline": statistics.median(baseline), "mockgem": statistics.median(ours),
            "unit": "ms",
        }

    def memory(self) -> dict:
        self.write_scenario("idle", "service", 1, 1)
        sessions = 200 if self.repeats == 1 else 2000

        def per_session(server: Server, path: str) -> float:
            before = server.rss_kb()
            client = subprocess.Popen(
                [self.build / "ws_load", "idle", server.port, path, str(sessions), "0"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            if b"open" not in client.stdout.readline():
                raise Unable(f"{sessions} sessions could not be opened")
            after = server.rss_kb()
            client.communicate()
            return (after - before) * 1.024 / sessions

        with self.sender(FRAME_BYTES) as sender, self.mockgem("idle.yaml") as mockgem:
            baseline = per_session(sender, "/idle")
            ours = per_session(mockgem, REALTIME_PATH)
        return {"baseline": baseline, "mockgem": ours, "unit": "kB/session"}

    def lateness(self) -> list[dict]:
        """200 sessions of OpenAI Realtime: the 50th and the 99th percentile."""
        return self.paced(200, "paced", REALTIME_PATH, CREATE, ("p50_us", "p99_us"))

    def gemini_lateness(self) -> dict:
        """1,000 sessions of Gemini Live, whose model speaks as soon as they are set up."""
        [p99] = self.paced(1000, "spoken", LIVE_PATH, SETUP, ("p99_us",))
        return p99

    def neighbours(self) -> dict:
        """200 healthy sessions, alone and beside 200 that stall, drip, or are throttled."""
        seconds = 3 if self.repeats == 1 else 8
        self.write_scenario("alone", "realtime", seconds + 12, 1)
        kinds = [
            "stall: {after: 2 audio chunks}", "drip: {bytes_per_second: 2000}", "throttle: 8000"]
        spans = ["1-66", "67-133", "134-200"]
        rules = "".join(
            f"- nth: {span}\n  faults: [{{{kind}}}]\n" for span, kind in zip(spans, kinds))
        self.write_scenario(
            "beside", "realtime", seconds + 12, 1, more=f"connections:\n{rules}")
        options = [
            200, seconds, "--min-bytes", 1000, "--interval-us", PACED_MS * 1000, "--skip", 2,
            "--first", CREATE]
        alone, beside = [], []
        for _ in range(self.repeats):
            with self.mockgem("alone.yaml", "key") as mockgem:
                alone.append(self.load("paced", mockgem.port, REALTIME_PATH, *options))
            with self.mockgem("beside.yaml", "key") as mockgem:
                # The first 200 are the faulty ones; what they see is not measured.
                faulty = [*options[:1], seconds + 4, *options[2:]]
                command = ["paced", mockgem.port, REALTIME_PATH, *faulty]
                others = subprocess.Popen(
                    [self.build / "ws_load", *map(str, command)], stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
                time.sleep(2)
                beside.append(self.load("paced", mockgem.port, REALTIME_PATH, *options))
                others.kill()
                others.wait()
        return {
            "baseline": statistics.median(run["p99_us"] for run in alone) / 1000,
            "mockgem": statistics.median(run["p99_us"] for run in beside) / 1000, "unit": "ms",
        }

    def paced(
        self, sessions: int, scenario: str, path: str, first: str, keys: tuple[str, ...]
    ) -> list[dict]:
        seconds = 3 if self.repeats == 1 else 8
        self.write_scenario(scenario, "realtime", seconds + 6, 1, first == SETUP)
        options = [
            sessions, seconds, "--min-bytes", 1000, "--interval-us", PACED_MS * 1000, "--skip", 2]
        baseline, ours = [], []
        for _ in range(self.repeats):
            with self.sender(FRAME_BYTES, PACED_MS * 1000) as sender:
                baseline.append(self.load("paced", sender.port, "/", *options))
            with self.mockgem(f"{scenario}.yaml") as mockgem:
                ours.append(self.load("paced", mockgem.port, path, *options, "--first", first))
        return [
            {
                "baseline": statistics.median(run[key] for run in baseline) / 1000,
                "mockgem": statistics.median(run[key] for run in ours) / 1000, "unit": "ms",
            }
            for key in keys
        ]

    def reading(self) -> tuple[dict, dict]:
        """One large scenario, and a folder of many, each against one of a single step."""
        step = "- await: user\n  heard: Hello {0}.\n- say: Answer {0}.\n"
        small, large, folder = (self.build / name for name in ("small.yaml", "large.yaml", "many"))
        small.write_text("mockgem: 1\nsteps:\n" + step.format(0))
        large.write_text("mockgem: 1\nsteps:\n" + "".join(step.format(i) for i in range(5000)))
        folder.mkdir(exist_ok=True)
        for number in range(500):
            text = "".join(step.format(i) for i in range(10))
            (folder / f"{number}.yaml").write_text(f"mockgem: 1\nname: N{number}\nsteps:\n{text}")

        def check(path: Path) -> float:
            times = []
            for _ in range(5):
                start = time.perf_counter()
                if subprocess.run([self.binary, "check", path]).returncode:
                    raise Unable(f"{path} is no good scenario")
                times.append(time.perf_counter() - start)
            return statistics.median(times) * 1000

        baseline = check(small)
        return tuple(
            {"baseline": baseline, "mockgem": check(path), "unit": "ms"} for path in (large, folder))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/mockgem"))
    parser.add_argument("--build", type=Path, default=Path(".build/bench"))
    parser.add_argument("--quick", action="store_true", help="short windows, for a first look")
    options = parser.parse_args()
    try:
        bench = Bench(options.binary, options.build, options.quick)
        one, fifty = bench.throughput(1), bench.throughput(50)
        p50, p99 = bench.lateness()
        large, many = bench.reading()
        rows = [
            ("throughput_1", f"{AUDIO_FRAME}, 1 connection", one, None),
            ("throughput_50", f"{AUDIO_FRAME}, 50 connections", fifty,
             (">= 0.8 of the baseline", fifty["mockgem"] >= 0.8 * fifty["baseline"])),
            ("start_up", "start-up to ready", (start := bench.start_up()),
             ("<= 50 ms", start["mockgem"] <= 50)),
            ("memory", "memory of an idle session", (memory := bench.memory()),
             ("<= 20 kB", memory["mockgem"] <= 20)),
            ("lateness_p50", "lateness of 200 paced sessions, p50", p50, None),
            ("lateness_p99", "lateness of 200 paced sessions, p99", p99,
             ("<= 10 ms", p99["mockgem"] <= 10)),
            ("lateness_gemini", "lateness of 1,000 Gemini Live sessions, p99",
             (gemini := bench.gemini_lateness()), ("<= 20 ms", gemini["mockgem"] <= 20)),
            ("lateness_faults", "the same beside 200 faulty ones (baseline: alone)",
             (beside := bench.neighbours()),
             ("<= 1.5 times alone", beside["mockgem"] <= 1.5 * beside["baseline"])),
            ("read_large", "reading 10,000 steps (baseline: 2)", large,
             ("<= 200 ms", large["mockgem"] <= 200)),
            ("read_many", "reading 500 files (baseline: 1)", many,
             ("<= 1000 ms", many["mockgem"] <= 1000)),
        ]
    except Unable as problem:
        print(f"bench: error: {problem}", file=sys.stderr)
        return 2
    report = {"cores": os.cpu_count(), "load": os.getloadavg()[0], "rows": {}}
    print(f"{'':50}{'baseline':>12}{'mockgem':>12}{'ratio':>8}  bar")
    for key, label, row, bar in rows:
        ratio = row["mockgem"] / row["baseline"] if row["baseline"] else float("nan")
        verdict = "" if bar is None else f"{bar[0]}: {'ok' if bar[1] else 'MISSED'}"
        print(
            f"{label:50}{row['baseline']:>12,.1f}{row['mockgem']:>12,.1f}{ratio:>8.2f}"
            f"  {row['unit']}  {verdict}")
        report["rows"][key] = {**row, "ratio": ratio, "ok": bar is None or bar[1]}
    (options.build / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    return 0 if all(row["ok"] for row in report["rows"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
