"""The journal of requests: what a test asks the server about what came."""

import http.client
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

from conftest import Server
from google import genai
from websockets.sync.client import connect

SCENARIO = """
mockgem: 1
name: Journal
pace: fast
steps: [{await: user}, {say: Hello.}]
routes: [{path: "/orders/{id}", respond: {json: {}}}]
"""


def ask(server: Server, path: str, method: str = "GET") -> tuple[int, dict]:
    request = urllib.request.Request(server.http + path, method=method)
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_request_is_shown_as_it_came(serve: Callable[..., Server], tmp_path) -> None:
    (tmp_path / "x.yaml").write_text(SCENARIO)
    server = serve(tmp_path / "x.yaml", "--record", str(tmp_path / "record"))
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.putrequest(
        "PUT", "/orders/7?key=SECRETKEY", skip_host=True, skip_accept_encoding=True)
    for name, value in [
        ("hOST", "h"), ("X-B", "2"), ("x-a", "1"), ("X-B", "3"), ("Content-Length", "12"),
        ("Authorization", "Bearer SECRETKEY"),
    ]:
        connection.putheader(name, value)
    connection.endheaders(b'{"a" :\t1 }\r\n')
    connection.getresponse().read()
    status, answer = ask(server, "/mockgem/v1/journal?wait=5s&open=false")
    assert status == 200
    [entry] = answer["requests"]
    assert entry["target"] == "/orders/7?key=<secret>"
    assert entry["headers"] == [
        ["hOST", "h"], ["X-B", "2"], ["x-a", "1"], ["X-B", "3"], ["Content-Length", "12"],
        ["Authorization", "Bearer <secret>"]]
    assert entry["body"] == {"size": 12, "text": '{"a" :\t1 }\r\n'}
    assert (entry["method"], entry["status"], entry["protocol"]) == ("PUT", 200, "route")
    server.stop()
    lines = (tmp_path / "record" / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [entry]
    assert "SECRETKEY" not in "".join(file.read_text() for file in (tmp_path / "record").iterdir())


def test_a_test_waits_for_a_client(serve: Callable[..., Server], tmp_path) -> None:
    (tmp_path / "x.yaml").write_text(SCENARIO)
    server = serve(tmp_path / "x.yaml")
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(
        ask(server, "/mockgem/journal?protocol=gemini-rest&status=200&wait=10s&count=2")))
    waiting.start()
    client = genai.Client(api_key="k", http_options={"base_url": server.http})
    client.models.get(model="gemini-2.5-flash")
    client.models.generate_content(model="gemini-2.5-flash", contents="Hi")
    waiting.join(10)
    [(status, answer)] = answers
    assert status == 200
    assert [entry["method"] for entry in answer["requests"]] == ["GET", "POST"]
    assert "google-genai-sdk" in dict(answer["requests"][0]["headers"])["x-goog-api-client"]
    assert ask(server, "/mockgem/journal?method=DELETE&wait=20ms")[0] == 408
    assert ask(server, "/mockgem/journal", "DELETE") == (200, {"forgotten": 2})
    assert ask(server, "/mockgem/journal/count") == (200, {"count": 0})
    status, answer = ask(server, "/mockgem/journal?metod=GET")
    assert (status, "did you mean 'method'?" in answer["error"]["message"]) == (400, True)


def test_a_websocket_is_there_with_its_verdicts(serve: Callable[..., Server]) -> None:
    server = serve()
    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime"
    with connect(url, additional_headers={"Authorization": "Bearer SECRETKEY"}) as web_socket:
        web_socket.recv()
        web_socket.send('{"type": "nonsense"}')
        web_socket.recv()
        [entry] = ask(server, "/mockgem/journal?kind=websocket")[1]["requests"]
        assert (entry["status"], entry["ended"]) == (101, None)
        web_socket.close(1000, "bye")
    [entry] = ask(server, "/mockgem/journal?kind=websocket&open=false&wait=5s")[1]["requests"]
    assert entry["close"] == {"code": 1000, "reason": "bye"}
    assert [verdict["kind"] for verdict in entry["verdicts"]][0] == "refused"
    assert dict(entry["headers"])["Authorization"] == "Bearer <secret>"


def test_only_this_machine_is_served(serve: Callable[..., Server]) -> None:
    server = serve("hello.yaml", "--host", "0.0.0.0")
    for method, path in [
        ("GET", "/mockgem/journal"), ("POST", "/mockgem/reset"), ("DELETE", "/mockgem/faults"),
    ]:
        status, answer = ask(server, path, method)
        assert status == 403
        assert "serve --control" in answer["error"]["message"]
    assert ask(server, "/mockgem")[0] == 200
    open_server = serve("hello.yaml", "--host", "0.0.0.0", "--control")
    assert ask(open_server, "/mockgem/journal")[0] == 200


def test_a_server_stops_though_somebody_waits(serve: Callable[..., Server]) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /mockgem/journal?wait=10min HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # An answer to somebody else shows that the loop has taken what came before.
        assert ask(server, "/mockgem/journal/count") == (200, {"count": 0})
        assert server.stop() == 0
        assert client.recv(1) == b""


def test_a_fault_that_acted_is_a_verdict(serve: Callable[..., Server], tmp_path) -> None:
    (tmp_path / "x.yaml").write_text(SCENARIO + "faults: [{delay: 1ms}]\n")
    server = serve(tmp_path / "x.yaml")
    request = urllib.request.Request(
        server.http + "/v1beta/interactions", b'{"model": "gemini-3.8-flash", "input": "Hi"}',
        {"x-goog-api-key": "k", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    _, journal = ask(server, "/mockgem/v1/journal")
    [entry] = [one for one in journal["requests"] if one["protocol"] == "interactions"]
    assert [(one["kind"], one["text"]) for one in entry["verdicts"]] == [
        ("fault", "delay: the answer")]
