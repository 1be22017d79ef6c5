"""Measures mockgem beside bare C servers over the same libraries, in the same run, in ratios.

Only the ratio and the bars mean something on a shared machine: both sides are measured in turns,
three times each or more, and the median counts. Figures go to `.build/bench/bench.json` as well.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from harness import FRAME_BYTES, HERE, PACED_MS, Server, Unable
from http_rows import TUNED_MODEL_PATH, HTTPRows

AUDIO_FRAME = "frames of 6.4 kB audio"
REALTIME_PATH = "/v1/realtime?model=gpt-realtime"
CREATE = '{"type":"response.create"}'
LIVE_PATH = "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key=k"
SETUP = '{"setup":{"model":"models/gemini-3.8-live"}}'
INTERACTIONS_PATH = "/v1beta/interactions"
STREAM = ('{"model":"gemini-3.8-flash","input":"Hello","stream":true,'
          '"response_modalities":["audio"]}')
STREAM_MS = 200


class Bench(HTTPRows):
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

    def streams_lateness(self) -> dict:
        """2,000 streams of the Interactions API, a piece of audio every 200 ms each."""
        seconds = 3 if self.repeats == 1 else 8
        self.write_scenario("streams", "realtime", seconds + 8, 1, chunk_ms=STREAM_MS)
        options = [
            2000, seconds, "--min-bytes", 1000, "--interval-us", STREAM_MS * 1000, "--skip", 3]
        baseline, ours = [], []
        for _ in range(self.repeats):
            with self.sender(FRAME_BYTES, STREAM_MS * 1000) as sender:
                baseline.append(self.load("paced", sender.port, "/", *options))
            with self.mockgem("streams.yaml") as mockgem:
                ours.append(self.load(
                    "paced", mockgem.port, INTERACTIONS_PATH, *options, "--post", STREAM))
        return {
            "baseline": statistics.median(run["p99_us"] for run in baseline) / 1000,
            "mockgem": statistics.median(run["p99_us"] for run in ours) / 1000, "unit": "ms",
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
        create = HERE / "create.lua"
        create_1 = bench.requests(INTERACTIONS_PATH, 1, create)
        create_32 = bench.requests(INTERACTIONS_PATH, 32, create)
        tuned_1, tuned_32 = (bench.requests(TUNED_MODEL_PATH, count) for count in (1, 32))
        upload, upload_memory = bench.upload()
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
            ("lateness_streams", "lateness of 2,000 streams of Interactions, p99",
             (streams := bench.streams_lateness()), ("<= 20 ms", streams["mockgem"] <= 20)),
            ("create_1", "create an interaction, 1 connection", create_1,
             (">= 0.5 of the baseline", create_1["mockgem"] >= 0.5 * create_1["baseline"])),
            ("create_32", "create an interaction, 32 connections", create_32, None),
            ("tuned_1", "get a tuned model, 1 connection", tuned_1,
             (">= 0.5 of the baseline", tuned_1["mockgem"] >= 0.5 * tuned_1["baseline"])),
            ("tuned_32", "get a tuned model, 32 connections", tuned_32, None),
            ("upload", "upload of 1 GB", upload,
             (">= 0.5 of the baseline", upload["mockgem"] >= 0.5 * upload["baseline"])),
            ("upload_memory", "memory after uploads of 1 GB", upload_memory,
             ("<= 16 MB", upload_memory["mockgem"] <= 16)),
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
