"""The services of `scenarios/routes`, as their clients see them."""

import base64
import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from conftest import Server

PNG = b"\x89PNG\r\n\x1a\n"


class Service:
    def __init__(self, server: Server) -> None:
        self.server = server

    def call(
        self, method: str, path: str, body: bytes | dict = b"", **headers: str
    ) -> tuple[int, dict, bytes]:
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(
            self.server.http + path, data=data or None, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def json(self, *arguments, **headers) -> tuple[int, dict]:
        status, _, body = self.call(*arguments, **headers)
        return status, json.loads(body)


@pytest.fixture
def service(serve: Callable[..., Server]) -> Callable[[str], Service]:
    return lambda name: Service(serve(f"routes/{name}.yaml"))


def test_text_in_text_out(service: Callable[[str], Service]) -> None:
    text = service("text")
    body = {"prompt": "Yapay zeka nedir?", "max_tokens": 100}
    answer = {"text": "You asked: Yapay zeka nedir?", "max_tokens": 100}
    assert text.json("POST", "/v1/text/generate", body) == (200, answer)
    assert text.json("POST", "/v1/text/generate", body) == (200, answer)
    status, headers, _ = text.call("POST", "/v1/text/generate", body)
    assert (status, headers["Retry-After"]) == (503, "1")
    assert text.json("POST", "/v1/text/generate", body) == (200, answer)
    assert text.json("POST", "/v1/text/generate", {"max_tokens": 1}) == (
        400, {"error": "'prompt' is missing"})
    assert text.call("GET", "/v1/text/generate")[0] == 404


def test_text_as_events(service: Callable[[str], Service]) -> None:
    text = service("text")
    request = urllib.request.Request(
        text.server.http + "/v1/text/generate?stream=true", data=b'{"prompt": "Why?"}')
    with urllib.request.urlopen(request) as reply:
        assert reply.headers["Content-Type"] == "text/event-stream"
        begun = time.monotonic()
        first = reply.readline() + reply.readline()
        assert time.monotonic() - begun < 5  # it did not wait for the whole
        rest = reply.read()
    assert first == b'data: {"text":"You asked: "}\n\n'
    assert rest == b'data: {"text":"Why?"}\n\ndata: [DONE]\n\n'


def test_a_picture_is_known_by_its_bytes(service: Callable[[str], Service]) -> None:
    images = service("images")

    def classify(picture: bytes, query: str = "") -> tuple[int, dict]:
        return images.json(
            "POST", f"/v1/vision/classify{query}", picture,
            **{"Content-Type": "application/octet-stream"})

    png = PNG + bytes(range(256))
    status, answer = classify(png)
    assert (status, answer["format"], answer["size"]) == (200, "png", len(png))
    assert answer["sha256"] == hashlib.sha256(png).hexdigest()
    assert classify(png, "?top=1") == (
        200, {"labels": [{"label": "cat", "score": 0.9}], "top": 1})
    assert classify(b"\xff\xd8\xff\xe0")[1]["format"] == "jpeg"
    assert classify(b"GIF89a")[0] == 415
    assert classify(b"")[0] == 400
    big = PNG + bytes(20_000_000 - len(PNG))
    assert classify(big)[1]["size"] == 20_000_000
    assert classify(big + b"x") == (413, {"error": "20000001 bytes are more than 20 MB."})


def test_bytes_come_back(service: Callable[[str], Service]) -> None:
    status, headers, body = service("images").call("GET", "/v1/vision/sample.gif")
    assert (status, headers["Content-Type"]) == (200, "image/gif")
    assert body == base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def test_each_conversation_has_its_memory(service: Callable[[str], Service]) -> None:
    chat = service("chat")
    own = {"Authorization": "Bearer token-of-mine"}

    def say(chat_id: str, message: str, **headers: str) -> dict:
        status, answer = chat.json(
            "POST", f"/v1/chat/{chat_id}/message", {"message": message}, **(headers or own))
        assert status == 200
        return answer

    assert chat.json("GET", "/v1/chat/a", **own) == (
        404, {"error": "There is no conversation 'a'."})
    assert say("a", "one") == {"turn": 1, "reply": "Hello. You said: one"}
    assert say("b", "two") == {"turn": 1, "reply": "Hello. You said: two"}
    assert say("a", "three") == {"turn": 2, "reply": "You said: three. Before that: one"}
    assert say("a", "four") == {"turn": 3, "reply": "You said: four. Before that: three"}
    assert chat.json("GET", "/v1/chat/a", **own) == (
        200, {"id": "a", "messages": ["one", "three", "four"]})
    assert chat.call("DELETE", "/v1/chat/a", **own)[0] == 204
    assert chat.call("DELETE", "/v1/chat/a", **own)[0] == 404
    assert say("a", "five")["turn"] == 1
    assert chat.json("GET", "/v1/chat/b", **own)[1]["messages"] == ["two"]
    # Who shows another token is somebody else.
    assert say("b", "six", Authorization="Bearer another-token")["turn"] == 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eA=="}, {"x-goog-api-key": "k"}])
def test_without_a_token_nobody_chats(
    service: Callable[[str], Service], headers: dict[str, str]
) -> None:
    chat = service("chat")
    for method, path in [
        ("POST", "/v1/chat/a/message"), ("GET", "/v1/chat/a"), ("DELETE", "/v1/chat/a"),
    ]:
        status, sent, _ = chat.call(method, path, {"message": "x"}, **headers)
        assert (status, sent["WWW-Authenticate"]) == (401, "Bearer")
    assert chat.json(
        "POST", "/v1/chat/a/message", {"text": "x"}, Authorization="Bearer t") == (
        400, {"error": "'message' is missing"})
