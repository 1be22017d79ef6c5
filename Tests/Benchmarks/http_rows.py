"""Plain HTTP beside a bare libmicrohttpd responder: whole answers, and uploads."""

import os
import re
import statistics
import subprocess
import urllib.request
from pathlib import Path

from harness import Harness, Unable

TUNED_MODEL_PATH = "/v1beta/tunedModels/bench?key=load"
TUNED_MODEL = """\
gemini-rest:
  tuned_models: [{name: tunedModels/bench, baseModel: models/gemini-1.5-flash-001-tuning}]
"""
UPLOAD_BYTES = 1 << 30


class HTTPRows(Harness):
    def requests(self, path: str, connections: int, script: Path | None = None) -> dict:
        """Whole answers a second; the baseline answers with as many bytes.

        Short windows, in turns and many: what else the machine does then hits both.
        """
        (self.build / "requests.yaml").write_text(
            f"mockgem: 1\npace: fast\n{TUNED_MODEL}steps:\n- await: user\n"
            "- say: Loud and clear. How can I help you today?\n")

        def rate(port: str) -> float:
            command = ["wrk", "-t1", f"-c{connections}", "-d1s"]
            if script:
                command += ["-s", str(script)]
            command += [f"http://127.0.0.1:{port}{path}"]
            output = subprocess.run(command, capture_output=True, text=True).stdout
            found = re.search(r"Requests/sec: +([0-9.]+)", output)
            if not found or "Non-2xx" in output:
                raise Unable(f"wrk: {output}")
            return float(found[1])

        def size(port: str) -> int:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
            if script:
                body = re.search(r"wrk.body = '(.*)'", script.read_text())
                request.data = body[1].encode()
                request.headers = {"Content-Type": "application/json", "x-goog-api-key": "load"}
            with urllib.request.urlopen(request) as answer:
                return len(answer.read())

        baseline, ours = [], []
        with self.mockgem("requests.yaml", "key") as mockgem, \
                self.responder(size(mockgem.port)) as responder:
            for _ in range(3 * self.repeats):
                baseline.append(rate(responder.port))
                ours.append(rate(mockgem.port))
        return {
            "baseline": statistics.median(baseline), "mockgem": statistics.median(ours),
            "unit": "requests/s",
        }

    def upload(self) -> tuple[dict, dict]:
        """One upload of 1 GB: how fast it is, and what it takes in memory."""
        source = self.build / "upload"
        with open(source, "wb") as file:
            file.truncate(UPLOAD_BYTES)
        headers = ["-H", "X-Goog-Upload-Command: upload, finalize", "-H", "X-Goog-Upload-Offset: 0"]

        def speed(address: str) -> float:
            command = [
                "curl", "-sS", "-X", "POST", "-T", str(source), *headers, address, "-o",
                str(self.build / "upload.json"), "-w", "%{http_code} %{speed_upload}"]
            code, speed = subprocess.run(command, capture_output=True, text=True).stdout.split()
            if code != "200":
                raise Unable(f"an upload was answered with {code}")
            return float(speed) / 1e6

        def begin(port: str) -> str:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/upload/v1beta/files?key=load", data=b"{}", headers={
                    "X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start",
                    "X-Goog-Upload-Header-Content-Length": str(UPLOAD_BYTES)})
            with urllib.request.urlopen(request) as answer:
                return answer.headers["X-Goog-Upload-URL"]

        baseline, ours = [], []
        environment = os.environ.get("TMPDIR")
        # Both write to the same disk.
        os.environ["TMPDIR"] = str(self.build)
        with self.mockgem("requests.yaml", "key") as mockgem, self.responder(10) as responder:
            before = [server.rss_kb() for server in (responder, mockgem)]
            for _ in range(self.repeats):
                baseline.append(speed(f"http://127.0.0.1:{responder.port}/upload"))
                ours.append(speed(begin(mockgem.port)))
            after = [server.rss_kb() for server in (responder, mockgem)]
        if environment is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = environment
        for file in (source, self.build / "uploaded"):
            file.unlink()
        growth = [(late - early) * 1.024 / 1000 for early, late in zip(before, after)]
        return (
            {
                "baseline": statistics.median(baseline), "mockgem": statistics.median(ours),
                "unit": "MB/s",
            }, {"baseline": growth[0], "mockgem": growth[1], "unit": "MB"})
