"""A served scenario and google-genai as its client, for the tests of the REST family."""

import json
import typing
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Server
from google import genai
from google.genai import types

MODEL = "gemini-2.5-flash"

TALK = """
- await: user
- say: Hello there, how are you today, on this fine and sunny day?
- await: user
- say: I am glad to hear it.
"""

TOOLS = """
- await: user
- call: multiply
  args: {a: 57, b: 44}
- await: tool_result
- say: That makes 2508 mittens.
"""


class Mock:
    """A served scenario and a client of it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = genai.Client(
            api_key="k", http_options=types.HttpOptions(base_url=server.http))

    def request(
        self, method: str, path: str, body: str | bytes = b"", **headers: str
    ) -> tuple[int, typing.Any, bytes]:
        """One raw request; status, headers and body."""
        data = body.encode() if isinstance(body, str) else body
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.server.http + path, data=data or None, method=method,
            headers={"x-goog-api-key": "k", "Content-Type": "application/json"} | names)
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def json(self, method: str, path: str, body: str = "") -> dict:
        return json.loads(self.request(method, path, body)[2])


@pytest.fixture
def play(serve: Callable[..., Server], tmp_path: Path) -> Iterator[Callable[..., Mock]]:
    """Serves the steps, with what else stands in the scenario."""
    mocks: list[Mock] = []  # a client that nobody holds closes itself

    def start(steps: str = TALK, head: str = "") -> Mock:
        file = tmp_path / "scenario.yaml"
        file.write_text(f"mockgem: 1\nname: REST\npace: fast\n{head}\nsteps:{steps}")
        mocks.append(Mock(serve(file)))
        return mocks[-1]

    yield start
